"""YAML with a line for everything. Never raises on what is in a file: mistakes are faults.

A safe part of YAML 1.2: "да", "no", "on" and codes with a leading zero stay text; no anchors, no tags.
Built from parser events, because `yaml.compose` recurses in C and dies of deep nesting.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import yaml

from knowledge.faults import Fault

MAX_BYTES = 1_000_000
MAX_DEPTH = 12

Value = str | int | float | bool | date | None

NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(\.\d{1,9})?")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
WORDS: Mapping[str, Value] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class ScalarNode:
    value: Value
    text: str  # as written, so that a title may be a bare number
    line: int
    text_line: int  # where the text itself begins: one below for `|`


@dataclass(frozen=True, slots=True)
class SequenceNode:
    items: "tuple[Node, ...]"
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    value: "Node"
    line: int  # of the key


@dataclass(frozen=True, slots=True)
class MappingNode:
    entries: Mapping[str, Entry]
    line: int


Node = ScalarNode | SequenceNode | MappingNode


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The tree of a file (None when it is empty or unreadable) and what is wrong with it."""

    root: Node | None
    faults: tuple[Fault, ...] = ()


class _Unreadable(Exception):
    """Reading cannot go on; carries the only fault."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def read_yaml(file: str, content: bytes) -> YamlFile:
    """`file` only names the file in faults."""
    try:
        tree = _Tree(file)
        for event in _events(_decoded(content)):
            tree.add(event)
    except _Unreadable as error:
        return YamlFile(None, (Fault(file, error.line, "", error.message),))
    return YamlFile(tree.root, tuple(tree.faults))


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _Unreadable(0, f"файл больше {MAX_BYTES // 1_000_000} МБ; разделите его на несколько")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _Unreadable(line, "файл не в кодировке UTF-8; сохраните его в UTF-8") from error


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise _Unreadable(line, _explained(error.problem or "", _line_of(text, line))) from error
    except yaml.YAMLError as error:
        line = next((i for i, row in enumerate(text.split("\n"), 1) if CONTROL.search(row)), 0)
        raise _Unreadable(line, "невидимый управляющий символ; удалите его") from error


CONTROL = re.compile(r"[^\t\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _line_of(text: str, line: int) -> str:
    lines = text.split("\n")
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _explained(problem: str, line: str) -> str:
    if re.match(r"[ ]*\t", line):
        return "отступ сделан табуляцией; замените её пробелами"
    for words, meaning in EXPLANATIONS:
        if words in problem:
            return meaning
    return f"строка не читается как YAML ({problem}); проверьте отступы, двоеточия и кавычки здесь и строкой выше"


EXPLANATIONS = (
    ("mapping values are not allowed", "лишнее двоеточие или отступ; текст с двоеточием возьмите в кавычки"),
    ("cannot start any token", "текст начинается со служебного символа (@, %, `, табуляция); возьмите его в кавычки"),
    ("end of stream", "не закрыта кавычка; добавьте её в конце текста"),
    ("did not find expected '-'", "ждали строку списка с «-» на том же отступе; проверьте отступ"),
    ("did not find expected key", "ждали «ключ: значение» на том же отступе; проверьте отступ и кавычки"),
    ("could not find expected ':'", "ждали «ключ: значение»; нет двоеточия после ключа или лишняя строка без отступа"),
    ("',' or ']'", "не закрыта квадратная скобка «]»"),
    ("',' or '}'", "не закрыта фигурная скобка «}»"),
    ("block sequence entries", "список начинается с новой строки под ключом, не на той же строке"),
    ("alphabetic or numeric", "текст начинается с «*» или «&»; возьмите его в кавычки"),
    ("unknown escape", "обратная косая черта в двойных кавычках; возьмите текст в одинарные кавычки"),
)


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    line: int
    is_dictionary: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: ScalarNode | None = None


class _Tree:
    """Puts events together."""

    def __init__(self, file: str) -> None:
        self.root: Node | None = None
        self.faults: list[Fault] = []
        self._file = file
        self._open: list[_Open] = []

    def add(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.NodeEvent):
            self._refuse_reference(event)
        match event:
            case yaml.DocumentStartEvent() if self.root is not None:
                raise _Unreadable(_line(event), "второй документ в файле; удалите строку «---»")
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._begin(event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._end()
            case yaml.ScalarEvent():
                self._put(_scalar(event))
            case _:
                pass

    def _refuse_reference(self, event: yaml.NodeEvent) -> None:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise _Unreadable(line, "текст начинается с «&» или «*»; возьмите его в кавычки")
        if getattr(event, "tag", None):
            raise _Unreadable(line, "текст начинается с «!»; возьмите его в кавычки")

    def _begin(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        line = _line(event)
        if len(self._open) >= MAX_DEPTH:
            raise _Unreadable(line, "слишком много вложенных уровней")
        if self._open and self._open[-1].is_dictionary and self._open[-1].key is None:
            raise _Unreadable(
                line, "ключ должен быть словом; текст, который начинается с «{» или «[», возьмите в кавычки"
            )
        self._open.append(_Open(line, isinstance(event, yaml.MappingStartEvent)))

    def _end(self) -> None:
        done = self._open.pop()
        if done.is_dictionary:
            self._put(MappingNode(done.entries, done.line))
        else:
            self._put(SequenceNode(tuple(done.items), done.line))

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if not parent.is_dictionary:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = node if isinstance(node, ScalarNode) else None
        else:
            self._put_entry(parent, parent.key, node)
            parent.key = None

    def _put_entry(self, parent: _Open, key: ScalarNode, node: Node) -> None:
        known = parent.entries.get(key.text)
        if known:
            message = f"ключ повторяется, первый раз он в строке {known.line}; оставьте один"
            self.faults.append(Fault(self._file, key.line, key.text, message))
        else:
            parent.entries[key.text] = Entry(node, key.line)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _scalar(event: yaml.ScalarEvent) -> ScalarNode:
    line = _line(event)
    text: str = event.value
    value = _plain_value(text) if not event.style else text
    return ScalarNode(value, text, line, line + 1 if event.style in ("|", ">") else line)


def _plain_value(text: str) -> Value:
    if text in WORDS:
        return WORDS[text]
    number = NUMBER.fullmatch(text)
    if number:
        return float(text) if number[1] else int(text)
    if DATE.fullmatch(text):
        return _date(text)
    return text


def _date(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
