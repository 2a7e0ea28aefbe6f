"""What a text in our Markdown subset means: frozen blocks of inlines."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Plain characters; a line feed in them is a line break."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Shown as typed and easy to copy: a USSD code, the text of an SMS."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """`url` is http, https or tel; the parser lets nothing else through."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Bold:
    inlines: tuple[Text | Code | Link, ...]


Inline = Text | Bold | Code | Link


@dataclass(frozen=True, slots=True)
class Paragraph:
    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A flat list; `start` is the first number of an ordered one."""

    ordered: bool
    items: tuple[tuple[Inline, ...], ...]
    start: int = 1


Block = Paragraph | ListBlock


@dataclass(frozen=True, slots=True)
class Document:
    blocks: tuple[Block, ...]
