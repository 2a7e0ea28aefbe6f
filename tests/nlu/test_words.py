"""The dictionary: Russian words only, and nothing it is asked makes it raise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.words import is_known, lemma, part_of_speech


@pytest.mark.parametrize("word", ["баланс", "отключите", "ещё", "еще", "симка", "какой-то"])
def test_words_of_the_dictionary_are_known(word: str) -> None:
    assert is_known(word)


@pytest.mark.parametrize("word", ["йцукен", "balance", "", "5", "*105#", "а" * 41, "怎么"])
def test_what_is_no_russian_word_is_not(word: str) -> None:
    assert not is_known(word)


def test_the_first_form_is_spelled_with_e() -> None:
    assert (lemma("счёта"), lemma("подписками"), lemma("esim")) == ("счет", "подписка", "esim")


def test_verbs_are_told_from_nouns() -> None:
    assert [part_of_speech(word) for word in ("кончились", "узнать", "турции", "apn")] == ["VERB", "INFN", "NOUN", ""]


@given(st.text(max_size=50))
def test_any_word_may_be_asked_about(word: str) -> None:
    is_known(word)
    part_of_speech(word)
    assert lemma(word) or not word
