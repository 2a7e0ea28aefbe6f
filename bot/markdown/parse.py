"""Source text -> Document, and `escape`, its inverse for plain text.

Never raises: markup that does not close is literal text. A line break in the source is a space, as in Markdown;
a backslash before the end of a line is a real break, a backslash before punctuation or a space takes it literally.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from bot.markdown.document import Block, Bold, Code, Document, Inline, Link, ListBlock, Paragraph, Text

ITEM = re.compile(r"(?:-|(\d{1,3})\.)[ \t]+(?=\S)")
TOKEN = re.compile(
    r"""
      \\(?P<break>\n|\Z)
    | \\(?P<escaped>[!-/:-@\[-`{-~ \t])
    | `(?P<code>[^`\n]+)`
    | \[(?P<label>(?:\\[^\n]|[^\[\]\\])+)\]\((?P<url>https?://[^\s()<>"\\]+|tel:\+?[\d-]+)\)
    | (?P<bold>\*\*)
    | (?P<space>\n)
    """,
    re.VERBOSE,
)
ESCAPE = re.compile(r"\\(\n|[!-/:-@\[-`{-~ \t])")
# Everything that could mean something, and spaces at either end of a line, which `parse` would trim.
MEANINGFUL = re.compile(
    r"[\\`*\[\]\n]|^[ \t]+|[ \t]+$|^-(?=[ \t])|(?:(?<=^\d)|(?<=^\d\d)|(?<=^\d\d\d))\.(?=[ \t])", re.M
)
T = TypeVar("T")


def parse(text: str) -> Document:
    lines = [_trimmed(line) for line in text.split("\n")]
    return Document(tuple(_joined_lists(_blocks(lines))))


def escape(text: str) -> str:
    """Markdown that renders exactly as `text`."""
    return MEANINGFUL.sub(lambda match: "".join(f"\\{character}" for character in match[0]), text)


def _trimmed(line: str) -> str:
    return re.sub(r"(?<!\\)(?<![ \t])[ \t]+$", "", line).lstrip(" \t")


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Blocks with every list item still a list of its own."""
    block: list[str] = []
    for line in lines:
        if block and (not line or ITEM.match(line)):
            yield _block("\n".join(block))
            block = []
        if line:
            block.append(line)
    if block:
        yield _block("\n".join(block))


def _block(source: str) -> Block:
    marker = ITEM.match(source)
    if not marker:
        return Paragraph(_inlines(source))
    number = marker[1]
    return ListBlock(number is not None, (_inlines(source[marker.end() :]),), int(number or 1))


def _joined_lists(blocks: Iterator[Block]) -> Iterator[Block]:
    """Items that follow each other are one list; a paragraph that shows nothing does not part them."""
    waiting: ListBlock | None = None
    for block in blocks:
        if waiting and isinstance(block, Paragraph) and _shows_nothing(block):
            continue
        if isinstance(block, ListBlock) and waiting and block.ordered == waiting.ordered:
            waiting = ListBlock(waiting.ordered, waiting.items + block.items, waiting.start)
            continue
        if waiting:
            yield waiting
        waiting = block if isinstance(block, ListBlock) else None
        if not waiting:
            yield block
    if waiting:
        yield waiting


def _shows_nothing(paragraph: Paragraph) -> bool:
    return all(isinstance(inline, Text) and not inline.text.strip() for inline in paragraph.inlines)


def _inlines(source: str) -> tuple[Inline, ...]:
    return _with_bold(list(_tokens(source)))


def _tokens(source: str) -> Iterator[Text | Code | Link | str]:
    """Inlines, with a bare string for every `**`: whether it may "open", "close", do "both" or "neither"."""
    end = 0
    for match in TOKEN.finditer(source):
        if match.start() > end:
            yield Text(source[end : match.start()])
        end = match.end()
        yield _token(match, source)
    if end < len(source):
        yield Text(source[end:])


def _token(match: re.Match[str], source: str) -> Text | Code | Link | str:
    match match.lastgroup:
        case "code":
            return Code(match["code"])
        case "url":
            label = ESCAPE.sub(r"\1", match["label"].replace("\n", " "))
            return Link(label, match["url"])
        case "bold":
            return _bold_side(source[max(match.start() - 1, 0) : match.start()], source[match.end() : match.end() + 1])
        case "break":
            return Text("\n")
        case "space":
            return Text(" ")
        case _:
            return Text(match["escaped"])


def _bold_side(before: str, after: str) -> str:
    opens = bool(after) and not after.isspace()
    closes = bool(before) and not before.isspace()
    return "both" if opens and closes else "open" if opens else "close" if closes else "neither"


def _with_bold(tokens: list[Text | Code | Link | str]) -> tuple[Inline, ...]:
    done: list[Inline] = []
    inside: list[Text | Code | Link] | None = None
    for token in tokens:
        if not isinstance(token, str):
            (done if inside is None else inside).append(token)
        elif inside and token in ("close", "both"):
            done.append(Bold(tuple(_merged(inside))))
            inside = None
        elif inside is None and token in ("open", "both"):
            inside = []
        else:
            (done if inside is None else inside).append(Text("**"))
    if inside is not None:
        done += [Text("**"), *inside]
    return tuple(_merged(done))


def _merged(inlines: Iterable[T]) -> Iterator[T | Text]:
    """Neighbouring texts as one."""
    text = ""
    for inline in inlines:
        if isinstance(inline, Text):
            text += inline.text
            continue
        if text:
            yield Text(text)
            text = ""
        yield inline
    if text:
        yield Text(text)
