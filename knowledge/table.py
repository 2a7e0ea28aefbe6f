"""Tables of the catalogue: many things of one kind (countries, tariffs, towns) with the same columns. A topic that is
`about` a kind answers for each row; every cell is a fact like any other, `country.tr.minute_price`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from knowledge.catalogue import Fact, read_value
from knowledge.faults import Fault
from knowledge.fields import Fields
from knowledge.yaml_file import MappingNode, read_yaml
from nlu.wordlist import wordlist

KIND = re.compile(r"[a-z][a-z0-9_]*")
ROW = re.compile(r"[a-z0-9][a-z0-9_]*")
KEYS = ("word", "word_forms", "source", "checked", "sample", "refers", "rows")
KEYS_OF_A_ROW = ("name", "forms", "words", "source", "checked", "sample")
PREPOSITIONS = wordlist("в во на из с со к ко о об для по")


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` by column; among them the name and its forms ("where": "в Турции"), which are language: no source."""

    id: str
    name: str
    names: tuple[str, ...] = ()  # all that people call it: the name, its forms, "анталья", "turkey"
    cells: Mapping[str, Fact] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """`word` stands for any of the names when a question is searched: "страна". Without one, nobody asks by name.

    `word_forms` keep the direction, which a name loses with its ending: {"where": "в стране", "to": "в страну"}.
    """

    kind: str
    word: str = ""
    word_forms: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Row] = field(default_factory=dict)
    refers: Mapping[str, str] = field(default_factory=dict)  # column -> the kind whose rows its cells name
    file: str = ""


@dataclass(frozen=True, slots=True)
class TableFile:
    tables: tuple[Table, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Origin:
    source: str
    checked: date | None
    sample: bool


def read_table(file: str, content: bytes) -> TableFile:
    """`file` is `tables/<kind>.yml`; its only top key is the kind."""
    yaml_file = read_yaml(file, content)
    faults = list(yaml_file.faults)
    kind = file.rpartition("/")[2].removesuffix(".yml")
    root = yaml_file.root
    if not isinstance(root, MappingNode) or list(root.entries) != [kind] or not KIND.fullmatch(kind):
        if not faults:
            faults.append(
                Fault(file, root.line if root else 0, "", f"ждали один верхний ключ «{kind}:», как имя файла")
            )
        return TableFile((), tuple(faults))
    fields = Fields(root, file, faults).mapping(kind)
    tables = (_table(fields, kind),) if fields else ()
    return TableFile(tables, tuple(faults))


def _table(fields: Fields, kind: str) -> Table:
    fields.refuse_unknown(KEYS)
    origin = _Origin(fields.text("source"), fields.date("checked"), fields.flag("sample"))
    linked = fields.mapping("refers")
    refers = {column: linked.text(column) for column in linked.node.entries} if linked else {}
    inside = fields.mapping("rows")
    if inside is None or not inside.node.entries:
        fields.fault("rows", "нет ни одной строки; ждали «имя_строки: {name: ...}»")
    rows = {row.id: row for row in _rows(inside, kind, origin)} if inside else {}
    rows = {row_id: _with_links(row, refers) for row_id, row in rows.items()}
    if inside:
        _refuse_gaps(inside, rows)
    return Table(
        kind=kind,
        word=fields.text("word", required=False),
        word_forms=_forms(fields, "word_forms"),
        rows=rows,
        refers=refers,
        file=fields.file,
    )


def _rows(rows: Fields, kind: str, origin: _Origin) -> Iterator[Row]:
    for key in rows.node.entries:
        row = rows.mapping(key)
        if not ROW.fullmatch(key):
            rows.fault(key, "имя строки пишут латиницей: строчные буквы, цифры и «_»")
        elif row:
            yield _row(row, key, kind, origin)


def _row(fields: Fields, row_id: str, kind: str, origin: _Origin) -> Row:
    own = _Origin(
        fields.text("source", required=False) or origin.source,
        fields.date("checked") if fields.get("checked") else origin.checked,
        fields.flag("sample") if fields.get("sample") else origin.sample,
    )
    name = fields.text("name")
    forms = _forms(fields, "forms")
    words = [node.text.strip() for node in fields.texts("words")]
    cells = {**_language(fields, {"name": name, **forms}, row_id, kind), **_cells(fields, row_id, kind, own)}
    names = (name, *(_without_preposition(form) for form in forms.values()), *words)
    return Row(row_id, name, tuple(dict.fromkeys(names)), cells, fields.node.line)


def _forms(fields: Fields, key: str) -> dict[str, str]:
    forms = fields.mapping(key)
    return {case: forms.text(case) for case in forms.node.entries} if forms else {}


def _language(fields: Fields, forms: Mapping[str, str], row_id: str, kind: str) -> dict[str, Fact]:
    return {
        case: Fact(
            f"{kind}.{row_id}.{case}",
            form,
            "",
            date.min,
            file=fields.file,
            line=fields.node.line,
            column=f"{kind}.{case}",
        )
        for case, form in forms.items()
    }


def _cells(fields: Fields, row_id: str, kind: str, origin: _Origin) -> dict[str, Fact]:
    cells = {}
    for column in (key for key in fields.node.entries if key not in KEYS_OF_A_ROW):
        value = read_value(fields, column)
        if value is not None and origin.checked:
            fact = Fact(f"{kind}.{row_id}.{column}", value, origin.source, origin.checked, sample=origin.sample)
            cells[column] = replace(fact, file=fields.file, line=fields.line(column), column=f"{kind}.{column}")
    return cells


def _with_links(row: Row, refers: Mapping[str, str]) -> Row:
    """A cell that names a row of another table is no fact: nobody has to check it."""
    links = {column: replace(row.cells[column], source="", sample=False) for column in refers if column in row.cells}
    return replace(row, cells={**row.cells, **links})


def _without_preposition(form: str) -> str:
    first, _, rest = form.partition(" ")
    return rest if rest and first in PREPOSITIONS else form


def _refuse_gaps(rows: Fields, known: Mapping[str, Row]) -> None:
    """Every row has what any row has, else an answer would have a hole."""
    wanted = {column for row in known.values() for column in row.cells}
    for row in known.values():
        for column in sorted(wanted - row.cells.keys()):
            rows.fault(row.id, f"нет «{column}», а в других строках таблицы есть", row.line)
