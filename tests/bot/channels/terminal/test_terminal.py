"""The terminal as a channel: lines are messages, numbers and labels press the buttons last shown."""

import pytest

from bot.channels.terminal import SENDER, Terminal
from bot.errors import BadPayload, Rejected, Untrusted
from bot.messages import Attachment, AttachmentKind, Button, IncomingKind, Outgoing, WebhookCall

MENU = (Button("Да", "helped:yes"), Button("Нет", "helped:no"))


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def test_a_line_is_a_message_of_the_one_person_there(terminal: Terminal) -> None:
    incoming = terminal.read("как узнать баланс")
    assert (incoming.sender, incoming.kind, incoming.text) == (SENDER, IncomingKind.TEXT, "как узнать баланс")


def test_every_line_is_a_message_of_its_own(terminal: Terminal) -> None:
    assert terminal.read("привет").external_id != terminal.read("привет").external_id


async def test_what_is_said_is_taken_once_and_in_order(terminal: Terminal) -> None:
    said = [Outgoing(1, "me", "один"), Outgoing(2, "me", "два")]
    assert [await terminal.send(message) for message in said] == ["1", "2"]
    assert terminal.take() == said
    assert terminal.take() == []


@pytest.mark.parametrize(("line", "press"), [("1", "7:0"), (" 2 ", "8:0"), ("3", "8:1"), ("НЕТ", "8:1")])
async def test_a_number_or_a_label_presses_a_button_that_was_shown(terminal: Terminal, line: str, press: str) -> None:
    await terminal.send(Outgoing(7, "me", "один", (Button("Первая", "menu"),)))
    await terminal.send(Outgoing(8, "me", "два", MENU))
    terminal.take()
    incoming = terminal.read(line)
    assert (incoming.kind, incoming.press, incoming.text) == (IncomingKind.PRESS, press, "")


async def test_only_the_buttons_shown_last_can_be_pressed(terminal: Terminal) -> None:
    await terminal.send(Outgoing(7, "me", "один", MENU))
    terminal.take()
    await terminal.send(Outgoing(8, "me", "два"))
    terminal.take()
    assert terminal.read("1").kind is IncomingKind.TEXT


async def test_silence_keeps_the_buttons(terminal: Terminal) -> None:
    await terminal.send(Outgoing(7, "me", "один", MENU))
    terminal.take()
    terminal.take()
    assert terminal.read("1").press == "7:0"


async def test_there_is_no_webhook_and_there_are_no_files(terminal: Terminal) -> None:
    with pytest.raises(Untrusted):
        terminal.verify(WebhookCall({}, b"{}"))
    with pytest.raises(BadPayload):
        terminal.parse(b"{}")
    with pytest.raises(Rejected):
        await terminal.fetch(Attachment(AttachmentKind.PHOTO))
