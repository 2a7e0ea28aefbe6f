"""Messages -> sendMessage, judged by the rules of the Bot API."""

import pytest
from aiogram import Bot
from aiogram.methods import SendMessage
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions
from hypothesis import given
from hypothesis import strategies as st
from teremok.validation import validate_method

from bot.channels.telegram.render import CAPABILITIES, MAX_UNITS, cut, render, render_plain, units
from bot.messages import Author, Button, Outgoing, split_button_key
from standins.telegram import html as telegrams

BOT = Bot("100200300:token-of-no-bot")


def seen(method: SendMessage) -> str:
    """The text as Telegram shows it."""
    return telegrams.parse_html(method.text)[0] if method.parse_mode == "HTML" else method.text


def keyboard(method: SendMessage) -> list[list[tuple[str, str | None]]]:
    markup = method.reply_markup
    assert isinstance(markup, InlineKeyboardMarkup)
    return [[(button.text, button.callback_data) for button in row] for row in markup.inline_keyboard]


def test_markup_becomes_html_without_a_link_preview() -> None:
    method = render(Outgoing(1, "42", "Наберите `*100#` или **зайдите** [сюда](https://example.org/?a=1&b=2)"))
    expected = 'Наберите <code>*100#</code> или <b>зайдите</b> <a href="https://example.org/?a=1&amp;b=2">сюда</a>'
    assert method.text == expected
    assert method.parse_mode == "HTML"
    assert isinstance(method.link_preview_options, LinkPreviewOptions)
    assert method.link_preview_options.is_disabled
    assert method.reply_markup is None


def test_buttons_stand_one_in_a_row_with_short_keys() -> None:
    method = render(
        Outgoing(17, "42", "Что выбрать?", (Button("Тарифы", "topic:tariffs"), Button("Оператор", "agent")))
    )
    assert keyboard(method) == [[("Тарифы", "17:0")], [("Оператор", "17:1")]]


def test_a_long_label_is_cut_with_an_ellipsis() -> None:
    (((label, _),),) = keyboard(render(Outgoing(1, "42", "?", (Button("очень долгий текст " * 3, "menu"),))))
    assert len(label) <= 40
    assert label == "очень долгий текст очень долгий текст о…"


def test_an_agent_is_named_above_the_text() -> None:
    message = Outgoing(1, "42", "Добрый день!", author=Author.AGENT, agent_name="Тест <Агент>")
    assert render(message).text == "<b>Тест &lt;Агент&gt;</b>\nДобрый день!"
    assert render_plain(message).text == "Тест <Агент>\nДобрый день!"


@pytest.mark.parametrize(("author", "name"), [(Author.AGENT, ""), (Author.AGENT, "  "), (Author.BOT, "Тест")])
def test_nobody_else_is_named(author: Author, name: str) -> None:
    assert render(Outgoing(1, "42", "Добрый день!", author=author, agent_name=name)).text == "Добрый день!"


MESSAGES = st.builds(
    Outgoing,
    st.integers(min_value=1, max_value=2**63),
    st.just("42"),
    st.text()
    | st.lists(st.sampled_from(["**", "`", "[a](https://b.c)", "\n", "- ", "1. ", "<", "&", "👍"])).map("".join),
    st.lists(st.builds(Button, st.text(min_size=1), st.text()), max_size=12).map(tuple),
    st.sampled_from(Author),
    st.text(max_size=200),
)


@given(MESSAGES)
def test_any_message_keeps_the_rules_of_the_bot_api(message: Outgoing) -> None:
    method = render(message)
    if method.text:
        validate_method(BOT, method)
    if "](" not in message.text:  # plain text shows the address of a link, too
        assert seen(method) == render_plain(message).text
    if message.buttons:
        keys = [split_button_key(key or "") for row in keyboard(method) for _, key in row]
        assert keys == [(message.id, position) for position in range(min(len(message.buttons), 8))]


@given(st.text(alphabet="<&👍ы*`\n", min_size=1), st.integers(min_value=1, max_value=9000), st.sampled_from(Author))
def test_no_message_is_above_the_limit(piece: str, times: int, author: Author) -> None:
    text = (piece * times)[:9000]
    message = Outgoing(1, "42", text, author=author, agent_name="Т" * 300)
    assert units(seen(render(message))) <= MAX_UNITS
    assert units(render_plain(message).text) <= MAX_UNITS


def test_what_the_core_may_send_is_never_cut() -> None:
    text = "👍" * (CAPABILITIES.max_text // 2)
    message = Outgoing(1, "42", text, author=Author.AGENT, agent_name="👍" * 100)
    assert seen(render(message)).endswith(text)


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_cut_never_splits_a_character(text: str, limit: int) -> None:
    kept = cut(text, limit)
    assert units(kept) <= limit
    assert kept == text or text.startswith(kept[:-1])
