"""The log: a line an event on standard error, for people or for collectors."""

import json
import logging

import pytest
import structlog

from bot import log


def test_collectors_get_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", "json")
    structlog.get_logger().info("turn_taken", conversation=7, topic="a.b")
    logging.getLogger("some.library").warning("slow")
    written = capsys.readouterr()
    first, second = map(json.loads, written.err.splitlines())
    assert (first["event"], first["conversation"], first["level"]) == ("turn_taken", 7, "info")
    assert first["timestamp"].endswith("Z")
    assert (second["event"], second["level"]) == ("slow", "warning")
    assert written.out == ""


def test_lines_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("warning", "console")
    structlog.get_logger().info("turn_taken")
    logging.getLogger("some.library").info("chatter")
    structlog.get_logger().warning("send_failed")
    assert "send_failed" in (err := capsys.readouterr().err)
    assert "turn_taken" not in err
    assert "chatter" not in err


@pytest.mark.parametrize("name", ["httpx", "uvicorn.access"])
def test_libraries_that_write_addresses_with_tokens_are_kept_quiet(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure("debug", "console")
    logging.getLogger(name).info("POST /bot123:token/sendMessage")
    assert capsys.readouterr().err == ""
