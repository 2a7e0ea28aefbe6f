"""The desk in a real Chromium: what agents do all day, over a real server that may die and come back."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright, expect
from sqlalchemy import select

from bot.delivery import SESSION_OVER
from bot.messages import Attachment, AttachmentKind, Author, File, Receipt
from bot.storage.tables import messages
from handoff.agents import Role
from tests.browser.pictures import PDF, png
from tests.handoff.world import PASSWORD, RealClock, World, hit, open_world

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
XSS = "\"><script>document.title='взломано'</script><img src=x onerror=\"document.title='взломано'\">"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]


class Site:
    """A server for the world's desk: it may stop and start again at the same address."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._app = world.app()
        self._port = 0
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self._port))
        self._port = listening.getsockname()[1]
        config = uvicorn.Config(
            self._app, log_level="critical", ws="websockets-sansio", lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._server.serve([listening]))
        while not self._server.started:  # uvicorn offers nothing to wait for
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        assert self._server
        assert self._serving
        self._server.should_exit = True
        await self._serving


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with open_world(tmp_path, clock=RealClock()) as world:
        await world.agent("anna", "Специалист Первый")
        site = Site(world)
        await site.start()
        yield site
        await site.stop()


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-sync"])
        yield browser
        await browser.close()


@asynccontextmanager
async def at_desk(site: Site, chromium: Browser, login: str = "anna", **options: Any) -> AsyncIterator[Page]:
    """A page of an agent who has logged in. Every error in the page fails the test."""
    context: BrowserContext = await chromium.new_context(locale="ru-RU", **{"viewport": WIDE, **options})
    context.set_default_timeout(10_000)
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    await page.goto(f"{site.url}/desk/login")
    await page.get_by_label("Логин").fill(login)
    await page.get_by_label("Пароль").fill(PASSWORD)
    await page.get_by_role("button", name="Войти").click()
    await expect(page.get_by_text("На связи")).to_be_visible()
    yield page
    assert not faults
    await context.close()


def entry(page: Page, name: str) -> Any:
    return page.get_by_role("navigation").get_by_role("link").filter(has_text=name)


async def comes_true(world: World, conversation_id: int, condition: Callable[[list[str]], bool]) -> None:
    """Of what was said to the subscriber: the page shows a reply before the server has it."""
    for _ in range(100):
        if condition(await world.said(conversation_id)):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"said: {await world.said(conversation_id)}")


async def test_a_new_conversation_appears_without_a_reload_and_its_wait_runs(site: Site, chromium: Browser) -> None:
    async with at_desk(site, chromium) as page:
        await expect(page.get_by_text("Никто не ждёт.")).to_be_visible()
        await site.world.queued("где мои деньги", name="Колобок")
        waiting = entry(page, "Колобок")
        await expect(waiting).to_contain_text("где мои деньги")
        await expect(waiting).to_contain_text("Просит специалиста")
        await expect(waiting).to_contain_text("Telegram")
        await expect(waiting.locator(".time")).to_have_text(re.compile(r"0:0[1-9]"))
        await expect(page).to_have_title("(1) Отклик")
        await expect(page.get_by_role("button", name="Взять следующее")).to_be_enabled()


async def test_of_two_agents_who_press_take_one_wins_and_the_other_is_told_who(site: Site, chromium: Browser) -> None:
    await site.world.agent("boris", "Специалист Второй")
    conversation_id = await site.world.queued(name="Колобок")
    async with at_desk(site, chromium) as first, at_desk(site, chromium, "boris") as second:
        both_pressed = asyncio.Barrier(2)

        async def hold(route: Route) -> None:
            await both_pressed.wait()
            await route.continue_()

        for page in (first, second):
            await page.route("**/take", hold)
            await entry(page, "Колобок").click()
        takes = [page.get_by_role("button", name="Взять", exact=True) for page in (first, second)]
        await asyncio.gather(*(take.click() for take in takes))
        holder = await asyncio.wait_for(_holder(site.world, conversation_id), 10)
        winner, loser = (first, second) if holder == "Специалист Первый" else (second, first)
        await expect(winner.get_by_label("Ответ абоненту")).to_be_focused()
        await expect(loser.locator(".toast")).to_contain_text(f"уже у другого специалиста: {holder}")
        await expect(loser.get_by_text("Только просмотр")).to_be_visible()
        await comes_true(site.world, conversation_id, lambda said: len(said) == 1)


