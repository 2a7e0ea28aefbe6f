from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.markdown import escape, parse, to_html, to_plain, to_telegram_html

SOURCE = "Наберите **`*105#`** & ждите.\n\n2. Один <b>\n3. [Сайт](https://t2.ru/?a=1&b=2)\n\n- [611](tel:611)"


def test_html_for_pages() -> None:
    assert to_html(parse(SOURCE)) == (
        "<p>Наберите <strong><code>*105#</code></strong> &amp; ждите.</p>"
        '<ol start="2"><li>Один &lt;b&gt;</li><li><a href="https://t2.ru/?a=1&amp;b=2" rel="noopener noreferrer" '
        'target="_blank">Сайт</a></li></ol>'
        '<ul><li><a href="tel:611" rel="noopener noreferrer" target="_blank">611</a></li></ul>'
    )


def test_telegram_html() -> None:
    assert to_telegram_html(parse(SOURCE)) == (
        "Наберите <b><code>*105#</code></b> &amp; ждите.\n\n"
        '2. Один &lt;b&gt;\n3. <a href="https://t2.ru/?a=1&amp;b=2">Сайт</a>\n\n'
        "• 611"
    )


def test_plain_text() -> None:
    assert to_plain(parse(SOURCE)) == (
        "Наберите *105# & ждите.\n\n2. Один <b>\n3. Сайт: https://t2.ru/?a=1&b=2\n\n• 611"
    )


def test_link_that_shows_its_address_is_not_repeated() -> None:
    assert to_plain(parse("[t2.ru](https://t2.ru)")) == "https://t2.ru"


def test_line_break_of_a_person_stays_a_break() -> None:
    assert to_html(parse(escape("а\nб"))) == "<p>а<br>б</p>"


class Tags(HTMLParser):
    """Notes unbalanced and unknown tags, and collects the text."""

    allowed = frozenset(("p", "ol", "ul", "li", "strong", "code", "a", "b", "br"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.allowed
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text() | st.text(st.sampled_from("а<>&\"'*`[](:)/htps .\n-1")))
def test_nothing_written_by_a_person_becomes_markup(text: str) -> None:
    for html in (to_html(parse(text)), to_telegram_html(parse(text))):
        tags = Tags()
        tags.feed(html)
        tags.close()
        assert not tags.open
