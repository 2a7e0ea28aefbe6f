"""The bench measures what it says it does: a few messages through a small knowledge, and no number is judged."""

import json
from pathlib import Path

import pytest
import yaml

from bench.__main__ import as_json, as_text, measure
from bench.latency import Latency
from bench.machine import this_machine
from bench.throughput import Throughput
from tests.knowledge.content import Content

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    values = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    values["knowledge"] = {"folder": str(Content(tmp_path / "knowledge").folder), "index": str(tmp_path / "index")}
    path = tmp_path / "config.yml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


async def test_every_message_of_every_messenger_is_committed_and_every_answer_arrives(config: Path) -> None:
    decided, passed = await measure(config, questions=5, messages=3)
    assert decided.questions == 5
    assert decided.p50_ms <= decided.p99_ms <= decided.worst_ms
    assert [row.messenger for row in passed] == ["telegram", "vk", "viber", "web"]
    for row in passed:
        assert (row.messages, row.accepted, row.lost) == (3, 3, 0), row
        assert row.answered >= 3, row
        assert row.cpu_ms > 0, row


def row(sent_per_s: float, limit_per_s: float | None) -> Throughput:
    return Throughput(
        messenger="telegram",
        messages=200,
        accepted=200,
        answered=220,
        lost=0,
        accepted_per_s=90.0,
        answered_per_s=sent_per_s / 1.1,
        sent_per_s=sent_per_s,
        cpu_ms=25.0,
        limit_per_s=limit_per_s,
    )


@pytest.mark.parametrize(
    ("sent_per_s", "limit_per_s", "bound"),
    [(29.5, 30, "limit"), (20, 30, ""), (30, 30, "limit"), (20, None, ""), (99, None, "core"), (99, 400, "core")],
)
def test_what_bounds_is_the_messengers_limit_or_the_processor(
    sent_per_s: float, limit_per_s: float | None, bound: str
) -> None:
    assert row(sent_per_s, limit_per_s).bound == bound


def test_the_report_names_the_machine_and_says_the_same_in_json() -> None:
    machine, decided = this_machine(), Latency(300, 9.0, 20.0, 25.0, 0.74)
    text = as_text(machine, decided, [row(29.5, 30)])
    assert machine.cpu in text
    assert "p50 9 ms, p99 20 ms" in text
    assert "bound by the messenger's limit; hears 3 times as fast" in text
    told = json.loads(as_json(machine, decided, [row(29.5, 30)]))
    assert told["machine"]["cores"] == machine.cores
    assert told["throughput"][0]["accepted_to_limit"] == 3.0
