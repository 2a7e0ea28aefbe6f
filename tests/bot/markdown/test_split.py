from hypothesis import given
from hypothesis import strategies as st

from bot.markdown import escape, parse, split, to_plain
from bot.markdown.graphemes import graphemes


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shown(parts: list[str]) -> list[str]:
    return [to_plain(parse(part)) for part in parts]


def letters(text: str) -> str:
    return "".join(text.split())


def test_short_text_is_left_as_it_is() -> None:
    assert split("**да**\n", 10) == ["**да**\n"]


def test_nothing_to_show_makes_no_message() -> None:
    assert split("", 10) == []
    assert split(" \n\n ", 10) == []


def test_cut_prefers_paragraphs() -> None:
    assert shown(split("Один.\n\nДва. Три.\n\nЧетыре.", 18)) == ["Один.\n\nДва. Три.", "Четыре."]


def test_cut_prefers_list_items_to_sentences() -> None:
    assert shown(split("1. Раз. Да.\n2. Два. Да.\n3. Три. Да.", 28)) == ["1. Раз. Да.\n2. Два. Да.", "3. Три. Да."]


def test_cut_prefers_sentences_to_words() -> None:
    assert shown(split("Одно слово. Другое слово тут", 24)) == ["Одно слово.", "Другое слово тут"]


def test_cut_between_words_keeps_bold_balanced() -> None:
    assert split("**раз два три**", 8) == ["**раз** **два**", "**три**"]


def test_code_and_links_are_not_cut() -> None:
    parts = split("Наберите `*100*1#` и [откройте сайт](https://t2.ru) сейчас", 30)
    assert any("`*100*1#`" in part for part in parts)
    assert any("[откройте сайт](https://t2.ru)" in part for part in parts)


def test_no_break_space_does_not_break() -> None:
    assert shown(split("цена 1\u00a0500\u00a0₽", 9)) == ["цена", "1\u00a0500\u00a0₽"]


def test_word_that_alone_is_too_long_is_cut_between_characters() -> None:
    family = "👩\u200d👩\u200d👧"
    assert shown(split(family * 3, 8, utf16)) == [family] * 3


def test_number_at_the_start_of_a_part_does_not_become_a_list() -> None:
    assert shown(split(escape("слово 1. слово"), 6)) == ["слово", "1.", "слово"]


def test_graphemes() -> None:
    whole = ["e\u0301", "🇷🇺", "🇷🇺", "👍🏽", "👩\u200d👧", "й", "\r\n", "1\ufe0f\u20e3"]
    assert list(graphemes("".join(whole))) == whole


def test_long_text_is_split_quickly() -> None:
    assert len(split("Много слов здесь. " * 5_000, 4_096)) >= 22


PEOPLE = st.text() | st.text(st.sampled_from("абв .,!\n*`-1[]() 🇷👍\u200d\u0301"), max_size=200)
MARKED = st.lists(
    st.sampled_from(
        (
            "слово",
            "**жирно",
            "и**",
            "`*105#`",
            "[сайт](https://t2.ru)",
            "\n\n",
            "\n- ",
            "\n1. ",
            "Конец.",
            "\\\n",
            "*",
            "`",
            " ",
        )
    ),
    max_size=60,
).map(" ".join)


@given(PEOPLE.map(escape) | MARKED, st.integers(24, 60), st.sampled_from((len, utf16)))
def test_parts_fit_and_lose_nothing(text: str, limit: int, measure: object) -> None:
    assert callable(measure)
    parts = split(text, limit, measure)
    assert all(0 < measure(part) <= limit for part in shown(parts))
    assert letters("".join(shown(parts))) == letters(to_plain(parse(text)))


@given(PEOPLE, st.integers(24, 60))
def test_parts_of_a_persons_text_are_that_text(text: str, limit: int) -> None:
    for part in shown(split(escape(text), limit, utf16)):
        assert part in text
