"""A draft cut to what a messenger can carry."""

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.channel import Capabilities
from bot.channels.fitting import fit
from bot.dialogue.ports import Draft
from bot.markdown import parse, to_plain
from bot.messages import Attachment, AttachmentKind, Button


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300) | st.lists(
    st.sampled_from(
        ["слово", "**жирно**", "- пункт\n", "\n\n", "`*100#`", " ", "👩‍👩‍👧", "[ссылка](https://example.org)"]
    ),
    max_size=60,
).map("".join)
drafts = st.builds(
    Draft, texts, st.lists(st.builds(Button, st.text(min_size=1, max_size=80), st.text()), max_size=12).map(tuple)
)
limits = st.builds(
    Capabilities,
    max_text=st.integers(20, 200),
    max_buttons=st.integers(0, 12),
    max_button_text=st.integers(2, 80),
    measure=st.sampled_from([len, utf16]),
)


@given(drafts, limits)
def test_every_part_can_be_carried(draft: Draft, capabilities: Capabilities) -> None:
    for part in fit(draft, capabilities):
        assert capabilities.measure(to_plain(parse(part.text))) <= capabilities.max_text
        assert len(part.buttons) <= capabilities.max_buttons
        assert all(len(button.text) <= capabilities.max_button_text for button in part.buttons)


@given(drafts, limits)
def test_there_is_always_a_message_and_buttons_stand_under_the_last(draft: Draft, capabilities: Capabilities) -> None:
    *others, last = fit(draft, capabilities)
    assert all(not part.buttons for part in others)
    kept = draft.buttons[: capabilities.max_buttons]
    assert [button.action for button in last.buttons] == [button.action for button in kept]


@given(drafts)
def test_what_fits_stays_as_it_is(draft: Draft) -> None:
    wide = Capabilities(max_text=10_000, max_buttons=12, max_button_text=80)
    assert fit(draft, wide) == (draft,)


def test_a_long_label_is_cut_with_an_ellipsis_and_keeps_its_action() -> None:
    narrow = Capabilities(max_text=100, max_buttons=1, max_button_text=10)
    (part,) = fit(Draft("что?", (Button("Как продать гигабайты", "topic:a.b"), Button("Другое", "other"))), narrow)
    assert part.buttons == (Button("Как прода…", "topic:a.b"),)


def test_a_long_text_keeps_its_words_in_order() -> None:
    words = [f"слово{number}" for number in range(100)]
    parts = fit(Draft(" ".join(words)), Capabilities(max_text=50, max_buttons=1, max_button_text=10))
    assert len(parts) > 10
    assert " ".join(part.text for part in parts).split() == words


def test_a_file_is_one_message_of_its_own() -> None:
    draft = Draft("", attachment=Attachment(AttachmentKind.DOCUMENT, name="счёт.pdf", kept="key"))
    assert fit(draft, Capabilities(max_text=1, max_buttons=0, max_button_text=2)) == (draft,)