async def _holder(world: World, conversation_id: int) -> str:
    while (held := await world.conversation(conversation_id)).agent_id is None:
        await asyncio.sleep(0.02)
    return next(agent.name for agent in await world.agents.everyone() if agent.id == held.agent_id)


async def test_a_reply_is_sent_by_enter_and_shows_its_delivery(site: Site, chromium: Browser) -> None:
    conversation_id = await site.world.queued(name="Колобок")
    async with at_desk(site, chromium) as page:
        await page.get_by_role("button", name="Взять следующее").click()
        field = page.get_by_label("Ответ абоненту")
        await field.press_sequentially("Добрый день!")
        await field.press("Shift+Enter")
        await field.press_sequentially("Чем")
        await field.press("Control+Enter")
        await field.press_sequentially("помочь?")
        await field.press("Enter")
        reply = page.locator(".message.agent").last
        await expect(reply).to_contain_text("Добрый день!\nЧем\nпомочь?", use_inner_text=True)
        await expect(reply.locator(".state")).to_have_attribute("title", "Ждёт отправки")
        await site.world.delivered(conversation_id)
        await expect(reply.locator(".state")).to_have_attribute("title", "Отправлено")
        await expect(field).to_have_value("")
        await comes_true(site.world, conversation_id, lambda said: len(said) == 2)


async def test_a_message_during_a_lost_connection_is_neither_lost_nor_doubled(site: Site, chromium: Browser) -> None:
    conversation_id = await site.world.queued(name="Колобок")
    async with at_desk(site, chromium) as page:
        await page.get_by_role("button", name="Взять следующее").click()
        field = page.get_by_label("Ответ абоненту")
        await expect(field).to_be_focused()
        await site.stop()
        await expect(page.get_by_text("Соединяемся…")).to_be_visible()
        await site.world.writes("вы здесь?", name="Колобок")
        await field.fill("Да, здесь!")
        await field.press("Enter")
        await expect(page.locator(".unsent")).to_contain_text("Да, здесь!")
        await page.wait_for_timeout(500)
        await site.start()
        await expect(page.get_by_text("На связи")).to_be_visible(timeout=20_000)
        await expect(page.locator(".unsent")).to_have_count(0, timeout=20_000)
        await expect(page.locator(".message", has_text="вы здесь?")).to_have_count(1)
        await expect(page.locator(".message", has_text="Да, здесь!")).to_have_count(1)
        await comes_true(site.world, conversation_id, lambda said: said.count("Да, здесь!") == 1)


async def test_a_reply_whose_answer_got_lost_is_one_message(site: Site, chromium: Browser) -> None:
    conversation_id = await site.world.queued(name="Колобок")
    async with at_desk(site, chromium) as page:
        await page.get_by_role("button", name="Взять следующее").click()

        async def lose_the_answer(route: Any) -> None:
            await route.fetch()
            await route.abort()

        await page.route("**/reply", lose_the_answer, times=1)
        field = page.get_by_label("Ответ абоненту")
        await field.fill("Один раз")
        await field.press("Enter")
        await expect(page.locator(".message", has_text="Один раз")).to_have_count(1)
        await expect(page.locator(".unsent")).to_have_count(0, timeout=20_000)
        await page.wait_for_timeout(4000)
        await comes_true(site.world, conversation_id, lambda said: said.count("Один раз") == 1)


async def test_a_refused_reply_says_why_and_gives_the_text_back(site: Site, chromium: Browser) -> None:
    await site.world.agent("boss", "Администратор", Role.ADMIN)
    conversation_id = await site.world.queued(name="Колобок")
    async with at_desk(site, chromium) as page:
        await page.get_by_role("button", name="Взять следующее").click()
        await page.get_by_label("Ответ абоненту").fill("Опоздавший ответ")
        await page.route("**/api/queue", lambda route: route.abort())
        await page.route("**/messages*", lambda route: route.abort())
        async with at_desk(site, chromium, "boss") as admin:
            await admin.locator("#others-section summary").click()
            await entry(admin, "Колобок").click()
            await admin.get_by_role("button", name="В очередь").click()
            await expect(admin.get_by_text("Обращение снова в очереди.", exact=True)).to_be_visible()
        await page.get_by_label("Ответ абоненту").press("Enter")
        refused = page.locator(".unsent.refused")
        await expect(refused).to_contain_text("Не отправлено. Обращение уже изменилось")
        await page.get_by_role("button", name="Вернуть в поле ответа").click()
        await expect(page.get_by_label("Ответ абоненту")).to_have_value("Опоздавший ответ")
        await expect(refused).to_have_count(0)
        assert "Опоздавший ответ" not in await site.world.said(conversation_id)


