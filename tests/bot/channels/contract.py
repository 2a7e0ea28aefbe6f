"""What any channel must do, whatever the messenger: a test class for a channel inherits `ChannelContract`."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.channels.channel import Channel, Hooked, LendsFiles
from bot.errors import BadPayload, SendError, Untrusted
from bot.messages import (
    Attachment,
    AttachmentKind,
    Author,
    Button,
    File,
    Ignored,
    Incoming,
    IncomingKind,
    Outgoing,
    WebhookCall,
)

BROKEN = [b"", b"null", b"[]", b"{}", b"0", b'"', b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b'{"a":' * 100_000]
BILL = Attachment(
    AttachmentKind.DOCUMENT, name="Счёт.pdf", mime="application/pdf", size_bytes=8, kept=f"{0:064}/{0:032}"
)
TROUBLESOME = "<b>&amp; **жирный [ссылка](https://example.org) `*100#` _x_ \\ 👩‍👩‍👧 «ё» 中文"


class ChannelContract:
    """A subclass gives the fixtures below. Its channel must have a fixed clock, if it has one."""

    @pytest.fixture
    def channel(self) -> Channel:
        """The channel, connected to a stand-in that checks what is sent to it."""
        raise NotImplementedError

    @pytest.fixture
    def chat_id(self) -> str:
        """A chat that may be written to."""
        raise NotImplementedError

    @pytest.fixture
    def gone_chat_id(self) -> str:
        """A chat that may not."""
        raise NotImplementedError

    @pytest.fixture
    def body(self) -> bytes:
        """A webhook body with one text message."""
        raise NotImplementedError

    @pytest.fixture
    def signed(self) -> Callable[[bytes], WebhookCall]:
        """Makes of a body the call that the messenger would make."""
        raise NotImplementedError

    async def test_a_send_gives_an_id_of_its_own_to_every_message(self, channel: Channel, chat_id: str) -> None:
        first = await channel.send(Outgoing(1, chat_id, "Добрый день!"))
        second = await channel.send(Outgoing(2, chat_id, "Чем помочь?"))
        assert first
        assert second
        assert first != second

    @pytest.mark.parametrize(
        "text", [TROUBLESOME, "- пункт\n- пункт\n\n1. раз\n2. два", "*100#", "a\n\n\nb", "**", "1."]
    )
    async def test_any_text_can_be_sent(self, channel: Channel, chat_id: str, text: str) -> None:
        assert await channel.send(Outgoing(1, chat_id, text))

    @pytest.mark.parametrize("letter", ["ы", "<", "&", "👍", "中"])
    async def test_the_longest_text_with_all_buttons_can_be_sent(
        self, channel: Channel, chat_id: str, letter: str
    ) -> None:
        limits = channel.capabilities
        text = letter * (limits.max_text // limits.measure(letter))
        buttons = tuple(Button("ы" * limits.max_button_text, f"topic:{n}") for n in range(limits.max_buttons))
        message = Outgoing(2**53, chat_id, text, buttons, Author.AGENT, "Тест " * 20)
        assert await channel.send(message)

    async def test_a_label_that_is_too_long_does_not_stop_a_message(self, channel: Channel, chat_id: str) -> None:
        assert await channel.send(Outgoing(1, chat_id, "Что выбрать?", (Button("очень " * 50, "menu"),)))

    async def test_a_file_can_be_sent_if_the_channel_says_so(self, channel: Channel, chat_id: str) -> None:
        if channel.capabilities.max_file_bytes:
            file = File(b"%PDF-1.4", BILL.mime, BILL.name)
            message = Outgoing(1, chat_id, "", (), Author.AGENT, "Тест", attachment=BILL, file=file)
            assert await channel.send(message)

    async def test_a_send_that_fails_raises_a_send_error(self, channel: Channel, gone_chat_id: str) -> None:
        with pytest.raises(SendError):
            await channel.send(Outgoing(1, gone_chat_id, "Добрый день!"))

    def test_a_body_parses_to_what_can_be_stored(self, channel: Channel, body: bytes) -> None:
        (event,) = channel.parse(body).events
        assert isinstance(event, Incoming)
        assert event.sender.channel == channel.name
        assert event.sender.account
        assert 0 < len(event.sender.chat_id) <= 128
        assert len(event.sender.name) <= 200
        assert 0 < len(event.external_id) <= 200
        assert event.sent_at.utcoffset() == timedelta(0)
        assert event.text

    def test_the_same_body_parses_to_equal_events(self, channel: Channel, body: bytes) -> None:
        assert channel.parse(body) == channel.parse(body)

    @pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: repr(broken[:12]))
    def test_a_broken_body_is_a_bad_payload(self, channel: Channel, broken: bytes) -> None:
        with pytest.raises(BadPayload):
            channel.parse(broken)

    def test_a_body_cut_anywhere_is_a_bad_payload(self, channel: Channel, body: bytes) -> None:
        for end in range(len(body.rstrip()) - 1):
            with pytest.raises(BadPayload):
                channel.parse(body[:end])

    def test_a_call_of_the_messenger_is_trusted(
        self, channel: Channel, body: bytes, signed: Callable[[bytes], WebhookCall]
    ) -> None:
        channel.verify(signed(body))

    @pytest.mark.parametrize("value", [None, "", "x", "секрет", "\udcff"], ids=ascii)
    def test_a_call_of_anybody_else_is_refused(
        self, channel: Channel, body: bytes, signed: Callable[[bytes], WebhookCall], value: str | None
    ) -> None:
        headers = {} if value is None else dict.fromkeys(signed(body).headers, value)
        with pytest.raises(Untrusted):
            channel.verify(WebhookCall(headers, body))

    async def test_typing_never_fails(self, channel: Channel, chat_id: str, gone_chat_id: str) -> None:
        await channel.show_typing(chat_id)
        await channel.show_typing(gone_chat_id)

    async def test_an_attachment_without_bytes_is_a_send_error(self, channel: Channel) -> None:
        for attachment in (
            Attachment(AttachmentKind.LOCATION, text="55.75, 37.61"),
            Attachment(AttachmentKind.PHOTO, ref="no-such-file"),
            Attachment(AttachmentKind.DOCUMENT, ref="../../etc/passwd"),
            Attachment(AttachmentKind.VIDEO, ref="large", size_bytes=10**12),
        ):
            with pytest.raises(SendError):
                await channel.fetch(attachment)

    async def test_a_name_fits_into_the_database(self, channel: Channel, chat_id: str) -> None:
        assert len(await channel.name_of(chat_id)) <= 200

    async def test_inspecting_tells_who_we_are_and_changes_nothing(self, channel: Channel) -> None:
        if isinstance(channel, Hooked):
            standing = await channel.inspect()
            assert standing.who
            assert all(fault.startswith(f"{channel.name}: ") for fault in standing.faults)
            assert await channel.inspect() == standing

    async def test_a_deleted_webhook_is_gone_and_deleting_twice_is_fine(self, channel: Channel) -> None:
        if isinstance(channel, Hooked):
            await channel.delete_webhook()
            await channel.delete_webhook()
            assert (await channel.inspect()).webhook == ""

    @pytest.mark.parametrize("ticket", ["", "x", "..", "%00", "/etc/passwd", "1-" * 100, "секрет"], ids=ascii)
    async def test_a_file_is_lent_for_a_ticket_of_ours_only(self, channel: Channel, ticket: str) -> None:
        if isinstance(channel, LendsFiles):
            with pytest.raises(Untrusted):
                await channel.lend(ticket)

    async def test_acknowledging_never_fails(self, channel: Channel, body: bytes) -> None:
        (message,) = channel.parse(body).events
        assert isinstance(message, Incoming)
        press = dataclasses.replace(message, external_id="cb:1", kind=IncomingKind.PRESS, text="", press="1:0")
        for event in (message, press, Ignored("edited_message")):
            await channel.acknowledge(event)

    async def test_closing_twice_is_fine(self, channel: Channel) -> None:
        await channel.close()
        await channel.close()

    def test_its_limits_make_sense(self, channel: Channel) -> None:
        limits = channel.capabilities
        assert min(limits.max_text, limits.max_buttons, limits.max_button_text) > 0
        assert limits.measure("") == 0
        assert limits.measure("а👍" * 10) == 10 * limits.measure("а👍")
