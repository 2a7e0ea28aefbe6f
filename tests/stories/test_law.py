"""Where the law does not let us advise private persons, the bot only says where it may, and keeps nothing."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.config import Secrets
from knowledge.library import Library
from tests.stories.bot_under_test import address_of, config_for, free_port, serving
from tests.stories.conftest import Stage, staged
from tests.stories.messengers import messengers

pytestmark = pytest.mark.asyncio(loop_scope="session")

KEY = "a-link-of-the-tests"


async def test_a_private_person_is_pointed_to_the_allowed_channels_and_nothing_is_kept(
    tmp_path: Path, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    barred = {"allowed_for": ["business"]}
    async with staged(tmp_path, library, telegram=barred, viber={"allowed_for": []}) as stage:
        for channel in ("telegram", "viber"):
            person = await stage.subscriber(channel, 4711)
            await person.write("мой номер +79000000000, позовите оператора")
            pointer = await person.hears("не можем консультировать")
            assert "ВКонтакте" in pointer.text
            assert "Telegram" not in pointer.text
            assert not pointer.buttons
        allowed = await stage.subscriber("vk")
        await allowed.write("как узнать баланс")
        await allowed.hears("*105#")
        assert not await _found(stage, "9000000000", "Test 4711")
    output = capsys.readouterr()
    assert "9000000000" not in output.out + output.err
    assert "Test 4711" not in output.out + output.err


async def test_a_business_customer_who_came_by_our_link_is_advised(tmp_path: Path, library: Library) -> None:
    listener = free_port()
    async with messengers() as standins:
        channels = standins.channels("polling", address_of(listener))
        barred = {name: {**block, "allowed_for": ["business"]} for name, block in channels.items()}
        secrets = Secrets(**{**dict(standins.secrets()), "business_key": SecretStr(KEY)})
        async with serving(config_for(tmp_path, barred), secrets, library, listener) as bot:
            await bot.connected()
            telegram, vk = standins.telegram.phone(1, "Test 1"), standins.vk.phone(2, "Test 2")
            viber = standins.viber.phone("viber-0003==", "Test 3")
            await telegram.start(KEY)
            await vk.start(KEY)
            await viber.open(KEY)
            for phone in (telegram, vk, viber):
                await phone.write("как узнать баланс")
                await phone.hears("*105#", 15)


async def _found(stage: Stage, *needles: str) -> list[str]:
    """Tables whose rows hold one of these."""
    async with stage.bot.app.database.reading() as connection:
        tables = (await connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))).scalars().all()
        return [
            table
            for table in tables
            for row in (await connection.execute(text(f'SELECT * FROM "{table}"'))).all()
            if any(needle in str(row) for needle in needles)
        ]