async def test_a_whole_conversation_by_keyboard_alone(site: Site, chromium: Browser) -> None:
    site.world.knowledge.hits = [hit("market.sell", "Как продать гигабайты", 0.9)]
    conversation_id = await site.world.queued("как продать гигабайты", name="Колобок")
    async with at_desk(site, chromium) as page:
        keys = page.keyboard
        await expect(entry(page, "Колобок")).to_be_visible()
        await keys.press("?")
        await expect(page.get_by_role("dialog", name="Горячие клавиши")).to_be_visible()
        await keys.press("Escape")
        await keys.press("Alt+ArrowDown")
        await expect(page.get_by_role("heading", name="Колобок")).to_be_visible()
        await keys.press("Alt+n")
        field = page.get_by_label("Ответ абоненту")
        await expect(field).to_be_focused()
        await expect(page.get_by_role("heading", name="Как продать гигабайты")).to_be_visible()
        await keys.press("Alt+1")
        await expect(field).to_have_value(re.compile("Откройте Маркет"))
        await keys.press("Enter")
        await expect(page.locator(".message.agent").last).to_contain_text("Выставить лот")
        await keys.press("Escape")
        await expect(entry(page, "Колобок")).to_be_focused()
        await keys.press("Alt+w")
        await expect(page.get_by_role("dialog", name="Закрыть обращение?")).to_be_visible()
        await keys.press("Enter")
        await expect(page.get_by_text("Обращение закрыто.", exact=True)).to_be_visible()
        await comes_true(site.world, conversation_id, lambda said: said[-1:] == ["closed"])


async def test_a_suggestion_is_sent_as_it_is(site: Site, chromium: Browser) -> None:
    site.world.knowledge.hits = [hit("market.sell", "Как продать гигабайты", 0.9)]
    await site.world.queued("как продать гигабайты", name="Колобок")
    async with at_desk(site, chromium) as page:
        await page.get_by_role("button", name="Взять следующее").click()
        await page.locator(".hint").get_by_role("button", name="Отправить").click()
        await expect(page.locator(".message.agent").last).to_contain_text("1. Укажите объём.")


async def test_drafts_stay_with_their_conversations_over_a_reload_until_logout(site: Site, chromium: Browser) -> None:
    await site.world.queued(name="Колобок", chat="1")
    await site.world.queued(name="Кот Учёный", chat="2")
    async with at_desk(site, chromium) as page:
        field = page.get_by_label("Ответ абоненту")
        for name in ("Колобок", "Кот Учёный"):
            await page.get_by_role("button", name="Взять следующее").click()
            await expect(page.get_by_role("heading", name=name)).to_be_visible()
            await field.fill(f"Черновик: {name}")
        await page.reload()
        await expect(field).to_have_value("Черновик: Кот Учёный")
        await entry(page, "Колобок").click()
        await expect(field).to_have_value("Черновик: Колобок")
        await page.locator("#menu summary").click()
        await page.get_by_role("button", name="Выйти").click()
        await expect(page.get_by_role("heading", name="Вход для специалистов")).to_be_visible()
        assert await page.evaluate("Object.keys(localStorage).length") == 0


