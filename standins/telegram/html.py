"""HTML of a text -> plain text and entities, by the rules and in the words of Telegram's own parser."""

import re
from dataclasses import dataclass, field
from html import unescape

from standins.telegram.errors import ApiError, Json, bad_request

KINDS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
}
# What stands in the text as a character of its own: the four names Telegram knows, and numbers.
REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
TOKEN = re.compile(rf"(?P<reference>{REFERENCE.pattern})|<(?P<end>/?)(?P<name>[^\s>]*)(?P<rest>[^>]*)(?P<closed>>?)")
ATTRIBUTE = re.compile(r"""([\w-]+)(?:=("[^"]*"|'[^']*'|[^\s"'>]+))?""")


def units(text: str) -> int:
    """How Telegram counts: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(slots=True)
class _Parser:
    source: str
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    open: list[tuple[str, Json]] = field(default_factory=list)

    def run(self) -> tuple[str, list[Json]]:
        end = 0
        for match in TOKEN.finditer(self.source):
            self.text += self.source[end : match.start()]
            end = match.end()
            self._token(match)
        self.text += self.source[end:]
        if self.open:
            raise _fault(f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"')
        return self.text, sorted(self.entities, key=lambda entity: (entity["offset"], -entity["length"]))

    def _token(self, match: re.Match[str]) -> None:
        offset = len(self.source[: match.start()].encode())
        if match["reference"]:
            self.text += unescape(match["reference"])
        elif not match["closed"]:
            raise _fault(f"Unclosed {'end' if match['end'] else 'start'} tag at byte offset {offset}")
        elif match["end"]:
            self._end(match["name"].lower(), offset)
        else:
            self._start(match["name"].lower(), match["rest"], offset)

    def _start(self, name: str, rest: str, offset: int) -> None:
        if name not in KINDS:
            raise _fault(f'Unsupported start tag "{name}" at byte offset {offset}')
        attributes = {key: value.strip("\"'") for key, value in ATTRIBUTE.findall(rest)}
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _fault(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
        entity: Json = {"type": KINDS[name], "offset": units(self.text)}
        if name == "a":
            entity["url"] = unescape(attributes.get("href", ""))
        self.open.append((name, entity))

    def _end(self, name: str, offset: int) -> None:
        if not self.open:
            raise _fault(f"Unexpected end tag at byte offset {offset}")
        expected, entity = self.open.pop()
        if name and name != expected:
            found = f'expected "</{expected}>", found "</{name}>"'
            raise _fault(f"Unmatched end tag at byte offset {offset}, {found}")
        entity["length"] = units(self.text) - entity["offset"]
        if entity["length"] and entity.get("url") != "":
            self.entities.append(entity)


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Raises ApiError ("can't parse entities")."""
    return _Parser(source).run()


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Telegram cuts space off both ends of a message."""
    lead, kept = units(text) - units(text.lstrip()), units(text.strip())
    moved = [_moved(entity, lead, kept) for entity in entities]
    return text.strip(), [entity for entity in moved if entity["length"] > 0]


def _moved(entity: Json, lead: int, kept: int) -> Json:
    start = max(entity["offset"] - lead, 0)
    end = min(entity["offset"] + entity["length"] - lead, kept)
    return {**entity, "offset": start, "length": end - start}


def _fault(detail: str) -> ApiError:
    return bad_request(f"can't parse entities: {detail}")
