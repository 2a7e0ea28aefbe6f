"""Which rows of tables a question names, and the question with the name taken out: "роуминг в турции" is searched as
"роуминг в стране", so that one phrasing serves every country."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from knowledge.table import Table
from nlu.gazetteer import Gazetteer, Mention
from nlu.wordlist import wordlist
from nlu.words import may_tell_where

INTO, FROM = wordlist("в во на"), wordlist("из с со")
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
        self._known = {
            table.kind: (table, Gazetteer({row.id: row.names for row in table.rows.values()}))
            for table in tables
            if table.word
        }

    def named(self, text: str) -> list[Named]:
        """At most one row of each kind. `text` is normalised."""
        found = (self.named_of(kind, text) for kind in self._known)
        return [named for named in found if named]

    def named_of(self, kind: str, text: str) -> Named | None:
        if kind not in self._known:
            return None
        table, gazetteer = self._known[kind]
        words = text.split()
        mention = gazetteer.find(words)
        if mention is None:
            return None
        beside = len(words) - (mention.end - mention.start)
        return Named(kind, mention.target, _masked(words, mention, table), is_alone=beside <= MOST_BESIDE)


def _masked(words: list[str], mention: Mention, table: Table) -> str:
    before, after = words[: mention.start], words[mention.end :]
    form = table.word_forms.get(_direction(before, words[mention.end - 1]))
    masked = [*before[:-1], *form.split(), *after] if form else [*before, table.word, *after]
    return " ".join(_without_repeats(masked))


def _direction(before: list[str], last_word: str) -> str:
    """Where, to or from: told by the preposition and the ending; "" without a preposition of place."""
    preposition = before[-1] if before else ""
    if preposition in FROM:
        return "from"
    if preposition in INTO:
        return "where" if may_tell_where(last_word) else "to"
    return ""


def _without_repeats(words: list[str]) -> list[str]:
    """ "тариф «мой онлайн»" becomes "тариф", not "тариф тариф"."""
    return [word for position, word in enumerate(words) if position == 0 or word != words[position - 1]]
