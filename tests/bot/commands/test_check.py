"""`otklik check` names everything that is wrong, at once."""

import asyncio
from pathlib import Path

import pytest

from bot.errors import Rejected
from tests.bot.commands.conftest import Run
from tests.knowledge.content import Content
from tests.support.channel import FakeChannel
from tests.support.core import open_core


def faults(output: str) -> list[str]:
    return [line.removeprefix("FAULT ") for line in output.splitlines() if line.startswith("FAULT ")]


def test_a_wrong_configuration_is_told_fault_by_fault(otklik: Run, folder: Path) -> None:
    (folder / "config.yml").write_text("server: {port: x}\nlog: {level: loud}\nfoo: 1\n", encoding="utf-8")
    result = otklik("check")
    assert result.exit_code == 1
    told = faults(result.stdout)
    assert [fault.split(": ")[:2] for fault in told] == [
        ["config.yml:1", "server.port"],
        ["config.yml:2", "log.level"],
        ["config.yml:3", "foo"],
    ]
    assert result.stdout.endswith("3 faults\n")


def test_faults_of_the_database_and_of_the_knowledge_are_told_together(otklik: Run, folder: Path) -> None:
    (folder / "otklik.db").write_bytes(b"no database " * 1000)
    (folder / "knowledge" / "topics" / "market").mkdir(parents=True)
    (folder / "knowledge" / "topics" / "market" / "selling.yml").write_text("- id: [\n", encoding="utf-8")
    result = otklik("check")
    assert result.exit_code == 1
    told = faults(result.stdout)
    assert any("database" in fault for fault in told)
    assert any(fault.startswith("topics/market/selling.yml:") for fault in told)
    assert result.stdout.endswith(f"{len(told)} faults\n")


def test_a_database_of_an_older_version_is_a_fault_with_its_cure(otklik: Run, folder: Path) -> None:
    (folder / "otklik.db").touch()
    assert any("otklik migrate" in fault for fault in faults(otklik("check").stdout))


def test_messengers_that_are_off_are_told_with_what_to_do_and_are_no_fault(otklik: Run) -> None:
    result = otklik("check")
    assert (
        "messenger telegram: off (to start it, set OTKLIK_TELEGRAM_TOKEN in the environment or .env)" in result.stdout
    )
    assert not any("telegram" in fault for fault in faults(result.stdout))


def test_a_malformed_token_is_a_fault_that_does_not_show_it(otklik: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTKLIK_TELEGRAM_TOKEN", "nonsense-of-mine")
    result = otklik("check")
    assert any("TELEGRAM_TOKEN" in fault for fault in faults(result.stdout))
    assert "nonsense-of-mine" not in result.output


def test_undelivered_messages_are_listed_without_their_texts(otklik: Run, folder: Path) -> None:
    async def fail_a_message() -> None:
        async with open_core(folder, FakeChannel(failures=[Rejected("chat not found")])) as core:
            await core.queue("тайный текст")
            await core.deliver()

    asyncio.run(fail_a_message())
    result = otklik("check")
    assert "1 undelivered messages" in result.stdout
    assert "failed message 1 to fake: chat not found" in result.stdout
    assert "тайный текст" not in result.output


def test_every_messenger_that_cannot_work_is_named_and_hides_no_other(
    otklik: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that was cut, an address that is missing: the web chat is well all the same."""
    monkeypatch.setenv("OTKLIK_TELEGRAM_TOKEN", "cut")
    monkeypatch.setenv("OTKLIK_VIBER_TOKEN", "a" * 40)
    result = otklik("check")
    told = "\n".join(faults(result.stdout))
    assert "messenger telegram: OTKLIK_TELEGRAM_TOKEN" in told
    assert "channels.viber.public_url is empty" in told
    assert "ok    messenger web: on" in result.stdout


def test_a_rasa_that_does_not_read_is_a_fault_with_what_to_do(otklik: Run, folder: Path) -> None:
    Content(folder / "knowledge")
    settings = "dialogue: {menu: []}\nnlu: {backend: rasa, rasa: {url: 'http://127.0.0.1:1'}}\n"
    (folder / "config.yml").write_text(settings, encoding="utf-8")
    result = otklik("check")
    (told,) = [fault for fault in faults(result.stdout) if fault.startswith("nlu.backend: ")]
    assert "start it there, scripts/rasa serve" in told
    assert "the built-in search answers meanwhile" in told
