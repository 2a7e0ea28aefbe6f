"""Document -> HTML for pages, Telegram's HTML, plain text. Pure; everything that is not ours is escaped."""

from collections.abc import Callable, Iterable
from html import escape

from bot.markdown.document import Block, Bold, Code, Document, Inline, Link, Paragraph, Text

Show = Callable[[Inline], str]


def to_html(document: Document) -> str:
    """For web chat and desk."""
    return "".join(_html_block(block) for block in document.blocks)


def to_telegram_html(document: Document) -> str:
    """For parse_mode="HTML": Telegram knows no lists and no paragraphs, only lines."""
    return _lines(document, _telegram_inline)


def to_plain(document: Document) -> str:
    return _lines(document, _plain_inline)


def _html_block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return f"<p>{_joined(block.inlines, _html_inline)}</p>"
    items = "".join(f"<li>{_joined(item, _html_inline)}</li>" for item in block.items)
    start = f' start="{block.start}"' if block.start != 1 else ""
    return f"<ol{start}>{items}</ol>" if block.ordered else f"<ul>{items}</ul>"


def _html_inline(inline: Inline) -> str:
    match inline:
        case Text(text):
            return escape(text).replace("\n", "<br>")
        case Bold(inlines):
            return f"<strong>{_joined(inlines, _html_inline)}</strong>"
        case Code(text):
            return f"<code>{escape(text)}</code>"
        case Link(text, url):
            return f'<a href="{escape(url)}" rel="noopener noreferrer" target="_blank">{escape(text)}</a>'


def _telegram_inline(inline: Inline) -> str:
    match inline:
        case Bold(inlines):
            return f"<b>{_joined(inlines, _telegram_inline)}</b>"
        case Code(text):
            return f"<code>{escape(text)}</code>"
        # Telegram drops tel: links, but makes any phone number in a text one.
        case Link(text, url) if not url.startswith("tel:"):
            return f'<a href="{escape(url)}">{escape(text)}</a>'
        case _:
            return escape(_plain_inline(inline))


def _plain_inline(inline: Inline) -> str:
    match inline:
        case Text(text) | Code(text):
            return text
        case Bold(inlines):
            return _joined(inlines, _plain_inline)
        case Link(text, url):
            address = url.removeprefix("tel:")
            return address if text in address else f"{text}: {address}"


def _lines(document: Document, show: Show) -> str:
    return "\n\n".join(_block_lines(block, show) for block in document.blocks)


def _block_lines(block: Block, show: Show) -> str:
    if isinstance(block, Paragraph):
        return _joined(block.inlines, show)
    marks = [f"{number}." if block.ordered else "•" for number in range(block.start, block.start + len(block.items))]
    return "\n".join(f"{mark} {_joined(item, show)}" for mark, item in zip(marks, block.items, strict=True))


def _joined(inlines: Iterable[Inline], show: Show) -> str:
    return "".join(show(inline) for inline in inlines)
