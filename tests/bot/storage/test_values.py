"""What is stored as JSON comes back equal."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.conversation import Memory
from bot.messages import Attachment, AttachmentKind, Button
from bot.storage.values import (
    attachments_from_json,
    attachments_to_json,
    buttons_from_json,
    buttons_to_json,
    memory_from_json,
    memory_to_json,
)

texts = st.text(st.characters(exclude_categories=["Cs"]))
attachments = st.lists(
    st.builds(Attachment, st.sampled_from(AttachmentKind), texts, texts, texts, st.integers(0), texts)
).map(tuple)
memories = st.builds(
    Memory,
    greeted=st.booleans(),
    misses=st.integers(0, 9),
    topic=texts,
    question=texts,
    offered=st.lists(texts).map(tuple),
    awaits_verdict=st.booleans(),
    reassured=st.booleans(),
)


@given(attachments)
def test_attachments_come_back_equal(values: tuple[Attachment, ...]) -> None:
    assert attachments_from_json(json.loads(json.dumps(attachments_to_json(values)))) == values


@given(st.lists(st.builds(Button, texts, texts)).map(tuple))
def test_buttons_come_back_equal(values: tuple[Button, ...]) -> None:
    assert buttons_from_json(json.loads(json.dumps(buttons_to_json(values)))) == values


@given(memories)
def test_a_memory_comes_back_equal(memory: Memory) -> None:
    assert memory_from_json(json.loads(json.dumps(memory_to_json(memory)))) == memory


def test_a_memory_stored_by_an_older_version_is_read() -> None:
    assert memory_from_json({"greeted": True}) == Memory(greeted=True)
