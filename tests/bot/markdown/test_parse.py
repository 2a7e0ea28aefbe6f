from hypothesis import given
from hypothesis import strategies as st

from bot.markdown import Bold, Code, Document, Link, ListBlock, Paragraph, Text, escape, parse, to_plain

MARKUP = st.text(st.sampled_from("аб *`[]()\\\n-1.:/h ttps://t.me«»"), max_size=60)


def paragraph(source: str) -> tuple[object, ...]:
    (block,) = parse(source).blocks
    assert isinstance(block, Paragraph)
    return block.inlines


def test_blank_line_parts_paragraphs_and_a_wrapped_line_is_a_space() -> None:
    assert parse("Первый\nабзац.\n\n\nВторой.\n") == Document(
        (Paragraph((Text("Первый абзац."),)), Paragraph((Text("Второй."),)))
    )


def test_list_may_follow_its_paragraph_at_once_and_wrap() -> None:
    assert parse("Шаги:\n1. Откройте\n   приложение.\n2. Нажмите.\n\nВсё.").blocks == (
        Paragraph((Text("Шаги:"),)),
        ListBlock(True, ((Text("Откройте приложение."),), (Text("Нажмите."),))),
        Paragraph((Text("Всё."),)),
    )


def test_list_goes_on_after_a_blank_line_and_keeps_its_first_number() -> None:
    items = ((Text("три"),), (Text("четыре"),))
    assert parse("3. три\n\n4. четыре").blocks == (ListBlock(True, items, 3),)


def test_lists_of_two_kinds_are_two_lists() -> None:
    assert [block.ordered for block in parse("- а\n1. б").blocks if isinstance(block, ListBlock)] == [False, True]


def test_inlines_are_recognised() -> None:
    assert paragraph("Наберите **сейчас `*105#`** или [сайт](https://t2.ru), [611](tel:611)") == (
        Text("Наберите "),
        Bold((Text("сейчас "), Code("*105#"))),
        Text(" или "),
        Link("сайт", "https://t2.ru"),
        Text(", "),
        Link("611", "tel:611"),
    )


def test_markup_inside_code_is_literal() -> None:
    assert paragraph("`**21*1#` и `**61*1#`") == (Code("**21*1#"), Text(" и "), Code("**61*1#"))


def test_unbalanced_markup_is_literal() -> None:
    for source in ("**жирный", "код ` один", "[текст](javascript:alert)", "[т](ftp://x)", "2 ** 3 ** 4", "****", "[т]"):
        assert paragraph(source) == (Text(source),)


def test_a_year_or_a_minus_does_not_start_a_list() -> None:
    assert paragraph("2024. Год") == (Text("2024. Год"),)
    assert paragraph("-5 градусов") == (Text("-5 градусов"),)


def test_backslash_breaks_the_line_or_takes_punctuation_literally() -> None:
    assert paragraph("раз\\\nдва \\*\\*три\\*\\*") == (Text("раз\nдва **три**"),)


@given(st.text() | MARKUP)
def test_escaped_text_is_exactly_that_text(text: str) -> None:
    assert parse(escape(text)) == Document((Paragraph((Text(text),)),) if text else ())
    assert to_plain(parse(escape(text))) == text


@given(st.text() | MARKUP)
def test_parsing_never_raises(source: str) -> None:
    parse(source)


def test_long_hostile_sources_are_parsed_at_once() -> None:
    for hostile in ("**", "[", "`\n", "\\", "[a](", "- ", "1. a\n", " ", "[\\["):
        parse(hostile * 20_000)
