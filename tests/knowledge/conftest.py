from pathlib import Path

import pytest

from tests.knowledge.content import Content, SpellingEncoder


@pytest.fixture
def content(tmp_path: Path) -> Content:
    return Content(tmp_path / "knowledge")


@pytest.fixture
def countries(content: Content) -> Content:
    """With topics about countries."""
    content.add_countries()
    return content


@pytest.fixture
def encoder() -> SpellingEncoder:
    return SpellingEncoder()
