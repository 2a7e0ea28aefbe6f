"""Every messenger of the registry can be made from its defaults, and is what it says."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.channels.registry import KINDS, Surroundings
from bot.channels.web.history import ShownMessage
from bot.messages import Sender

SECRETS = {"telegram_token": "123456:" + "A" * 35, "telegram_webhook_secret": "a-secret"}
CHANNELS = Path(__file__).parents[3] / "bot/channels"


class NoHistory:
    async def after(self, sender: Sender, cursor: int, limit: int) -> Sequence[ShownMessage]:
        return []


@pytest.mark.parametrize("name", KINDS)
async def test_a_messenger_is_made_from_its_defaults_and_knows_its_name(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    channel = kind.build(kind.settings(), Surroundings(SECRETS, tmp_path, NoHistory()))
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
        headers = kind.sign(b"{}", SECRETS) if kind.sign else {}
        assert not any(SECRETS["telegram_token"] in value for value in headers.values())
