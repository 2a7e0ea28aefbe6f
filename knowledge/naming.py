"""Which rows of tables a question names, and the question with the name taken out: "роуминг в турции" is searched as
"роуминг в страна", so that one phrasing serves every country."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from knowledge.table import Table
from nlu.gazetteer import Gazetteer

MOST_BESIDE = 2  # words: "а в турции?"


@dataclass(frozen=True, slots=True)
class Named:
    """`masked`: the question with the table's word in place of the name."""

    kind: str
    row: str
    masked: str = field(repr=False)
    is_alone: bool = False  # hardly anything else was said


class Naming:
    def __init__(self, tables: Iterable[Table]) -> None:
        self._kinds = [
            (table.kind, table.word, Gazetteer({row.id: row.names for row in table.rows.values()}))
            for table in tables
            if table.word
        ]

    def named(self, text: str) -> list[Named]:
        """At most one row of each kind. `text` is normalised."""
        return list(self._named(text.split()))

    def named_of(self, kind: str, text: str) -> Named | None:
        return next((named for named in self.named(text) if named.kind == kind), None)

    def _named(self, words: list[str]) -> Iterator[Named]:
        for kind, word, gazetteer in self._kinds:
            if mention := gazetteer.find(words):
                before, after = words[: mention.start], words[mention.end :]
                masked = _without_repeats([*before, word, *after])
                yield Named(kind, mention.target, " ".join(masked), is_alone=len(before) + len(after) <= MOST_BESIDE)


def _without_repeats(words: list[str]) -> list[str]:
    """ "тариф «мой онлайн»" becomes "тариф", not "тариф тариф"."""
    return [word for position, word in enumerate(words) if position == 0 or word != words[position - 1]]
