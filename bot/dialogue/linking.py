"""Two chats of one person: a code given in one of them is typed in the other. Pure but for `new_code`."""

import re
import secrets

CODE = re.compile(r"([0-9]{4})(\s?[-‑–—−]\s?|\s)?([0-9]{4})")
IN_A_SENTENCE = re.compile(r"(?<![\d-])([0-9]{4})-([0-9]{4})(?![\d-])")  # only as we show it
LONGEST_SENTENCE = 60  # characters
VALID_MINUTES = 10
MOST_WRONG_CODES = 20  # in the life of a chat; any eight digits count, also an account number


def new_code() -> str:
    """Eight digits: with few tries and a short life nobody guesses one, and a phone's keyboard types them well."""
    return f"{secrets.randbelow(10**8):08}"


def shown(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def read_code(text: str) -> str | None:
    """The code that the text is or, written the way we show it, holds."""
    if found := CODE.fullmatch(text.strip()):
        return found[1] + found[3]
    found = IN_A_SENTENCE.search(text) if len(text) <= LONGEST_SENTENCE else None
    return found[1] + found[2] if found else None


def is_surely_a_code(text: str) -> bool:
    """Written the way we show it; eight bare digits may be an account number."""
    found = CODE.fullmatch(text.strip())
    return bool(found and found[2])
