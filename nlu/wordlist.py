"""Word tables are written as running text: easy to read, easy to add to."""


def wordlist(text: str) -> frozenset[str]:
    return frozenset(text.split())
