from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.yaml_file import MappingNode, ScalarNode, SequenceNode, read_yaml


def value(source: str) -> object:
    root = read_yaml("f.yml", f"key: {source}".encode()).root
    assert isinstance(root, MappingNode)
    node = root.entries["key"].value
    assert isinstance(node, ScalarNode)
    return node.value


@pytest.mark.parametrize(
    "text", ["да", "нет", "no", "on", "off", "yes", "0611", "+79990000000", "1_000", "12:30", "1e5", "0x1F"]
)
def test_words_and_codes_stay_text(text: str) -> None:
    assert value(text) == text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("15", 15),
        ("-3", -3),
        ("1.5", 1.5),
        ("true", True),
        ("2026-11-22", date(2026, 11, 22)),
        ("2026-13-22", "2026-13-22"),
        ("~", None),
        ("", None),
        ('"15"', "15"),
        ("'true'", "true"),
    ],
)
def test_plain_values_have_types_and_quoted_ones_are_text(source: str, expected: object) -> None:
    assert value(source) == expected


def test_everything_knows_its_line() -> None:
    root = read_yaml("f.yml", b"a: 1\n\nb:\n  - x\n  - |\n    text\n").root
    assert isinstance(root, MappingNode)
    assert (root.entries["a"].line, root.entries["b"].line) == (1, 3)
    items = root.entries["b"].value
    assert isinstance(items, SequenceNode)
    first, second = items.items
    assert isinstance(first, ScalarNode)
    assert isinstance(second, ScalarNode)
    assert (first.line, second.line, second.text_line) == (4, 5, 6)


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        (b"a: 1\na: 2", 2, "повторяется"),
        (b"a:\n\tb: 1", 2, "табуляцией"),
        ("a: текст: ещё".encode(), 1, "двоеточие"),
        (b"a: 1\nb: \xff", 2, "UTF-8"),
        (b"a: &x 1\nb: *x", 1, "кавычки"),
        (b"a: *105#", 1, "«*»"),
        (b"a: !!python/object:os.system x", 1, "кавычки"),
        (b"a: {{ x.y }}", 1, "кавычки"),
        (b"a: 1\n---\nb: 2", 2, "---"),
        (b"a: 'x", 1, "кавычка"),
        (b"a: 1\nb: \x01", 2, "символ"),
        (b"[" * 100_000, 1, "уровней"),
        (b"- " * 100_000, 1, "уровней"),
        (b"#" * 1_100_000, 0, "больше"),
    ],
)
def test_mistakes_are_faults_with_their_line(source: bytes, line: int, words: str) -> None:
    (fault,) = read_yaml("f.yml", source).faults
    assert (fault.file, fault.line) == ("f.yml", line)
    assert words in fault.message


@given(st.binary(max_size=200) | st.text(st.sampled_from("ab:- \n[]{}'\"|>&*!#\t?,"), max_size=80).map(str.encode))
def test_reading_never_raises(content: bytes) -> None:
    read_yaml("f.yml", content)
