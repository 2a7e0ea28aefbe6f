"""The demo as its visitor has it: a process of its own, three phones and the desk on one page of a real Chromium."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import FrameLocator, Locator, Page, async_playwright, expect

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDE, NARROW = (1440, 900), (390, 844)
TITLES = ("Telegram", "ВКонтакте", "Viber")
QUESTION = "как узнать баланс"
PATIENCE_MS = 10_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "demo", "--port", "0", *options]


@pytest.fixture(scope="module")
def printed() -> Iterator[str]:
    """What the demo says of itself when it is up. It ends by a signal, and cleanly."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTKLIK_")}
    with subprocess.Popen(command(), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout
        lines = []
        for line in demo.stdout:
            lines.append(line)
            if line.startswith("Web chat:"):
                break
        yield "".join(lines)
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(15) == 0


def address_of(name: str, printed: str) -> str:
    found = re.search(rf"^{name}: +(http://[^/\s]+)", printed, re.MULTILINE)
    assert found, printed
    return found[1]


@asynccontextmanager
async def visiting(printed: str, size: tuple[int, int]) -> AsyncIterator[Page]:
    """The open page; an error in it fails the test."""
    faults: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": size[0], "height": size[1]}, locale="ru-RU")
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"{address_of('Demo', printed)}/")
        yield page
        assert faults == []
        await browser.close()


def phone(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def heard(phone: Locator, words: str) -> Locator:
    return phone.locator(".message.theirs", has_text=words).last


async def write(phone: Locator, words: str) -> None:
    field = phone.get_by_label("Сообщение в")
    await field.fill(words)
    await field.press("Enter")


async def renew(phone: Locator) -> None:
    """Tests share the demo: each has a subscriber of its own."""
    await phone.locator(".more summary").click()
    await phone.get_by_role("button", name="Новый абонент").click()
    await phone.get_by_role("button", name="Начать", exact=True).click()
    await expect(heard(phone, "Здравствуйте")).to_be_visible(timeout=PATIENCE_MS)


async def answer_next(desk: FrameLocator, words: str) -> None:
    await desk.get_by_role("button", name="Взять следующее").click()
    field = desk.get_by_label("Ответ абоненту")
    await field.fill(words)
    await field.press("Enter")
    await expect(desk.locator(".message.agent").last).to_contain_text(words)
    await desk.get_by_role("button", name=re.compile("Закрыть")).first.click()
    await desk.locator("#confirm-yes").click()


async def test_in_each_messenger_a_question_a_button_and_an_agents_answer(printed: str) -> None:
    async with visiting(printed, WIDE) as page:
        desk = page.frame_locator("#frame")
        for title in TITLES:
            one = phone(page, title)
            await renew(one)
            await write(one, QUESTION)
            await expect(heard(one, "баланс")).to_be_visible(timeout=PATIENCE_MS)
            await one.get_by_role("button", name="Не помогло").last.click()
            await one.get_by_role("button", name="Позвать специалиста").last.click()
            await expect(heard(one, "Передал ваш вопрос")).to_be_visible(timeout=PATIENCE_MS)
            await expect(one.locator(".message.mine", has_text=QUESTION).locator(".mark")).not_to_have_text("✓")
            await answer_next(desk, f"Ответ для {title}")
            await expect(heard(one, f"Ответ для {title}")).to_be_visible(timeout=PATIENCE_MS)
        assert await phone(page, "Telegram").locator(".message.theirs .text b").count()
        assert await phone(page, "Viber").locator(".message .key").count() == 0
        await expect(phone(page, "Viber").locator(".keyboard .key").first).to_be_visible()


async def test_a_picture_and_a_place_reach_the_desk(printed: str) -> None:
    async with visiting(printed, WIDE) as page:
        one, desk = phone(page, "ВКонтакте"), page.frame_locator("#frame")
        await renew(one)
        for what in ("Снимок экрана", "Место на карте"):
            await one.locator(".attach summary").click()
            await one.get_by_role("button", name=what).click()
        await expect(one.locator(".message.mine img.photo")).to_have_js_property("naturalWidth", 480)
        await write(one, "позовите человека")
        await expect(heard(one, "Передал ваш вопрос")).to_be_visible(timeout=PATIENCE_MS)
        await desk.get_by_role("button", name="Взять следующее").click()
        await expect(desk.locator(".message.subscriber img")).to_be_visible(timeout=PATIENCE_MS)
        await expect(desk.get_by_text(re.compile("Москва"))).to_be_visible()


async def test_late_events_are_answered_when_the_trouble_is_over(printed: str) -> None:
    async with visiting(printed, WIDE) as page:
        one = phone(page, "Telegram")
        await renew(one)
        switch = one.get_by_label("Неполадка")
        await switch.select_option("late")
        await write(one, QUESTION)
        mark = one.locator(".message.mine", has_text=QUESTION).locator(".mark")
        await expect(mark).to_have_text("✓")
        await switch.select_option("")
        await expect(heard(one, "баланс")).to_be_visible(timeout=PATIENCE_MS)
        await expect(mark).to_have_text("✓✓")


async def test_on_a_narrow_page_one_thing_is_shown_at_a_time(printed: str) -> None:
    async with visiting(printed, NARROW) as page:
        tabs = page.get_by_role("navigation", name="Что показать")
        for title in TITLES:
            await tabs.get_by_role("button", name=title).click()
            for other in TITLES:
                await expect(phone(page, other)).to_be_visible(visible=other == title)
        await renew(phone(page, "Viber"))
        await tabs.get_by_role("button", name="Стол").click()
        await expect(page.frame_locator("#frame").get_by_text("Очередь")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]


def test_only_the_page_of_the_demo_may_frame_the_desk(printed: str) -> None:
    policies = {
        name: httpx.get(f"{address_of(name, printed)}/desk/login").headers["content-security-policy"]
        for name in ("Demo", "Web chat")
    }
    assert "frame-ancestors 'self'" in policies["Demo"]
    assert "frame-ancestors 'none'" in policies["Web chat"]


def test_the_check_talks_in_each_messenger() -> None:
    done = subprocess.run(command("--check"), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": ok") == 3
