import json
from pathlib import Path

import numpy as np
import pytest

from knowledge.build import Built, build
from knowledge.loader import load
from tests.knowledge.content import Content, SpellingEncoder, topic


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def built(content: Content, folder: Path) -> tuple[Built, SpellingEncoder]:
    encoder = SpellingEncoder()
    return build(load(content.folder), encoder, folder), encoder


def test_rows_are_the_vectors_of_their_texts(content: Content, folder: Path, encoder: SpellingEncoder) -> None:
    first = build(load(content.folder), encoder, folder)
    assert len(first.phrasings) == 22
    assert first.topics == ("market.sell", "market.price")
    texts = [phrasing.text for phrasing in first.phrasings]
    assert np.allclose(first.vectors, SpellingEncoder().encode(texts), atol=0.005)
    assert first.answers.shape == (2, encoder.dimension)


def test_second_build_encodes_nothing_and_gives_the_same(content: Content, folder: Path) -> None:
    first, _ = built(content, folder)
    second, encoder = built(content, folder)
    assert (first.encoded, second.encoded, second.reason) == (23, 0, "")
    assert encoder.encoded == []
    assert np.array_equal(first.vectors, second.vectors)
    assert np.array_equal(first.answers, second.answers)


def test_only_changed_texts_are_encoded_again(content: Content, folder: Path) -> None:
    built(content, folder)
    content.replace("topics/market/selling.yml", "sell один", "продажа")
    second, encoder = built(content, folder)
    assert encoder.encoded == ["продажа"]
    assert second.reason == "1 texts are new or changed"


def test_texts_that_were_shipped_are_not_encoded(content: Content, folder: Path, tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    built(content, shipped)
    content.replace("topics/market/selling.yml", "sell один", "продажа")
    encoder = SpellingEncoder()
    first = build(load(content.folder), encoder, folder, shipped=shipped)
    assert encoder.encoded == ["продажа"]
    assert first.reason == "there is no index yet"
    assert built(content, folder)[0].reason == ""


def test_vectors_shipped_for_another_encoder_are_left_alone(content: Content, folder: Path, tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    built(content, shipped)
    manifest = shipped / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "encoder": "other"}))
    assert build(load(content.folder), SpellingEncoder(), folder, shipped=shipped).encoded == 23


def test_manifest_describes_the_index(content: Content, folder: Path) -> None:
    built(content, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["content"] == load(content.folder).content_hash
    assert {name: manifest[name] for name in ("format", "encoder", "dimension", "topics", "phrasings")} == {
        "format": 2,
        "encoder": "spelling",
        "dimension": 64,
        "topics": 2,
        "phrasings": 22,
    }
    assert [path.name for path in folder.glob("vectors-*")] == [manifest["file"]]
    assert not list(folder.glob(".new-*"))


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [("encoder", "other", "encoder 'other'"), ("dimension", 3, "dimension 3"), ("format", 0, "format 0")],
)
def test_index_of_another_encoder_or_format_is_rebuilt(
    content: Content, folder: Path, key: str, value: object, reason: str
) -> None:
    built(content, folder)
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), key: value}))
    second, _ = built(content, folder)
    assert second.encoded == 23
    assert reason in second.reason


def damage_vectors(folder: Path) -> None:
    (path,) = folder.glob("vectors-*")
    path.write_bytes(path.read_bytes()[:-10])


def lose_vectors(folder: Path) -> None:
    (path,) = folder.glob("vectors-*")
    path.unlink()


def damage_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("[1, 2")


@pytest.mark.parametrize("damage", [damage_vectors, lose_vectors, damage_manifest])
def test_damaged_index_is_rebuilt_and_says_why(content: Content, folder: Path, damage: object) -> None:
    assert callable(damage)
    first, _ = built(content, folder)
    damage(folder)
    second, _ = built(content, folder)
    assert second.reason
    assert np.array_equal(first.vectors, second.vectors)
    assert built(content, folder)[0].reason == ""


def test_index_that_cannot_be_written_only_costs_time(content: Content, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    first, _ = built(content, tmp_path / "file" / "index")
    assert len(first.vectors) == 22


def test_question_of_signs_only_is_still_a_phrasing(content: Content, folder: Path) -> None:
    content.write("topics/market/odd.yml", topic("market.odd", "???"))
    first, _ = built(content, folder)
    assert "???" in [phrasing.text for phrasing in first.phrasings]
