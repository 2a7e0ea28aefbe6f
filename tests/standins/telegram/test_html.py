"""The stand-in's reading of HTML, judged by teremok, which is stricter than Telegram, and by Telegram's own words."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teremok.validation import ApiRuleViolation, validate_html

from standins.telegram.errors import ApiError
from standins.telegram.html import parse_html, trimmed, units

PIECES = [
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    '<a href="https://a.b">',
    "</a>",
    "<code>",
    "</code>",
    "<u>",
    "</u>",
    "&lt;",
    "&amp;",
]
WORSE = ["<", ">", "&", "<br>", "</", "<b", "<span>", "<a>", "&nbsp;", "👍", "текст", " ", "\n"]


def refusal(check: Callable[[str], object], source: str) -> Exception | None:
    try:
        check(source)
    except (ApiError, ApiRuleViolation) as error:
        return error
    return None


@given(st.lists(st.sampled_from(PIECES + WORSE), max_size=12).map("".join))
def test_html_that_the_oracle_takes_is_taken(source: str) -> None:
    complaint = refusal(validate_html, source)
    ours = refusal(parse_html, source)
    if ours is not None:
        assert complaint is not None
        assert str(ours).startswith("Bad Request: can't parse entities: ")
        return
    text, entities = trimmed(*parse_html(source))
    assert all(0 <= entity["offset"] < entity["offset"] + entity["length"] <= units(text) for entity in entities)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("текст <br>", 'Unsupported start tag "br" at byte offset 11'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_html_that_is_wrong_is_refused_in_telegrams_words(source: str, complaint: str) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_html(source)
    assert refusal.value.description == f"Bad Request: can't parse entities: {complaint}"
