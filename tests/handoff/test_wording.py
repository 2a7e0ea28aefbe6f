"""The desk's words."""

from bot.dialogue.conversation import Reason
from handoff import wording


def test_every_reason_has_words_of_its_own() -> None:
    words = [wording.reason(each) for each in Reason]
    assert all(words)
    assert len(set(words)) == len(words)


def test_a_threat_is_told_from_anger() -> None:
    assert wording.reason("leaving") == "Грозит уйти"
    assert wording.reason("legal") == "Грозит судом или жалобой"


def test_without_a_reason_nothing_is_said() -> None:
    assert wording.reason(None) == ""