async def test_hostile_names_texts_and_files_are_shown_as_text(site: Site, chromium: Browser) -> None:
    site.world.knowledge.hits = [replace(hit("market.sell", XSS, 0.9))]
    site.world.messenger.files["ref"] = File(b"<script>alert(1)</script>", "image/svg+xml", XSS)
    await site.world.agent("evil", XSS, Role.ADMIN)
    conversation_id = await site.world.queued(XSS + " как продать", name=XSS)
    await site.world.bot_says(conversation_id, XSS, XSS)
    kinds = (AttachmentKind.PHOTO, AttachmentKind.DOCUMENT, AttachmentKind.VOICE, AttachmentKind.CONTACT)
    attachments = tuple(Attachment(kind, "ref", name=XSS, text=XSS) for kind in kinds)
    await site.world.writes("ещё", name=XSS, attachments=attachments)
    async with at_desk(site, chromium, "evil") as page:
        await page.get_by_role("button", name="Взять следующее").click()
        await expect(page.get_by_role("heading", name=XSS).first).to_be_visible()
        await expect(page.locator(".message.subscriber .text").first).to_contain_text("<script>")
        await page.get_by_label("Ответ абоненту").fill(XSS)
        await page.get_by_label("Ответ абоненту").press("Enter")
        await expect(page.locator(".message.agent .text").last).to_contain_text("<img src=x")
        await expect(page.locator("#hints-list, .messages").locator("script, img[src=x]")).to_have_count(0)
        assert await page.title() == "Отклик"


async def test_a_long_history_does_not_jump_while_it_is_read(site: Site, chromium: Browser) -> None:
    conversation_id = await site.world.queued(name="Колобок")
    for number in range(130):
        await site.world.bot_says(conversation_id, f"сообщение {number}")
    async with at_desk(site, chromium) as page:
        await entry(page, "Колобок").click()
        await expect(page.get_by_text("сообщение 129", exact=True)).to_be_in_viewport()
        await page.get_by_role("button", name="Показать раньше").click()
        await expect(page.get_by_text("сообщение 0", exact=True)).to_be_attached()
        await page.locator(".history").evaluate("box => { box.scrollTop = 300 }")
        await page.wait_for_timeout(200)
        await site.world.writes("новый вопрос", name="Колобок")
        await expect(page.get_by_role("button", name="Новые сообщения")).to_be_visible()
        assert await page.locator(".history").evaluate("box => box.scrollTop") == 300
        await page.get_by_role("button", name="Новые сообщения").click()
        await expect(page.locator(".message.subscriber").last).to_be_in_viewport()


