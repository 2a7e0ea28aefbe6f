"""The catalogue: every price, limit, term, code and address an answer may name, each with its origin."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from knowledge.faults import Fault, perhaps
from knowledge.fields import Fields
from knowledge.yaml_file import MappingNode, ScalarNode, read_yaml

Value = str | int | float | date

NAME = re.compile(r"[a-z][a-z0-9_]*")
KEYS = ("value", "source", "checked", "sample")
MARKS_OF_A_FACT = frozenset({"value", "source", "checked"})
GROUP_LEVELS = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """`sample` facts are examples, to be confirmed before a launch."""

    name: str  # group.key or group.subgroup.key
    value: Value
    source: str
    checked: date
    sample: bool = False
    file: str = ""
    line: int = 0
    column: str = ""  # kind.column, when the fact is a cell of a table


@dataclass(frozen=True, slots=True)
class Catalogue:
    facts: Mapping[str, Fact] = field(default_factory=dict)  # as templates name them

    def missing(self, name: str) -> str:
        """Why there is no fact of this name."""
        if any(known.startswith(f"{name}.") for known in self.facts):
            return f"«{name}» — группа каталога, а не факт; ждали «{name}.ключ»"
        return f"нет такого факта «{name}»{perhaps(name, self.facts)}"

    def unused(self, used: Collection[str]) -> list[Fact]:
        """Of a column that no answer names, one cell; names and their forms need not be used."""
        columns = {self.facts[name].column for name in used} - {""}
        unused: dict[str, Fact] = {}
        for name, fact in sorted(self.facts.items()):
            if name not in used and fact.column not in columns and fact.source:
                unused.setdefault(fact.column or name, fact)
        return list(unused.values())

    def samples(self, used: Collection[str]) -> list[Fact]:
        """Sample facts that subscribers are told."""
        return [fact for name, fact in sorted(self.facts.items()) if fact.sample and name in used]


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    facts: tuple[Fact, ...]
    faults: tuple[Fault, ...]


def read_facts(file: str, content: bytes) -> CatalogueFile:
    """`file` is `catalogue/<group>.yml`; its only top key is the group."""
    yaml_file = read_yaml(file, content)
    faults = list(yaml_file.faults)
    group = file.rpartition("/")[2].removesuffix(".yml")
    root = yaml_file.root
    if not isinstance(root, MappingNode):
        if not faults:
            faults.append(Fault(file, root.line if root else 0, "", f"ждали «{group}:» и под ним факты"))
        return CatalogueFile((), tuple(faults))
    fields = Fields(root, file, faults)
    if list(root.entries) != [group]:
        fields.fault(
            "", f"верхний ключ должен быть один и называться как файл: «{group}»; есть {', '.join(root.entries)}"
        )
    inside = fields.mapping(group)
    facts = tuple(_facts(inside, group, GROUP_LEVELS)) if inside else ()
    return CatalogueFile(facts, tuple(faults))


def _facts(group: Fields, path: str, levels: int) -> Iterator[Fact]:
    for key in group.node.entries:
        inside = group.mapping(key)
        name = f"{path}.{key}"
        if not NAME.fullmatch(key):
            group.fault(key, "имя факта пишут латиницей: строчные буквы, цифры и «_»")
        elif inside is None:
            continue  # noted by `mapping`
        elif inside.node.entries.keys() & MARKS_OF_A_FACT:
            yield from _fact(inside, name)
        elif levels > 1:
            yield from _facts(inside, name, levels - 1)
        else:
            group.fault(key, "слишком глубоко: группы вкладываются не больше чем на один уровень")


def _fact(fields: Fields, name: str) -> Iterator[Fact]:
    fields.refuse_unknown(KEYS)
    value, source = read_value(fields, "value"), fields.text("source")
    checked, sample = fields.date("checked"), fields.flag("sample")
    if value is not None and checked:
        yield Fact(name, value, source, checked, sample=sample, file=fields.file, line=fields.node.line)


def read_value(fields: Fields, key: str) -> Value | None:
    """Of a fact or a cell; what it cannot be is a fault."""
    node = fields.get(key)
    value = node.value if isinstance(node, ScalarNode) else None
    if isinstance(value, bool) or value is None or value == "":
        fields.fault(key, "ждали текст, число или дату; «да» и «нет» словами возьмите в кавычки")
        return None
    return value
