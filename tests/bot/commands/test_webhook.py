"""`otklik webhook` and `otklik check --live`: what messengers know of us, all at once, none hiding another."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from click.testing import Result

from bot.channels.channel import Channel, Standing
from bot.commands.hooked import ask
from bot.errors import ChannelDown, ConfigError
from standins.telegram import How, StandInTelegram
from tests.bot.commands.conftest import Run
from tests.support.channel import FakeChannel

SITE = "https://bot.example.org"
OURS = f"{SITE}/webhooks/telegram"


class HookedFake(FakeChannel):
    """Answers when told to, as told to."""

    answer: Callable[[], Standing] = staticmethod(lambda: Standing("@fake"))
    is_silent = False

    async def inspect(self) -> Standing:
        if self.is_silent:
            await asyncio.Event().wait()
        return self.answer()

    async def set_webhook(self) -> str:
        return SITE

    async def delete_webhook(self) -> None:
        """Nobody to tell."""


@pytest.fixture
async def telegram() -> AsyncIterator[StandInTelegram]:
    async with StandInTelegram() as server:
        yield server


Configure = Callable[..., None]


@pytest.fixture
def configure(folder: Path, telegram: StandInTelegram, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Writes the block of Telegram at the stand-in and gives its token."""

    def write(**more: str) -> None:
        block = {"api": telegram.url, **more}
        lines = "".join(f"    {key}: {value}\n" for key, value in block.items())
        (folder / "config.yml").write_text(f"channels:\n  telegram:\n{lines}", encoding="utf-8")

    monkeypatch.setenv("OTKLIK_TELEGRAM_TOKEN", telegram.token)
    write()
    return write


async def run(otklik: Run, *arguments: str) -> Result:
    """The command has an event loop of its own; the stand-in's must go on meanwhile."""
    return await asyncio.to_thread(otklik, *arguments)


def methods(telegram: StandInTelegram) -> list[str]:
    return [call.method for call in telegram.calls]


async def test_show_tells_who_we_are_and_changes_nothing(
    otklik: Run, configure: Configure, telegram: StandInTelegram
) -> None:
    result = await run(otklik, "webhook", "show")
    assert (result.exit_code, result.stdout) == (0, "telegram: @test_operator_bot, 0 updates wait; webhook: none\n")
    assert methods(telegram) == ["getMe", "getWebhookInfo"]


async def test_show_names_faults_and_fails(otklik: Run, configure: Configure, telegram: StandInTelegram) -> None:
    telegram.updates.set_webhook("https://another.example.org/x", "")
    result = await run(otklik, "webhook", "show", "--channel", "telegram")
    assert result.exit_code == 1
    first, second = result.stdout.splitlines()
    assert first.endswith("webhook: https://another.example.org/x")
    assert second.startswith("FAULT telegram: mode is polling, but a webhook is set")


async def test_set_prints_the_address_and_drops_nothing(
    otklik: Run, configure: Configure, telegram: StandInTelegram
) -> None:
    configure(mode="webhook", public_url=SITE)
    await telegram.phone(42).write("раз")
    result = await run(otklik, "webhook", "set")
    assert (result.exit_code, result.stdout) == (0, f"telegram: calls {OURS}\n")
    assert telegram.updates.webhook.url == OURS
    assert len(telegram.updates.pending) == 1


async def test_set_in_polling_mode_says_that_a_running_bot_fights_it(otklik: Run, configure: Configure) -> None:
    configure(public_url=SITE)
    result = await run(otklik, "webhook", "set")
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first == f"telegram: calls {OURS}"
    assert second.startswith("note  channels.telegram.mode is polling")
    assert second.endswith("otklik webhook delete --channel telegram")


async def test_set_without_a_public_address_says_what_to_do(
    otklik: Run, configure: Configure, telegram: StandInTelegram
) -> None:
    result = await run(otklik, "webhook", "set")
    assert result.exit_code == 1
    assert result.stdout.startswith("FAULT telegram: channels.telegram.public_url is empty; set it in config.yml")
    assert telegram.calls == []


async def test_delete_takes_the_webhook_away_and_drops_nothing(
    otklik: Run, configure: Configure, telegram: StandInTelegram
) -> None:
    telegram.updates.set_webhook("https://127.0.0.1:1/x", "")
    await telegram.phone(42).write("раз")
    result = await run(otklik, "webhook", "delete")
    assert (result.exit_code, result.stdout) == (0, "telegram: calls nobody; what waits there is kept\n")
    assert telegram.updates.webhook.url == ""
    assert len(telegram.updates.pending) == 1


