from pathlib import Path

import pytest

from tests.knowledge.content import Content, SpellingEncoder


@pytest.fixture
def content(tmp_path: Path) -> Content:
    return Content(tmp_path / "knowledge")


@pytest.fixture
def encoder() -> SpellingEncoder:
    return SpellingEncoder()
