"""Topics about things of a kind: one topic, an answer for each row of its table. The topic about one row is a topic
like any other, with the id `roaming.price@tr`; its links lead on to topics about the same row."""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from knowledge.catalogue import Catalogue, Fact
from knowledge.faults import Fault, perhaps
from knowledge.table import Row, Table
from knowledge.topic import NAME_MARK, Topic, TopicButton

MOST_EXAMPLES = 3  # rows offered as buttons when the question names none: the first of the table


@dataclass(frozen=True, slots=True)
class Instance:
    """A topic about one row, and the catalogue its templates see: `country.minute` is that row's."""

    topic: Topic
    catalogue: Catalogue


def with_row(topic_id: str, row_id: str) -> str:
    return f"{topic_id}{NAME_MARK}{row_id}"


def without_row(topic_id: str) -> str:
    return topic_id.partition(NAME_MARK)[0]


def instances(
    topic: Topic, tables: Mapping[str, Table], catalogue: Catalogue, topics: Mapping[str, Topic]
) -> Iterator[Instance]:
    """One a row of the table it is about. `title` is still the template `title_with_name`."""
    table, shared = tables[topic.about], dict(catalogue.facts)
    for row in table.rows.values():
        link = _Link(row.id, topic.about, topics)
        about_row = replace(
            topic,
            id=with_row(topic.id, row.id),
            title=topic.title_with_name,
            buttons=tuple(TopicButton(button.text, link.to(button.topic)) for button in topic.buttons),
            related=tuple(map(link.to, topic.related)),
            follow_ups={kind: link.to(target) for kind, target in topic.follow_ups.items()},
        )
        yield Instance(about_row, Catalogue(ChainMap(_as_named(row, table, tables), shared)))


def unnamed(topic: Topic, table: Table) -> Topic:
    """The topic when nothing is named: it asks which, with the first rows of the table as buttons."""
    examples = list(table.rows.values())[:MOST_EXAMPLES]
    return replace(topic, buttons=tuple(TopicButton(row.name, with_row(topic.id, row.id)) for row in examples))


def reference_faults(tables: Mapping[str, Table]) -> Iterator[Fault]:
    """Columns that refer to a table or a row that is not there."""
    for table in tables.values():
        for column, kind in table.refers.items():
            if kind not in tables:
                yield Fault(table.file, 0, f"refers.{column}", f"нет таблицы «{kind}»{perhaps(kind, tables)}")
                continue
            for row in table.rows.values():
                target = str(row.cells[column].value) if column in row.cells else ""
                if target and target not in tables[kind].rows:
                    message = f"нет строки «{target}» в таблице «{kind}»{perhaps(target, tables[kind].rows)}"
                    yield Fault(table.file, row.cells[column].line, f"{row.id}.{column}", message)


def facts_of(tables: Iterable[Table]) -> Iterator[Fact]:
    for table in tables:
        for row in table.rows.values():
            yield from row.cells.values()


@dataclass(frozen=True, slots=True)
class _Link:
    row_id: str
    kind: str
    topics: Mapping[str, Topic]

    def to(self, topic_id: str) -> str:
        """A topic about the same kind is asked about the same row."""
        target = self.topics.get(topic_id)
        return with_row(topic_id, self.row_id) if target and target.about == self.kind else topic_id


def _as_named(row: Row, table: Table, tables: Mapping[str, Table]) -> dict[str, Fact]:
    """What `{{ country.zone.minute }}` means for this row: its own cells, and those of the rows it refers to."""
    named = {f"{table.kind}.{column}": fact for column, fact in row.cells.items()}
    for column, kind in table.refers.items():
        target = tables[kind].rows[str(row.cells[column].value)]
        named |= {f"{table.kind}.{column}.{name}": fact for name, fact in target.cells.items()}
    return named
