"""Cuts a text into messages a messenger can carry, where a reader would expect it.

Works on atoms: words with their own markup, so that a cut never falls inside markup.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from bot.markdown.document import Block, Bold, Code, Document, Inline, Link, Paragraph, Text
from bot.markdown.graphemes import graphemes
from bot.markdown.parse import ESCAPE, escape, parse
from bot.markdown.render import to_plain

Measure = Callable[[str], int]

WORD_OR_SPACE = re.compile(r"[ \t\n]+|[^ \t\n]+")  # a no-break space does not break
SENTENCE_END = re.compile(r"[.!?…][»”\"')\]]*\Z")
LIST_MARKER = re.compile(r"-|\d{1,3}\.")


class Gap(IntEnum):
    """What lies after an atom: the higher, the better to cut there."""

    NONE = 0
    WORD = 1
    SENTENCE = 2
    LINE = 3
    BLOCK = 4


@dataclass(frozen=True, slots=True)
class Atom:
    source: str
    plain: str
    space: str = ""  # source of what follows, dropped at a cut
    gap: Gap = Gap.NONE


def split(text: str, limit: int, measure: Measure = len) -> list[str]:
    """Parts whose plain rendering measures at most `limit`; no part is empty, an empty text has none.

    Cut after a paragraph, else a list item or line, else a sentence, else a word; inside a word or a code only when
    it alone is too long.
    """
    document = parse(text)
    plain = to_plain(document)
    if measure(plain) <= limit:
        return [text] if plain.strip() else []
    atoms = [part for atom in _atoms(document) for part in _fitting(atom, limit, measure)]
    return list(_parts(atoms, limit, measure))


def _parts(atoms: Sequence[Atom], limit: int, measure: Measure) -> Iterator[str]:
    start = 0
    while start < len(atoms):
        rest = atoms[start:]
        fitting = bisect_right(range(1, len(rest) + 1), limit, key=lambda count: measure(_plain(rest[:count])))
        count = _best_cut(rest, max(fitting, 1))
        yield _source(rest[:count])
        start += count


def _best_cut(atoms: Sequence[Atom], fitting: int) -> int:
    if fitting == len(atoms):
        return fitting
    return max(range(1, fitting + 1), key=lambda count: (atoms[count - 1].gap, count))


def _source(atoms: Sequence[Atom]) -> str:
    return "".join(atom.source + atom.space for atom in atoms[:-1]) + atoms[-1].source


def _plain(atoms: Sequence[Atom]) -> str:
    return to_plain(parse(_source(atoms)))


def _atoms(document: Document) -> Iterator[Atom]:
    for block in document.blocks:
        atoms = list(_block_atoms(block))
        yield from _ended(atoms, "\n\n", Gap.BLOCK)


def _block_atoms(block: Block) -> Iterator[Atom]:
    if isinstance(block, Paragraph):
        yield from _inline_atoms(block.inlines)
        return
    for number, item in enumerate(block.items, block.start):
        marker = f"{number}. " if block.ordered else "- "
        shown = marker if block.ordered else "• "
        first, *others = _inline_atoms(item) or [Atom("\\ ", "")]  # an item may be a mere line break
        atoms = [replace(first, source=marker + first.source, plain=shown + first.plain), *others]
        yield from _ended(atoms, "\n", Gap.LINE)


def _ended(atoms: list[Atom], space: str, gap: Gap) -> list[Atom]:
    return [*atoms[:-1], replace(atoms[-1], space=space, gap=gap)] if atoms else []


def _inline_atoms(inlines: Iterable[Inline]) -> list[Atom]:
    """Words with the space after them; space before the first word is dropped."""
    atoms: list[Atom] = []
    for word in _words(inlines):
        if word.plain.strip(" \t\n"):
            atoms.append(word)
        elif atoms:
            atoms[-1] = _spaced(atoms[-1], word.plain)
    return atoms


def _words(inlines: Iterable[Inline], mark: str = "") -> Iterator[Atom]:
    for inline in inlines:
        match inline:
            case Text(text):
                for piece in WORD_OR_SPACE.findall(text):
                    side = "" if piece[0].isspace() or piece[-1].isspace() else mark
                    yield Atom(f"{side}{_escaped_word(piece)}{side}", piece)
            case Code(text):
                yield Atom(f"{mark}`{text}`{mark}", text)
            case Bold(inner):
                yield from _words(inner, "**")
            case Link(text, url):
                yield Atom(f"{mark}[{escape(text)}]({url}){mark}", to_plain(Document((Paragraph((inline,)),))))


def _fitting(atom: Atom, limit: int, measure: Measure) -> Iterator[Atom]:
    """The atom; or, when it alone is too long, its characters in pieces, without markup."""
    if measure(atom.plain) <= limit:
        yield atom
        return
    pieces = list(_pieces(atom.plain, limit, measure))
    for piece in pieces[:-1]:
        yield Atom(_escaped_word(piece), piece)
    yield replace(atom, source=_escaped_word(pieces[-1]), plain=pieces[-1])


def _pieces(text: str, limit: int, measure: Measure) -> Iterator[str]:
    piece = ""
    for character in _characters(text, limit, measure):
        if piece and measure(piece + character) > limit:
            yield piece
            piece = ""
        piece += character
    yield piece


def _characters(text: str, limit: int, measure: Measure) -> Iterator[str]:
    for grapheme in graphemes(text):
        if measure(grapheme) <= limit:
            yield grapheme
        else:  # a letter under thousands of marks
            yield from grapheme


def _escaped_word(word: str) -> str:
    """A lone "-" or "1." could come to stand at the start of a part."""
    return f"{word[:-1]}\\{word[-1]}" if LIST_MARKER.fullmatch(word) else escape(word)


def _spaced(atom: Atom, space: str) -> Atom:
    space = ESCAPE.sub(r"\1", atom.space) + space
    lines = space.count("\n")
    gap = (
        Gap.BLOCK if lines > 1 else Gap.LINE if lines else Gap.SENTENCE if SENTENCE_END.search(atom.plain) else Gap.WORD
    )
    return replace(atom, space=escape(f"x{space}x")[1:-1], gap=gap)  # escaped as it stands between words
