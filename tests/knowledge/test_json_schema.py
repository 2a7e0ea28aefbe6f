"""The schemas that editors' programs read: as generated, and of one mind with the loader."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from knowledge.json_schema import schemas
from knowledge.table import KEYS, KEYS_OF_A_ROW
from knowledge.topic_schema import KEYS as TOPIC_KEYS
from tests.knowledge.content import SHIPPED

FOLDERS = {"topics.json": "topics/**/*.yml", "catalogue.json": "catalogue/*.yml", "table.json": "tables/*.yml"}


def plain(value: object) -> object:
    """As an editor's program sees it: a date is text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(inside) for key, inside in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(inside) for inside in value]
    return value


def complaints(name: str, text: str) -> list[str]:
    validator = Draft202012Validator(schemas()[name])
    return [error.message for error in validator.iter_errors(plain(yaml.safe_load(text)))]


@pytest.mark.parametrize("name", schemas())
def test_the_files_are_as_generated(name: str) -> None:
    shipped = json.loads((SHIPPED / "schema" / name).read_text(encoding="utf-8"))
    assert shipped == schemas()[name], "run: otklik knowledge schema"


@pytest.mark.parametrize("name", schemas())
def test_the_schema_accepts_what_the_loader_accepts(name: str) -> None:
    files = sorted(SHIPPED.glob(FOLDERS[name]))
    assert {path.name: found for path in files if (found := complaints(name, read(path)))} == {}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_every_key_is_described() -> None:
    topic = schemas()["topics.json"]["items"]["properties"]
    table = schemas()["table.json"]["additionalProperties"]["properties"]
    assert topic.keys() == set(TOPIC_KEYS)
    assert table.keys() == set(KEYS)
    assert table["rows"]["additionalProperties"]["properties"].keys() == set(KEYS_OF_A_ROW)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("topics.json", "[{id: market.sell, title: Т, questions: [], answer: А}]", "too short"),
        ("topics.json", "[{id: Market, title: Т, answer: А}]", "does not match"),
        ("topics.json", "[{id: market.sell, titel: Т}]", "'titel' was unexpected"),
        ("catalogue.json", "market: {price: {value: 3, source: сайт}}", "is not valid under any"),
        ("table.json", "country: {source: сайт, checked: 2026-11-28, rows: {tr: {zone: far}}}", "'name' is a required"),
    ],
)
def test_a_mistake_is_seen_while_one_types(name: str, text: str, complaint: str) -> None:
    assert complaint in " ".join(complaints(name, text))
