"""Faults people make are put into questions that the encoder learns from; what serves can still read them."""

from random import Random

import pytest

from nlu.normalize import normalize
from nlu.training import noise

TEXT = "сколько осталось гигабайт на тарифе"
AROUND = (noise.with_opening, noise.with_closing, noise.with_circumstances, noise.naming_operator)
EVERY = (noise.with_slip, noise.by_ear, noise.without_word, noise.with_synonym, *AROUND)


@pytest.mark.parametrize("spoil", [*EVERY, noise.mended_from_latin, noise.mended_from_layout])
@pytest.mark.parametrize("text", [TEXT, "мнп", "", "*105#"])
def test_a_spoilt_text_is_still_a_normalised_text(spoil: noise.Spoil, text: str) -> None:
    spoilt = spoil(text, Random(1))
    assert normalize(spoilt) == spoilt
    assert bool(spoilt) == bool(text)


@pytest.mark.parametrize("spoil", EVERY)
def test_each_fault_changes_something(spoil: noise.Spoil) -> None:
    assert {spoil(TEXT, Random(seed)) for seed in range(20)} - {TEXT}


def test_half_of_the_texts_stay_as_they_are_about() -> None:
    random = Random(1)
    same = sum(noise.noisy(TEXT, random) == TEXT for _ in range(500))
    assert 150 < same < 350


def test_brands_and_makes_of_phones_are_not_taken_for_each_other() -> None:
    assert {noise.with_synonym("перейти с мтс на билайн с айфон", Random(seed)) for seed in range(20)} == {
        "перейти с мтс на билайн с айфон"
    }


def test_the_same_seed_spoils_alike() -> None:
    assert [noise.noisy(TEXT, Random(5)) for _ in range(3)] == [noise.noisy(TEXT, Random(5)) for _ in range(3)]


@pytest.mark.parametrize("surround", AROUND)
def test_what_stands_around_a_question_leaves_it_whole(surround: noise.Spoil) -> None:
    assert all(TEXT in surround(TEXT, Random(seed)) for seed in range(20))


def test_an_operator_is_not_put_beside_another() -> None:
    asked = "как перейти с мтс"
    assert {noise.naming_operator(asked, Random(seed)) for seed in range(20)} == {asked}
