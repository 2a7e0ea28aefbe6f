"""The web chat in a real browser: the page, the widget on a foreign site, reconnects, keyboard, hostile input."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from bot.channels.web.visitors import chat_of
from bot.messages import Button
from tests.browser.pictures import PDF, png
from tests.browser.web_chat_site import GREETING, Site

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccff0bf1e0006830281"
    "b5b7e9cb0000000049454e44ae426082"
)
XSS = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "[жми](javascript:alert(1))",
    "<svg/onload=alert(1)>",
    "\"><iframe src='javascript:alert(1)'>",
    "**<b onmouseover=alert(1)>жирный</b>**",
    '[x](https://www.example.org/"onmouseover=alert(1)//)',
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is missing: install the system's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    site.start()
    yield site
    site.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=DESKTOP, locale="ru-RU", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Page:
    return opened(context, site.url)


def opened(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"an error on the page: {error}"))
    page.on("dialog", lambda dialog: pytest.fail("a script of a message has run"))
    page.goto(url)
    return page


def composer(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Сообщение")


def write(page: Page, text: str) -> None:
    composer(page).fill(text)
    composer(page).press("Enter")


def own(page: Page) -> Locator:
    return page.locator("article.subscriber .plain")


def bots(page: Page) -> Locator:
    return page.locator("article.bot .bubble")


def chat_id(page: Page) -> str:
    return chat_of(page.evaluate("localStorage['otklik.token']"))


def online(page: Page) -> None:
    expect(page.get_by_text("На связи")).to_be_visible(timeout=20_000)


def test_a_visitor_writes_and_is_answered(page: Page, site: Site) -> None:
    expect(bots(page)).to_have_count(1)
    write(page, "Добрый вечер")
    expect(bots(page).last).to_have_text("Вы написали: Добрый вечер")
    expect(own(page)).to_have_text(["Добрый вечер"])
    expect(page.locator("article.subscriber .state")).to_have_text("Отправлено")
    expect(composer(page)).to_have_value("")
    expect(composer(page)).to_be_focused()


def test_shift_enter_is_a_new_line_and_the_field_grows(page: Page, site: Site) -> None:
    low = composer(page).bounding_box()
    composer(page).type("Первая")
    composer(page).press("Shift+Enter")
    composer(page).type("вторая")
    high = composer(page).bounding_box()
    assert low
    assert high
    assert high["height"] > low["height"]
    composer(page).press("Enter")
    expect(own(page)).to_have_text(["Первая\nвторая"])
    expect(bots(page)).to_have_count(2)  # shown at once, answered when it has arrived
    assert site.core.texts() == ["Первая\nвторая"]


def test_blank_messages_are_not_sent(page: Page, site: Site) -> None:
    online(page)
    write(page, " \n ")
    expect(page.get_by_role("button", name="Отправить")).to_be_disabled()
    write(page, "Есть")
    expect(own(page)).to_have_text(["Есть"])


def test_a_pressed_button_answers_and_older_buttons_retire(page: Page, site: Site) -> None:
    page.get_by_role("button", name="Сменить тариф").click()
    expect(own(page)).to_have_text(["Сменить тариф"])
    expect(bots(page).last.get_by_role("listitem")).to_have_count(3)
    link = page.get_by_role("link", name="все тарифы")
    expect(link).to_have_attribute("href", "https://www.example.org/tariffs")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(page.get_by_role("button", name="Роуминг")).to_be_disabled()
    expect(page.get_by_role("button", name="Позвать оператора")).to_be_enabled()


def test_what_is_written_while_the_server_is_down_arrives_once(page: Page, site: Site) -> None:
    online(page)
    write(page, "До обрыва")
    expect(bots(page)).to_have_count(2)
    site.stop()
    expect(page.get_by_text("Соединяемся…")).to_be_visible()
    write(page, "Первое без связи")
    write(page, "Второе без связи")
    expect(page.locator(".waiting article")).to_have_count(2)
    expect(page.locator(".waiting .state").first).to_have_text("Отправляется")
    site.start()
    expect(page.locator("article.bot")).to_have_count(4, timeout=20_000)
    expect(page.locator(".waiting article")).to_have_count(0)
    assert site.core.texts() == ["До обрыва", "Первое без связи", "Второе без связи"]
    expect(own(page)).to_have_text(["До обрыва", "Первое без связи", "Второе без связи"])


def test_an_unsent_message_outlives_a_reload(page: Page, site: Site, context: BrowserContext) -> None:
    online(page)
    context.set_offline(True)
    site.stop()
    write(page, "Не потеряйте меня")
    site.start()
    context.set_offline(False)
    page.reload()
    expect(own(page)).to_have_text(["Не потеряйте меня"])
    expect(bots(page)).to_have_count(2)
    assert site.core.texts() == ["Не потеряйте меня"]


def test_what_was_said_meanwhile_comes_after_a_reconnect_in_order(page: Page, site: Site) -> None:
    online(page)
    chat = chat_id(page)
    site.stop()
    for number in range(5):
        site.core.history.add(chat, author=site.core.history.chats[chat][0].author, text=f"Новость {number}")
    site.start()
    expect(bots(page)).to_have_count(6, timeout=20_000)
    assert bots(page).all_inner_texts()[1:] == [f"Новость {number}" for number in range(5)]


def test_two_tabs_show_the_same(page: Page, site: Site, context: BrowserContext) -> None:
    online(page)
    other = opened(context, site.url)
    online(other)
    write(page, "Из первой вкладки")
    expect(own(other)).to_have_text(["Из первой вкладки"])
    write(other, "Из второй")
    expect(own(page)).to_have_text(["Из первой вкладки", "Из второй"])
    expect(bots(page)).to_have_count(3)


def test_a_reload_keeps_the_conversation(page: Page, site: Site) -> None:
    write(page, "Запомните")
    expect(bots(page)).to_have_count(2)
    page.reload()
    expect(own(page)).to_have_text(["Запомните"])
    expect(bots(page)).to_have_count(2)


@pytest.mark.parametrize("payload", XSS)
def test_hostile_text_is_only_text(page: Page, site: Site, payload: str) -> None:
    online(page)
    write(page, payload)
    expect(own(page)).to_have_text([payload])
    expect(bots(page)).to_have_count(2)
    assert page.locator("article").locator("img, script, iframe, svg:not(.icon)").count() == 0
    assert page.locator("article [onmouseover], article a[href^=javascript]").count() == 0


def test_the_sanitizer_keeps_only_what_is_allowed(page: Page, site: Site) -> None:
    cleaned = page.evaluate(
        """async (html) => {
            const script = document.querySelector('script[type=module]').src;
            const { sanitize } = await import(new URL('sanitize.js', script));
            const holder = document.createElement('div');
            holder.append(sanitize(html));
            return holder.innerHTML;
        }""",
        '<p onclick="x()" style="color:red">a<b>b</b></p><script>c</script><a href="JaVaScRiPt:alert(1)">d</a>'
        '<a href="data:text/html,x">e</a><a href="/relative">f</a><a href="tel:*100#">g</a>'
        '<ol start="3"><li>h</li></ol><math><mi xlink:href="javascript:x">i</mi></math>'
        '<svg><a href="javascript:x">j</a></svg><form><input name=k></form>',
    )
    assert cleaned == (
        "<p>ab</p><span>d</span><span>e</span><span>f</span>"
        '<a href="tel:*100#" rel="noopener noreferrer">g</a><ol start="3"><li>h</li></ol>ij'
    )


def test_the_page_s_policy_is_kept(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(site.url)
    page.get_by_role("button", name="Сменить тариф").click()
    expect(page.get_by_text("Подробности")).to_be_visible()
    page.locator("input[type=file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.locator(".pick.kept")).to_be_visible()
    page.get_by_role("button", name="Отправить").click()
    expect(page.locator(".picture img")).to_have_js_property("naturalWidth", 1)
    assert complaints == []


def test_a_picture_is_shown_after_a_reload_too(page: Page, site: Site) -> None:
    online(page)
    page.locator("input[type=file]").set_input_files({"name": "снимок.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.locator(".pick.kept")).to_contain_text("снимок.png")
    page.get_by_role("button", name="Отправить").click()
    expect(page.locator(".waiting article")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("img", name="снимок.png")).to_have_js_property("naturalWidth", 1)


def test_a_picture_can_be_pasted(page: Page, site: Site) -> None:
    online(page)
    composer(page).evaluate(
        """(field, bytes) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], 'paste.png', { type: 'image/png' }));
            const paste = { clipboardData: transfer, bubbles: true, cancelable: true };
            field.dispatchEvent(new ClipboardEvent('paste', paste));
        }""",
        list(PNG),
    )
    expect(page.locator(".pick.kept")).to_contain_text("paste.png")


def test_a_picture_of_an_agent_is_shown_and_a_document_is_saved_by_its_name(page: Page, site: Site) -> None:
    online(page)
    site.agent_sends(chat_id(page), "схема.png", png(640, 400))
    site.agent_sends(chat_id(page), "Договор об оказании услуг связи для физических лиц.pdf", PDF)
    picture = page.get_by_role("img", name="схема.png")
    expect(picture).to_have_js_property("naturalWidth", 640)
    expect(page.locator("article.agent .bubble")).to_have_count(0)
    expect(page.get_by_text("Специалист, оператор").first).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Договор об оказании").click()
    assert saved.value.suggested_filename == "Договор об оказании услуг связи для физических лиц.pdf"
    assert saved.value.path().read_bytes() == PDF
    page.reload()
    expect(page.get_by_role("img", name="схема.png")).to_have_js_property("naturalWidth", 640)


def test_a_file_that_is_not_taken_says_so_and_can_be_put_away(page: Page, site: Site) -> None:
    online(page)
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "a.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90\0"})
    expect(page.get_by_text("Такие файлы мы не принимаем")).to_be_visible()
    chooser.set_input_files({"name": "big.txt", "mimeType": "text/plain", "buffer": b"x" * (11 * 1024 * 1024)})
    expect(page.get_by_text("Файл больше 10 МБ")).to_be_visible()
    page.get_by_role("button", name="Убрать a.exe").click()
    page.get_by_role("button", name="Убрать big.txt").click()
    expect(page.locator(".pick")).to_have_count(0)


def test_a_refused_message_says_why_and_can_be_sent_again_or_put_away(page: Page, site: Site, tmp_path: Path) -> None:
    online(page)
    page.locator("input[type=file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.locator(".pick.kept")).to_be_visible()
    for file in tmp_path.rglob("*.json"):
        file.rename(file.with_suffix(".gone"))
    page.get_by_role("button", name="Отправить").click()
    expect(page.get_by_text("Файл не найден, приложите его ещё раз")).to_be_visible()
    write(page, "А это дойдёт")
    expect(own(page)).to_have_text(["А это дойдёт"])
    page.get_by_role("button", name="Повторить").click()
    expect(page.get_by_text("Файл не найден, приложите его ещё раз")).to_be_visible()
    page.get_by_role("button", name="Удалить").click()
    expect(page.locator(".waiting article")).to_have_count(0)
    page.reload()
    expect(page.locator("article.subscriber")).to_have_count(1)


def test_reading_above_is_not_disturbed_by_news(page: Page, site: Site) -> None:
    online(page)
    chat = chat_id(page)
    for number in range(30):
        site.run(site.core.say(chat, (f"Сообщение {number}", ())))
    expect(bots(page)).to_have_count(31)
    expect(bots(page).last).to_be_in_viewport()
    page.locator(".scroller").hover()
    page.mouse.wheel(0, -600)
    expect(bots(page).last).not_to_be_in_viewport()
    top = page.locator(".scroller").evaluate("element => element.scrollTop")
    site.run(site.core.say(chat, ("Новость", ())))
    pill = page.get_by_role("button", name="1 новое сообщение")
    expect(pill).to_be_visible()
    assert page.locator(".scroller").evaluate("element => element.scrollTop") == top
    pill.click()
    expect(bots(page).last).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_dots_show_that_an_answer_is_being_written(page: Page, site: Site) -> None:
    online(page)
    site.run(site.channel.show_typing(chat_id(page)))
    expect(page.locator(".dots")).to_be_visible()
    site.run(site.core.say(chat_id(page), ("Готово", ()), "Тест"))
    expect(page.locator(".dots")).to_be_hidden()
    expect(page.get_by_text("Тест, оператор")).to_be_visible()


def test_a_browser_that_keeps_nothing_can_chat_all_the_same(context: BrowserContext, site: Site) -> None:
    context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });"
    )
    page = opened(context, site.url)
    write(page, "Меня не запомнят")
    expect(bots(page)).to_have_count(2)


class TestPhone:
    @pytest.fixture
    def context(self, browser: Browser) -> Iterator[BrowserContext]:
        context = browser.new_context(
            viewport=PHONE, is_mobile=True, has_touch=True, locale="ru-RU", reduced_motion="reduce"
        )
        yield context
        context.close()

    def test_enter_is_a_new_line_and_the_button_sends(self, page: Page, site: Site) -> None:
        online(page)
        composer(page).tap()
        composer(page).type("Первая")
        composer(page).press("Enter")
        composer(page).type("вторая")
        page.get_by_role("button", name="Отправить").tap()
        expect(own(page)).to_have_text(["Первая\nвторая"])

    def test_long_words_wrap_and_nothing_is_wider_than_the_screen(self, page: Page, site: Site) -> None:
        online(page)
        site.run(site.core.say(chat_id(page), ("д" * 300, (Button("к" * 60, "x"), Button("Да", "y")))))
        expect(bots(page)).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert page.locator(".scroller").evaluate("each => each.scrollWidth <= each.clientWidth")

    def test_files_of_an_agent_fit_the_screen(self, page: Page, site: Site) -> None:
        online(page)
        site.agent_sends(chat_id(page), "схема.png", png(640, 400))
        site.agent_sends(chat_id(page), "д" * 90 + ".pdf", PDF)
        expect(page.get_by_role("img", name="схема.png")).to_have_js_property("naturalWidth", 640)
        expect(page.get_by_role("button", name="ддд")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert page.locator(".scroller").evaluate("each => each.scrollWidth <= each.clientWidth")

    def test_the_widget_fills_the_screen(self, context: BrowserContext, site: Site) -> None:
        page = opened(context, site.foreign_url)
        page.get_by_role("button", name="Открыть чат поддержки").tap()
        expect(bots(page)).to_have_count(1)
        box = page.get_by_role("dialog").bounding_box()
        assert box
        assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, PHONE["width"], PHONE["height"])
        page.get_by_role("button", name="Свернуть чат").tap()
        expect(page.get_by_role("dialog")).to_be_hidden()


class TestWidget:
    @pytest.fixture
    def page(self, context: BrowserContext, site: Site) -> Page:
        return opened(context, site.foreign_url)

    def launcher(self, page: Page) -> Locator:
        return page.get_by_role("button", name="Открыть чат")

    def test_nothing_is_asked_of_the_server_before_the_panel_is_opened(self, page: Page, site: Site) -> None:
        expect(self.launcher(page)).to_be_visible()
        assert site.core.seen == []
        self.launcher(page).click()
        expect(bots(page)).to_have_count(1)
        assert site.core.seen[0].sender.name == "Тест"

    def test_the_site_s_style_does_not_get_in(self, page: Page, site: Site) -> None:
        self.launcher(page).click()
        expect(bots(page)).to_have_count(1)
        box = page.get_by_role("dialog").bounding_box()
        assert box
        assert (box["width"], box["height"]) == (400, 620)
        assert box["x"] + box["width"] == DESKTOP["width"] - 20
        look = bots(page).evaluate(
            "each => ['fontSize', 'letterSpacing', 'textTransform', 'direction', 'borderTopWidth']"
            ".map((name) => getComputedStyle(each)[name])"
        )
        assert look == ["15px", "normal", "none", "ltr", "0px"]

    def test_the_widget_leaves_no_trace_on_the_site(self, page: Page, site: Site) -> None:
        self.launcher(page).click()
        write(page, "abc/")
        expect(bots(page)).to_have_count(2)
        assert page.evaluate("Object.keys(window).length - window.before") == 2  # the page's own two
        assert page.evaluate("hotkeys") == []
        assert page.evaluate("document.body.querySelectorAll('*').length") == 4

    def test_including_it_twice_is_once(self, page: Page, site: Site) -> None:
        expect(self.launcher(page)).to_be_visible()
        page.add_script_tag(url=f"{site.url}/widget.js")
        expect(page.locator("otklik-chat")).to_have_count(1)

    def test_the_keyboard_is_enough(self, page: Page, site: Site) -> None:
        self.launcher(page).focus()
        page.keyboard.press("Enter")
        expect(composer(page)).to_be_focused()
        expect(bots(page)).to_have_count(1)
        seen = []
        for _ in range(12):
            page.keyboard.press("Tab")
            seen.append(
                page.evaluate(
                    "(() => { const each = document.querySelector('otklik-chat').shadowRoot.activeElement;"
                    " return each ? each.getAttribute('aria-label') ?? each.textContent : null; })()"
                )
            )
        buttons = [button.text for button in GREETING[1]]
        ring = ["Приложить файл", "Сообщение", "Свернуть чат", "Сообщения", *buttons]
        assert None not in seen
        assert set(seen) == set(ring)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(self.launcher(page)).to_be_focused()

    def test_a_visible_ring_shows_where_the_focus_is(self, page: Page, site: Site) -> None:
        self.launcher(page).focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Shift+Tab")
        focused = page.get_by_role("button", name="Приложить файл")
        expect(focused).to_be_focused()
        assert focused.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"

    def test_unread_messages_are_counted_on_the_button(self, page: Page, site: Site) -> None:
        self.launcher(page).click()
        expect(bots(page)).to_have_count(1)
        page.keyboard.press("Escape")
        site.run(site.core.say(chat_id(page), ("Вы ещё здесь?", ()), "Тест"))
        expect(page.get_by_role("button", name="Открыть чат, 1 новое сообщение")).to_be_visible()
        page.reload()
        unread = page.get_by_role("button", name="Открыть чат, 1 новое сообщение")
        unread.click()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Открыть чат поддержки")).to_be_visible()

    def test_an_open_panel_stays_open_on_the_next_page(self, page: Page, site: Site) -> None:
        self.launcher(page).click()
        composer(page).fill("Недописанное\n\nв три строки")
        high = composer(page).bounding_box()
        page.reload()
        expect(page.get_by_role("dialog")).to_be_visible()
        expect(composer(page)).to_have_value("Недописанное\n\nв три строки")
        expect(composer(page)).not_to_be_focused()
        assert composer(page).bounding_box() == high

    def test_at_twice_the_size_everything_is_still_there(self, page: Page, site: Site) -> None:
        page.set_viewport_size({"width": DESKTOP["width"] // 2, "height": DESKTOP["height"] // 2})
        self.launcher(page).click()
        expect(bots(page).last).to_be_in_viewport()
        expect(composer(page)).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("button", name="Свернуть чат")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(browser: Browser, site: Site, scheme: str) -> None:
    context = browser.new_context(viewport=DESKTOP, color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
    page = opened(context, site.url)
    page.get_by_role("button", name="Сменить тариф").click()
    expect(page.get_by_text("Подробности")).to_be_visible()
    colours = page.locator(".chat").evaluate(
        """chat => ['.title', '.names .state', '.day', '.author', '.bot .bubble p', '.bot .bubble a', 'time',
                    '.chip:enabled', '.subscriber .plain', '.bubble code'].map((name) => {
            const each = chat.querySelector(name);
            let ground = each;
            while (getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
            if (name === '.bubble code') ground = each.closest('.bubble');
            return [name, getComputedStyle(each).color, getComputedStyle(ground).backgroundColor];
        })"""
    )
    for name, ink, ground in colours:
        assert contrast(ink, ground) >= 4.5, name
    context.close()


def contrast(one: str, other: str) -> float:
    """By WCAG 2, of two "rgb(r, g, b)"."""
    low, high = sorted(luminance(each) for each in (one, other))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