async def test_delete_in_webhook_mode_says_that_the_bot_hears_nothing_then(otklik: Run, configure: Configure) -> None:
    configure(mode="webhook", public_url=SITE)
    result = await run(otklik, "webhook", "delete")
    assert "the bot hears nothing until it starts anew, or: otklik webhook set --channel telegram" in result.stdout


@pytest.mark.parametrize("command", ["show", "set", "delete"])
async def test_a_refused_token_is_a_fault_that_does_not_show_it(
    otklik: Run, configure: Configure, telegram: StandInTelegram, command: str
) -> None:
    configure(public_url=SITE)
    telegram.revoke_token()
    result = await run(otklik, "webhook", command)
    assert result.exit_code == 1
    assert result.stdout.startswith("FAULT telegram: the token is refused; get a new one from @BotFather")
    assert telegram.token.partition(":")[2] not in result.output


@pytest.mark.parametrize(
    ("channel", "complaint"),
    [
        ("web", "--channel web: it has no webhook"),
        ("vk", "--channel vk: it is off (to start it, set OTKLIK_VK_TOKEN in the environment or .env)"),
        ("pigeon", "--channel pigeon: there is no such messenger; expected one of "),
    ],
)
async def test_a_channel_that_cannot_be_meant_is_refused(
    otklik: Run, configure: Configure, channel: str, complaint: str
) -> None:
    result = await run(otklik, "webhook", "show", "--channel", channel)
    assert isinstance(result.exception, ConfigError)
    assert complaint in str(result.exception)


def test_with_no_messenger_on_every_reason_is_told(otklik: Run) -> None:
    error = otklik("webhook", "show").exception
    assert isinstance(error, ConfigError)
    assert error.faults[0] == "no messenger that can be called by webhook is on"
    assert any("telegram is off (to start it, set OTKLIK_TELEGRAM_TOKEN" in fault for fault in error.faults)


async def test_check_asks_no_messenger_by_itself(otklik: Run, configure: Configure, telegram: StandInTelegram) -> None:
    result = await run(otklik, "check")
    assert "ok    messenger telegram: on" in result.stdout
    assert "live" not in result.stdout
    assert telegram.calls == []


async def test_check_live_tells_what_the_messenger_says_and_changes_nothing(
    otklik: Run, configure: Configure, telegram: StandInTelegram
) -> None:
    result = await run(otklik, "check", "--live")
    assert "live  telegram: @test_operator_bot, 0 updates wait; webhook: none\n" in result.stdout
    assert "FAULT telegram" not in result.stdout
    assert methods(telegram) == ["getMe", "getWebhookInfo"]


async def test_check_live_makes_faults_of_what_is_wrong_there(
    otklik: Run, configure: Configure, telegram: StandInTelegram
) -> None:
    configure(mode="webhook", public_url=SITE)
    result = await run(otklik, "check", "--live")
    assert result.exit_code == 1
    assert f"FAULT telegram: it calls no address instead of {OURS}" in result.stdout


async def test_check_live_names_a_messenger_that_is_down(
    otklik: Run, configure: Configure, telegram: StandInTelegram
) -> None:
    telegram.fail_next("getMe", How.PAGE, status=502)
    result = await run(otklik, "check", "--live")
    assert result.exit_code == 1
    assert "FAULT telegram: getMe failed: HTTP 502" in result.stdout


def refuses() -> Standing:
    raise ChannelDown("down: the token is refused")


def breaks() -> Standing:
    raise KeyError("a secret")


async def test_one_that_is_down_silent_or_broken_hides_no_other() -> None:
    channels = {name: HookedFake(name) for name in ("well", "down", "silent", "broken")}
    channels["down"].answer = refuses
    channels["silent"].is_silent = True
    channels["broken"].answer = breaks
    others: dict[str, Channel] = {"plain": FakeChannel("plain")}

    async def inspect(_name: str, hooked: HookedFake) -> Standing:
        return await hooked.inspect()

    answers = await ask(channels | others, inspect, limit_s=0.05)
    assert list(answers) == ["well", "down", "silent", "broken"]
    assert answers["well"] == Standing("@fake")
    told = {name: str(answer) for name, answer in answers.items()}
    assert told["down"] == "down: the token is refused"
    assert told["silent"].startswith("silent: no answer in 0.05 s; check the network")
    assert told["broken"].startswith("broken: KeyError in the channel")
    assert "secret" not in str(told)
