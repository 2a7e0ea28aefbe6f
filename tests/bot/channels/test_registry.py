"""Every messenger of the registry can be made from its defaults, and is what it says."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.channels.registry import KINDS, Surroundings
from bot.channels.web.history import ShownMessage
from bot.config import Secrets
from bot.dialogue.ports import Draft
from bot.messages import Sender
from bot.storage.files import Files

SHAPED = {
    "telegram_token": "123456:" + "A" * 35,
    "vk_token": "vk1.a." + "A" * 60,
}
NEEDED = {need: "a" * 40 for kind in KINDS.values() for need in kind.needs}
SECRETS = {**dict.fromkeys(Secrets.model_fields, ""), **NEEDED, **SHAPED}
ADDRESSES = {"viber": {"public_url": "https://example.org"}, "api": {"callback_url": "https://example.org/told"}}
CHANNELS = Path(__file__).parents[3] / "bot/channels"


class NoHistory:
    async def after(self, sender: Sender, cursor: int, limit: int) -> Sequence[ShownMessage]:
        return []


class NoCursors:
    async def load(self, channel: str, account: str) -> str:
        return ""

    async def save(self, channel: str, account: str, value: str) -> None:
        """Nothing is read, so nothing is remembered."""


def around(folder: Path) -> Surroundings:
    return Surroundings(SECRETS, Files(folder), NoHistory(), NoCursors(), welcome=lambda: Draft("Здравствуйте!"))


@pytest.mark.parametrize("name", KINDS)
async def test_a_messenger_is_made_from_its_defaults_and_knows_its_name(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    channel = kind.build(kind.settings(**ADDRESSES.get(name, {})), around(tmp_path))
    assert channel.name == name
    assert channel.capabilities.max_text >= 1000
    assert channel.capabilities.max_buttons >= 8
    await channel.close()


@pytest.mark.parametrize("name", KINDS)
def test_a_messenger_has_a_title_for_people_and_a_switch(name: str) -> None:
    assert KINDS[name].title
    assert KINDS[name].settings().enabled  # type: ignore[attr-defined]  # every channel's settings have it


@pytest.mark.parametrize("name", KINDS)
def test_a_messenger_is_a_folder_with_the_same_files_as_the_others(name: str) -> None:
    assert {"__init__.py", "parse.py", "render.py"} <= {path.name for path in (CHANNELS / name).iterdir()}


def test_every_messenger_folder_is_in_the_registry() -> None:
    """The terminal is no messenger: it is made by the command that needs it."""
    folders = {path.parent.name for path in CHANNELS.glob("*/__init__.py")}
    assert folders == {*KINDS, "terminal"}


def test_a_signature_never_shows_the_token() -> None:
    for kind in KINDS.values():
        if kind.sign:
            call = kind.sign(b'{"type": "message_new"}', SECRETS)
            assert not any(SECRETS[need] in value for need in kind.needs for value in call.headers.values())
            assert not any(SECRETS[need].encode() in call.body for need in kind.needs)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"], ids=ascii)
def test_a_body_that_is_no_event_is_signed_all_the_same(body: bytes) -> None:
    """So that `otklik replay` shows how the bot refuses it."""
    for kind in KINDS.values():
        if kind.sign:
            assert kind.sign(body, SECRETS).body == body
