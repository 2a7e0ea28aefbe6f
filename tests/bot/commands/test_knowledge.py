"""`otklik knowledge ...` on a small folder, without a model. What is checked: tests/knowledge/checks."""

from pathlib import Path

import pytest

from tests.bot.commands.conftest import Run
from tests.knowledge.content import Content


@pytest.fixture
def content(folder: Path) -> Content:
    return Content(folder / "knowledge")


def test_the_fast_check_names_findings_and_counts_them(otklik: Run, content: Content) -> None:
    result = otklik("knowledge", "check", "--fast")
    assert "topics/market/selling.yml:1: market.sell: ни одна тема сюда не ведёт" in result.stdout
    assert result.exit_code == 0


def test_broken_content_ends_with_one(otklik: Run, content: Content) -> None:
    content.replace("topics/market/selling.yml", "questions:", "qestions:")
    result = otklik("knowledge", "check")
    assert "неизвестный ключ" in result.stdout
    assert result.exit_code == 1


def test_a_new_topic_is_made_or_refused(otklik: Run, content: Content) -> None:
    refused = otklik("knowledge", "new", "market.sell", "Как продать")
    assert refused.exit_code == 1
    assert "уже есть" in refused.stdout
    made = otklik("knowledge", "new", "market.buy", "Как купить минуты")
    assert made.exit_code == 0
    assert "впишите вопросы и ответ" in made.stdout


def test_schemas_are_written_beside_the_content(otklik: Run, content: Content) -> None:
    assert "3 schemas are in" in otklik("knowledge", "schema").stdout
    assert (content.folder / "schema/topics.json").is_file()


def test_statistics_come_as_json(otklik: Run, content: Content) -> None:
    assert '"topics": 2, "parametric_topics": 0' in otklik("knowledge", "stats", "--json").stdout
