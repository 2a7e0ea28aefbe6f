"""Reads the keys of one YAML mapping. What is missing or wrong becomes a fault and reads as empty, never raises."""

from collections.abc import Collection, Iterator
from datetime import date

from knowledge.faults import Fault, perhaps
from knowledge.yaml_file import MappingNode, Node, ScalarNode, SequenceNode


class Fields:
    """`key` in faults is the path from the mapping an editor would look for: `buttons.text`."""

    def __init__(self, node: MappingNode, file: str, faults: list[Fault], *, path: str = "") -> None:
        self.node = node
        self.file = file
        self._faults = faults
        self._path = path

    def fault(self, key: str, message: str, line: int = 0) -> None:
        self._faults.append(Fault(self.file, line or self.line(key), self._full(key), message))

    def line(self, key: str) -> int:
        """Of the key, or of the mapping when the key is missing."""
        entry = self.node.entries.get(key)
        return entry.line if entry else self.node.line

    def text_line(self, key: str) -> int:
        """Where the text of the key begins."""
        value = self.get(key)
        return value.text_line if isinstance(value, ScalarNode) else self.line(key)

    def get(self, key: str) -> Node | None:
        entry = self.node.entries.get(key)
        return entry.value if entry else None

    def refuse_unknown(self, known: Collection[str]) -> None:
        for key in self.node.entries.keys() - known:
            self.fault(key, f"неизвестный ключ{perhaps(key, known)}; известны: {', '.join(known)}")

    def text(self, key: str, *, longest: int = 0, required: bool = True) -> str:
        value = self.get(key)
        if value is None:
            if required:
                self.fault(key, "нет обязательного ключа")
            return ""
        return self._text_of(value, key, longest)

    def date(self, key: str) -> date | None:
        node = self.get(key)
        if isinstance(node, ScalarNode) and isinstance(node.value, date):
            return node.value
        self.fault(key, "ждали дату проверки ГГГГ-ММ-ДД, без кавычек")
        return None

    def flag(self, key: str) -> bool:
        """A missing key is false."""
        node = self.get(key)
        if node is None:
            return False
        if isinstance(node, ScalarNode) and isinstance(node.value, bool):
            return node.value
        self.fault(key, "ждали true или false")
        return False

    def texts(self, key: str) -> list[ScalarNode]:
        """A list of texts; a missing key is an empty list."""
        return [item for item in self._items(key) if self._text_of(item, key, 0) and isinstance(item, ScalarNode)]

    def mappings(self, key: str) -> Iterator["Fields"]:
        for item in self._items(key):
            if isinstance(item, MappingNode):
                yield Fields(item, self.file, self._faults, path=self._full(key))
            else:
                self.fault(key, "ждали «{text: ..., topic: ...}»", item.line)

    def mapping(self, key: str) -> "Fields | None":
        value = self.get(key)
        if isinstance(value, MappingNode):
            return Fields(value, self.file, self._faults, path=self._full(key))
        if value is not None:
            self.fault(key, "ждали вложенные ключи «ключ: значение»")
        return None

    def _items(self, key: str) -> tuple[Node, ...]:
        value = self.get(key)
        if isinstance(value, SequenceNode):
            return value.items
        if value is not None:
            self.fault(key, "ждали список: каждая строка с «- » или [через, запятую]")
        return ()

    def _text_of(self, node: Node, key: str, longest: int) -> str:
        if not isinstance(node, ScalarNode):
            self.fault(
                key, "ждали текст; если в нём есть «: » или он начинается с «{» или «[», возьмите в кавычки", node.line
            )
            return ""
        text = node.text.strip()
        if not text:
            self.fault(key, "пусто; ждали текст", node.line)
        elif longest and len(text) > longest:
            self.fault(key, f"{len(text)} знаков, а помещается {longest}: «{text}»", node.line)
        return text

    def _full(self, key: str) -> str:
        return ".".join(part for part in (self._path, key) if part)