async def test_a_phone_shows_one_column_at_a_time_and_goes_back(site: Site, chromium: Browser) -> None:
    site.world.knowledge.hits = [hit("market.sell", "Как продать гигабайты", 0.9)]
    await site.world.queued("как продать гигабайты", name="Колобок")
    async with at_desk(site, chromium, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        await expect(page.locator("#talk")).to_be_hidden()
        await entry(page, "Колобок").tap()
        await expect(page.get_by_role("navigation")).to_be_hidden()
        await page.get_by_role("button", name="Взять", exact=True).tap()
        await page.get_by_role("link", name="Подсказки").tap()
        await expect(page.locator("#talk")).to_be_hidden()
        await page.get_by_role("button", name="Вставить").tap()
        await expect(page.get_by_label("Ответ абоненту")).to_have_value(re.compile("Маркет"))
        await page.get_by_role("link", name="К списку обращений").tap()
        await expect(entry(page, "Колобок")).to_be_visible()


PICTURE: Any = {"name": "схема.png", "mimeType": "image/png", "buffer": png()}
CONTRACT: Any = {"name": "договор.pdf", "mimeType": "application/pdf", "buffer": PDF}
GIVE_FILE = """(target, [how, name, mime, bytes]) => {
    const given = new DataTransfer();
    given.items.add(new File([new Uint8Array(bytes)], name, { type: mime }));
    const options = { bubbles: true, cancelable: true };
    const paste = () => new ClipboardEvent("paste", { ...options, clipboardData: given });
    const drag = (kind) => new DragEvent(kind, { ...options, dataTransfer: given });
    for (const event of how === "paste" ? [paste()] : [drag("dragover"), drag("drop")]) target.dispatchEvent(event);
}"""


@asynccontextmanager
async def answering(site: Site, chromium: Browser, **options: Any) -> AsyncIterator[Page]:
    """A page of an agent who has just taken the only conversation of the queue."""
    async with at_desk(site, chromium, **options) as page:
        await page.get_by_role("button", name="Взять следующее").click()
        await expect(page.get_by_label("Ответ абоненту")).to_be_visible()
        yield page


def picks(page: Page) -> Any:
    return page.get_by_role("list", name="Файлы к ответу").get_by_role("listitem")


async def choose(page: Page, *files: Any) -> None:
    await page.locator("input[type=file]").set_input_files(list(files))


async def sent_files(world: World, conversation_id: int) -> list[str]:
    async with world.database.reading() as connection:
        rows = await connection.execute(
            select(messages.c.attachments)
            .where(messages.c.conversation_id == conversation_id, messages.c.author == Author.AGENT.value)
            .order_by(messages.c.id)
        )
        return [each["name"] for row in rows.scalars() for each in row]


async def test_a_picture_and_a_document_go_after_the_text_typed_with_them(site: Site, chromium: Browser) -> None:
    conversation_id = await site.world.queued(name="Колобок")
    async with answering(site, chromium) as page:
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("button", name="Приложить файл").click()
        await (await chooser.value).set_files([PICTURE, CONTRACT])
        await expect(picks(page)).to_have_count(2)
        await expect(picks(page).first).to_contain_text(re.compile(r"схема\.png\d+ КБ"))
        await page.get_by_label("Ответ абоненту").fill("Вот схема и договор:")
        await page.get_by_label("Ответ абоненту").press("Enter")
        picture = page.locator(".message.agent").get_by_role("img", name="схема.png")
        await expect(picture).to_be_visible()
        await expect(picture).to_have_js_property("naturalWidth", 320)
        await expect(page.get_by_role("link", name="договор.pdf")).to_be_visible()
        await expect(picks(page)).to_have_count(0)
        await comes_true(site.world, conversation_id, lambda said: said[1:] == ["Вот схема и договор:", "", ""])
        assert await sent_files(site.world, conversation_id) == ["схема.png", "договор.pdf"]


@pytest.mark.parametrize("how", ["paste", "drop"])
async def test_a_picture_is_pasted_or_dropped_and_sent_without_words(site: Site, chromium: Browser, how: str) -> None:
    conversation_id = await site.world.queued(name="Колобок")
    async with answering(site, chromium) as page:
        target = page.get_by_label("Ответ абоненту") if how == "paste" else page.locator(".history")
        await target.evaluate(GIVE_FILE, [how, "image.png", "image/png", list(png(40, 30))])
        await expect(picks(page)).to_have_count(1)
        await page.get_by_role("button", name="Отправить", exact=True).click()
        await expect(page.locator(".message.agent").get_by_role("img", name="image.png")).to_be_visible()
        await comes_true(site.world, conversation_id, lambda said: said[1:] == [""])


async def test_what_is_chosen_may_be_taken_back_and_stays_with_its_conversation(site: Site, chromium: Browser) -> None:
    first = await site.world.queued(name="Колобок", chat="1")
    async with answering(site, chromium) as page:
        await choose(page, PICTURE, CONTRACT)
        await page.get_by_role("button", name="Убрать схема.png").click()
        await expect(picks(page)).to_have_count(1)
        await site.world.queued(name="Кот Учёный", chat="2")
        await page.get_by_role("button", name="Взять следующее").click()
        await expect(page.get_by_role("heading", name="Кот Учёный")).to_be_visible()
        await expect(picks(page)).to_have_count(0)
        await entry(page, "Колобок").click()
        await expect(picks(page)).to_have_count(1)
        await page.get_by_role("button", name="Отправить", exact=True).click()
        await expect(page.get_by_role("link", name="договор.pdf")).to_be_visible()
        assert await sent_files(site.world, first) == ["договор.pdf"]


async def test_a_file_that_cannot_go_says_why_beside_the_field(site: Site, chromium: Browser) -> None:
    conversation_id = await site.world.queued(name="Колобок")
    async with answering(site, chromium) as page:
        large = {**CONTRACT, "name": "большой.pdf", "buffer": PDF + b"\0" * 1024 * 1024}
        program = {"name": "программа.png", "mimeType": "image/png", "buffer": b"MZ\x90\0"}
        await choose(page, large, program)
        await expect(picks(page).filter(has_text="большой.pdf")).to_contain_text("Больше 1 МБ: не отправить")
        await page.get_by_role("button", name="Отправить", exact=True).click()
        await expect(picks(page).filter(has_text="программа.png")).to_contain_text("Файл такого типа не отправить")
        await expect(page.get_by_role("button", name="Отправить", exact=True)).to_be_disabled()
        assert await sent_files(site.world, conversation_id) == []


async def test_a_messenger_that_takes_no_files_is_named_as_the_reason(site: Site, chromium: Browser) -> None:
    site.world.messenger.largest = 0
    await site.world.queued(name="Колобок")
    async with answering(site, chromium) as page:
        await page.get_by_role("button", name="Приложить файл").click()
        await expect(page.get_by_role("alert")).to_contain_text("мессенджер файлы не принимает")
        await choose(page, PICTURE)
        await expect(picks(page)).to_have_count(0)


async def test_a_file_sent_while_the_server_is_away_arrives_once_and_after_its_text(
    site: Site, chromium: Browser
) -> None:
    conversation_id = await site.world.queued(name="Колобок")
    async with answering(site, chromium) as page:
        await site.stop()
        await expect(page.get_by_text("Соединяемся…")).to_be_visible()
        await choose(page, CONTRACT)
        await page.get_by_label("Ответ абоненту").fill("Договор:")
        await page.get_by_label("Ответ абоненту").press("Enter")
        await expect(picks(page)).to_contain_text("ждёт отправки")
        await site.start()
        await expect(page.get_by_role("link", name="договор.pdf")).to_be_visible(timeout=20_000)
        await expect(picks(page)).to_have_count(0)
        await comes_true(site.world, conversation_id, lambda said: said[1:] == ["Договор:", ""])


async def test_a_file_whose_answer_got_lost_is_one_message(site: Site, chromium: Browser) -> None:
    conversation_id = await site.world.queued(name="Колобок")
    async with answering(site, chromium) as page:

        async def lose_the_answer(route: Any) -> None:
            await route.fetch()
            await route.abort()

        await page.route("**/files*", lose_the_answer, times=1)
        await choose(page, CONTRACT)
        await page.get_by_role("button", name="Отправить", exact=True).click()
        await expect(picks(page)).to_contain_text("ждёт связи с сервером")
        await expect(picks(page)).to_have_count(0, timeout=20_000)
        await expect(page.get_by_role("link", name="договор.pdf")).to_have_count(1)
        assert await sent_files(site.world, conversation_id) == ["договор.pdf"]


async def test_receipts_of_the_messenger_become_ticks(site: Site, chromium: Browser) -> None:
    conversation_id = await site.world.queued(name="Колобок")
    message_id = await site.world.bot_says(conversation_id, "ответ бота")
    async with at_desk(site, chromium) as page:
        await entry(page, "Колобок").click()
        state = page.locator(".message.bot .state")
        await expect(state).to_have_attribute("title", "Ждёт отправки")
        await site.world.delivered(conversation_id)
        await expect(state).to_have_attribute("title", "Отправлено")
        for receipt, words in ((Receipt.DELIVERED, "Доставлено"), (Receipt.READ, "Прочитано")):
            await site.world.reported(message_id, receipt)
            await expect(state).to_have_attribute("title", words)
            await expect(state).to_have_text(words)
        await site.world.failed(await site.world.bot_says(conversation_id, "поздний ответ"), SESSION_OVER)
        await site.world.writes("ещё", name="Колобок")
        over = page.locator(".message.bot", has_text="поздний ответ").locator(".state")
        await expect(over).to_have_text("Сеанс Telegram истёк: абонент должен написать первым")


async def test_attachments_that_we_do_not_have_say_why_and_have_no_link(site: Site, chromium: Browser) -> None:
    conversation_id = await site.world.queued(name="Колобок")
    lost = tuple(
        Attachment(AttachmentKind.VIDEO, "ref", name=f"{why}.mp4", refused=why) for why in ("too_large", "gone")
    )
    await site.world.writes(name="Колобок", attachments=lost)
    async with at_desk(site, chromium) as page:
        await page.goto(f"{site.url}/desk#{conversation_id}")
        last = page.locator(".message.subscriber").last
        await expect(last).to_contain_text("Файл больше 20 МБ, такие мы не сохраняем: too_large.mp4")
        await expect(last).to_contain_text("Мессенджер не отдал файл: gone.mp4")
        await expect(last.locator("a, video")).to_have_count(0)


async def test_a_person_with_two_messengers_has_one_history_even_when_linked_later(
    site: Site, chromium: Browser
) -> None:
    world = site.world
    earlier = await world.writes("вопрос боту", chat="1", name="Колобок")
    for number in range(110):
        await world.bot_says(earlier, f"ответ бота {number}")
    asked = await world.queued("позовите человека", channel="vk", chat="2", name="Колобок К.")
    async with answering(site, chromium) as page:
        history = page.get_by_role("log")
        await expect(history.get_by_text("позовите человека", exact=True)).to_be_visible()
        await expect(history.get_by_text("ответ бота 109", exact=True)).to_have_count(0)
        await world.linked(earlier, asked)
        await expect(history.get_by_text("ответ бота 109", exact=True)).to_be_visible()
        await expect(history.locator(".message.bot .via").first).to_have_text("Telegram")
        await expect(page.locator(".talk-head .chip.also")).to_contain_text("Telegram")
        await world.writes("пишу ещё отсюда", chat="1", name="Колобок")
        await expect(history.get_by_text("пишу ещё отсюда", exact=True)).to_be_in_viewport()
        await page.get_by_role("button", name="Показать раньше").click()
        await expect(history.get_by_text("вопрос боту", exact=True)).to_be_attached()
        await page.get_by_label("Ответ абоненту").fill("Отвечаю здесь")
        await page.get_by_label("Ответ абоненту").press("Enter")
        await expect(history.get_by_text("Отвечаю здесь", exact=True)).to_have_count(1)
        shown = await history.locator(".message .text").all_inner_texts()
        assert len(shown) == len(set(shown)) == 110 + 5
        await comes_true(world, asked, lambda said: said[-1:] == ["Отвечаю здесь"])


async def test_where_the_law_bars_us_the_page_says_so_instead_of_a_field(site: Site, chromium: Browser) -> None:
    site.world.knowledge.hits = [hit("market.sell", "Как продать гигабайты", 0.9)]
    conversation_id = await site.world.queued("как продать гигабайты", channel="abroad", name="Колобок")
    async with at_desk(site, chromium) as page:
        await page.get_by_role("button", name="Взять следующее").click()
        await expect(page.get_by_text("Закон не позволяет консультировать", exact=False)).to_be_visible()
        await expect(page.get_by_label("Ответ абоненту")).to_have_count(0)
        await expect(page.locator(".hint").get_by_role("button", name="Отправить")).to_have_count(0)
        await page.get_by_role("button", name="Закрыть", exact=True).click()
        await page.get_by_role("dialog").get_by_role("button", name="Закрыть", exact=True).click()
        await expect(page.get_by_text("Обращение закрыто.", exact=True)).to_be_visible()
        assert await site.world.said(conversation_id) == []


@pytest.mark.parametrize("size", [WIDE, {"width": 1000, "height": 700}, PHONE, {"width": 320, "height": 560}])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_sticks_out_and_every_control_has_a_name(
    site: Site, chromium: Browser, size: dict[str, int], scheme: str
) -> None:
    world = site.world
    await world.agent("boss", "Администратор с длинным именем и длинной фамилией", Role.ADMIN)
    conversation_id = await world.queued("слово" * 60, name="Имя" * 40)
    await world.failed(await world.bot_says(conversation_id, "ответ " * 80, "Кнопка с длинной подписью"))
    async with at_desk(site, chromium, "boss", viewport=size, color_scheme=scheme) as page:
        for path in ("/desk", f"/desk#{conversation_id}", "/desk/staff", "/desk/undelivered", "/desk/password"):
            await page.goto(site.url + path)
            await page.wait_for_load_state("networkidle")
            assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
            assert await page.evaluate(NAMELESS) == [], path


NAMELESS = """() => [...document.querySelectorAll("button, a, input:not([type=hidden]), select, textarea")]
    .filter((control) => control.checkVisibility() && control.tabIndex >= 0)
    .filter((control) => !(control.innerText || control.getAttribute("aria-label") || control.labels?.length))
    .map((control) => control.outerHTML)"""
