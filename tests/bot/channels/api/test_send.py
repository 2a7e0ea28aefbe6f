"""Sending: what the app gets, and what every failure of it means for the message."""

import base64

import pytest
from aiohttp import web

from bot.channels.api.channel import ApiChannel
from bot.channels.api.settings import ApiSettings
from bot.errors import Blocked, ChannelDown, ConfigError, Rejected, SendError, TryLater, Uncertain, Unreachable
from bot.messages import Attachment, AttachmentKind, Author, Button, File, Outgoing
from tests.bot.channels.api.app import SECRET, USER, StandInApp

HELLO = Outgoing(7, USER, "Наберите **`*100#`**", (Button("Тарифы", "topic:tariffs"),), key="7:2025-10-09")


async def test_the_app_gets_text_html_and_buttons(app: StandInApp, connected: ApiChannel) -> None:
    sent_as = await connected.send(HELLO)
    assert app.seen == [
        {
            "id": "7:2025-10-09",
            "chat": USER,
            "author": "bot",
            "agent": "",
            "text": "Наберите *100#",
            "html": "<p>Наберите <strong><code>*100#</code></strong></p>",
            "buttons": [{"text": "Тарифы", "press": "7:0"}],
            "file": None,
        }
    ]
    assert sent_as == "7:2025-10-09"


async def test_an_agent_has_a_name_and_sends_files(app: StandInApp, connected: ApiChannel) -> None:
    file = File(b"%PDF-1.4", "application/pdf", "Счёт.pdf")
    attachment = Attachment(AttachmentKind.DOCUMENT, name="Счёт.pdf", kept="k")
    await connected.send(Outgoing(8, USER, "", (), Author.AGENT, "Мария", attachment=attachment, file=file))
    (seen,) = app.seen
    assert (seen["author"], seen["agent"]) == ("agent", "Мария")
    assert (seen["file"]["name"], base64.b64decode(seen["file"]["base64"])) == ("Счёт.pdf", b"%PDF-1.4")


async def test_a_repeated_send_has_the_same_id_so_the_app_shows_it_once(app: StandInApp, connected: ApiChannel) -> None:
    app.refusals.append(None)
    with pytest.raises(Uncertain):
        await connected.send(HELLO)
    await connected.send(HELLO)
    assert (len(app.seen), app.repeats) == (1, 1)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, Unreachable),
        (400, Rejected),
        (401, Unreachable),
        (404, Unreachable),
        (410, Blocked),
        (413, Rejected),
        (422, Rejected),
        (429, TryLater),
        (500, Unreachable),
        (503, Unreachable),
    ],
)
async def test_a_refusal_means(app: StandInApp, connected: ApiChannel, status: int, error: type[SendError]) -> None:
    app.refusals.append(web.Response(status=status, headers={"Location": app.url} if status == 301 else {}))
    with pytest.raises(SendError) as caught:
        await connected.send(HELLO)
    assert type(caught.value) is error
    assert app.seen == []


@pytest.mark.parametrize(("told", "waited"), [("7", 7), ("", 5), ("soon", 5), ("99999", 5)])
async def test_the_app_says_how_long_to_wait(app: StandInApp, connected: ApiChannel, told: str, waited: float) -> None:
    app.refusals.append(web.Response(status=429, headers={"Retry-After": told}))
    with pytest.raises(TryLater) as caught:
        await connected.send(HELLO)
    assert caught.value.after_s == waited


async def test_an_app_that_is_not_there_or_silent_is_told_from_one_that_refuses(unused_tcp_port: int) -> None:
    nobody = ApiChannel(ApiSettings(callback_url=f"http://127.0.0.1:{unused_tcp_port}/secret-path"), SECRET)
    with pytest.raises(Unreachable) as caught:
        await nobody.send(HELLO)
    assert "secret-path" not in str(caught.value)
    assert caught.value.__context__ is None
    await nobody.close()


async def test_a_call_with_another_secret_is_not_taken_by_the_app(app: StandInApp) -> None:
    stranger = ApiChannel(ApiSettings(callback_url=app.url), "b" * 32)
    with pytest.raises(Unreachable):
        await stranger.send(HELLO)
    await stranger.close()
    assert app.seen == []


async def test_without_an_address_it_is_down_and_says_what_to_set() -> None:
    with pytest.raises(ChannelDown, match=r"channels\.api\.callback_url is empty; set it"):
        await ApiChannel(ApiSettings(), SECRET).connect()


def test_a_short_secret_is_a_mistake_of_the_configuration_and_is_not_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        ApiChannel(ApiSettings(), "short")
    assert "short " not in str(caught.value).replace("shorter", "")
