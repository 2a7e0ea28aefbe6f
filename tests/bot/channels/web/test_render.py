from datetime import UTC, datetime

from bot.channels.web import ShownMessage, render
from bot.messages import Attachment, AttachmentKind, Author, Button

NOW = datetime(2026, 11, 20, 12, 0, 1, 999, tzinfo=UTC)
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


def test_the_bot_s_markdown_becomes_html_and_its_actions_stay_here() -> None:
    frame = render.message(
        ShownMessage(7, Author.BOT, NOW, "**Да**", buttons=(Button("Тарифы", "topic:tariff"), Button("Нет", "no")))
    )
    assert frame == {
        "type": "message",
        "id": 7,
        "author": "bot",
        "agent_name": "",
        "html": "<p><strong>Да</strong></p>",
        "buttons": [{"key": "7:0", "text": "Тарифы"}, {"key": "7:1", "text": "Нет"}],
        "attachments": [],
        "sent_at": "2026-11-20T12:00:01+00:00",
    }


def test_a_subscriber_s_text_is_never_html() -> None:
    frame = render.message(ShownMessage(7, Author.SUBSCRIBER, NOW, HOSTILE + " **x**", key="k"))
    assert frame["text"] == HOSTILE + " **x**"
    assert frame["key"] == "k"
    assert "html" not in frame


def test_hostile_text_of_the_bot_is_escaped() -> None:
    html = render.message(ShownMessage(7, Author.BOT, NOW, HOSTILE))["html"]
    assert "<img" not in html
    assert "<script" not in html


def test_an_agent_has_a_name() -> None:
    assert render.message(ShownMessage(7, Author.AGENT, NOW, "Да", "Тест"))["agent_name"] == "Тест"


def test_the_chat_s_half_of_a_file_s_key_stays_here() -> None:
    file = Attachment(AttachmentKind.PHOTO, "", "a.png", "image/png", 5, kept="c" * 64 + "/" + "a" * 32)
    frame = render.message(ShownMessage(7, Author.SUBSCRIBER, NOW, attachments=(file,)))
    assert frame["attachments"] == [{"ref": "a" * 32, "kind": "photo", "name": "a.png", "mime": "image/png", "size": 5}]
