"""The web chat keeps the contract of a channel, as far as a channel without webhook can."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.channels.channel import Channel
from bot.channels.web import WebChannel, WebSettings
from bot.errors import Untrusted
from bot.messages import WebhookCall
from tests.bot.channels.contract import ChannelContract
from tests.bot.channels.web.fakes import FakeHistory


class TestWeb(ChannelContract):
    @pytest.fixture
    def channel(self, tmp_path: Path) -> Channel:
        return WebChannel(WebSettings(), FakeHistory(), tmp_path)

    @pytest.fixture
    def chat_id(self) -> str:
        return "c" * 64

    @pytest.fixture
    def gone_chat_id(self) -> str:
        return "d" * 64

    # Frames, not webhook bodies: see test_parse.py and test_session.py.
    test_a_body_parses_to_what_can_be_stored = None
    test_the_same_body_parses_to_equal_events = None
    test_a_body_cut_anywhere_is_a_bad_payload = None
    test_a_call_of_the_messenger_is_trusted = None
    test_a_call_of_anybody_else_is_refused = None
    test_acknowledging_never_fails = None
    # A visitor cannot block us, and a message waits in the history for whoever comes back.
    test_a_send_that_fails_raises_a_send_error = None

    def test_there_is_no_way_in_by_webhook(self, channel: Channel) -> None:
        with pytest.raises(Untrusted):
            channel.verify(WebhookCall({}, b"{}"))

    async def test_it_says_where_it_is_and_listens_to_nobody(self, channel: Channel) -> None:
        assert await channel.connect() == "http chat at /"

        async def accept(event: object) -> None:
            raise AssertionError(event)

        await channel.listen(accept)


@pytest.mark.parametrize(
    "origin", ["example.org", "https://example.org/", "https://*.example.org", "ftp://example.org", "https://a@b", ""]
)
def test_an_origin_that_would_never_match_is_a_mistake(origin: str) -> None:
    with pytest.raises(ValidationError, match=r"write \"\*\" or one like https://www\.example\.org"):
        WebSettings(allowed_origins=(origin,))


def test_settings_say_what_they_mean() -> None:
    assert all(field.description for field in WebSettings.model_fields.values())
    with pytest.raises(ValidationError):
        WebSettings.model_validate({"enbled": True})
