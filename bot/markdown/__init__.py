"""The Markdown subset of answers: paragraphs, flat lists, **bold**, `code`, [links](https://...).

Text that people typed is not Markdown: put it through `escape` first. Knows no messenger and no conversation.
"""

from bot.markdown.document import Block, Bold, Code, Document, Inline, Link, ListBlock, Paragraph, Text
from bot.markdown.parse import escape, parse
from bot.markdown.render import to_html, to_plain, to_telegram_html
from bot.markdown.split import split

__all__ = [
    "Block",
    "Bold",
    "Code",
    "Document",
    "Inline",
    "Link",
    "ListBlock",
    "Paragraph",
    "Text",
    "escape",
    "parse",
    "split",
    "to_html",
    "to_plain",
    "to_telegram_html",
]
