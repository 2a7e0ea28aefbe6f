"""A message as it was meant, whatever keyboard layout or alphabet it was typed in. Pure."""

from nlu.layout import fix_layout
from nlu.translit import fix_translit

LONGEST_READ = 2000  # characters; what comes after the first page of a message changes neither language nor topic


def mended(text: str) -> str:
    """The first page of it."""
    return fix_layout(fix_translit(text[:LONGEST_READ]))
