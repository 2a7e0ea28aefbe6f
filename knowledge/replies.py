"""The bot's own sentences: greetings, hand-off news, button labels. The content team edits them in
replies/ru.yml, and in en.yml and zh.yml for those who write in English or Chinese."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from knowledge.faults import Fault, perhaps
from knowledge.fields import Fields
from knowledge.yaml_file import MappingNode, ScalarNode, SequenceNode, read_yaml

# What stands on the bot's own buttons.
LABELS = ("button_operator", "button_helped", "button_not_helped", "button_other", "button_menu", "button_back_to_bot")

# Every sentence the bot needs, and what the bot puts into it.
NAMES: Mapping[str, tuple[str, ...]] = {
    "greeting": (),
    "greeting_again": (),
    "thanks": (),
    "goodbye": (),
    "how_to_help": (),
    "helped": (),
    "not_helped": (),
    "clarify": (),
    "clarify_nothing": (),
    "menu": (),
    "queued": ("place",),
    "queued_first": (),
    "queued_nobody": (),
    "queued_off_hours": ("until",),
    "still_queued": (),
    "agent_joined": ("agent",),
    "returned_to_bot": (),
    "closed": (),
    "cancelled_handoff": (),
    "escalated_topic": (),
    "attachment": (),
    "attachment_passed": (),
    "contact_received": (),
    "button_expired": (),
    "failed": (),
    "elsewhere": ("channels",),
    "elsewhere_nowhere": (),
    "only_in_russian": (),
    "asked_too": (),
    "link_code": ("code", "minutes"),
    "linked": (),
    "link_news": ("channel",),
    "link_code_own": (),
    "link_code_wrong": (),
    **dict.fromkeys(LABELS, ()),
}
LONGEST_LABEL = 30
RUSSIAN = "ru"
PLACEHOLDER = re.compile(r"\{([a-z_]*)\}")

Choose = Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Wording:
    """One variant of a sentence as written: a template with `{place}`-like places."""

    language: str
    name: str
    source: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class ReplyFile:
    wordings: tuple[Wording, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Replies:
    """Rendered sentences by language and name, one or several variants of each."""

    variants: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def say(self, name: str, choose: Choose, values: Mapping[str, object], language: str = RUSSIAN) -> str:
        """A variant with the values put in, in Russian where the language has none. Values are Markdown: escape what a
        person typed."""
        if name not in NAMES or set(values) != set(NAMES[name]):
            raise KeyError(f"reply {name!r} with {sorted(values)}: the known ones are {dict(NAMES)}")
        variants = self.variants.get((language, name)) or self.variants[RUSSIAN, name]
        return PLACEHOLDER.sub(lambda match: str(values[match[1]]), choose(variants))


def read_replies(file: str, content: bytes) -> ReplyFile:
    yaml_file = read_yaml(file, content)
    faults = list(yaml_file.faults)
    root = yaml_file.root
    if not isinstance(root, MappingNode):
        if not faults:
            faults.append(Fault(file, root.line if root else 0, "", "ждали реплики «имя: текст»"))
        return ReplyFile((), tuple(faults))
    fields = Fields(root, file, faults)
    fields.refuse_unknown(NAMES)
    wordings = tuple(wording for name in NAMES for wording in _wordings(fields, name))
    return ReplyFile(wordings, tuple(faults))


def _wordings(fields: Fields, name: str) -> Iterator[Wording]:
    node = fields.get(name)
    if not isinstance(node, SequenceNode):
        texts = [node] if fields.text(name) and isinstance(node, ScalarNode) else []
    else:
        texts = fields.texts(name)
        if not node.items:
            fields.fault(name, "пустой список; ждали хотя бы один вариант")
    for text in texts:
        _check_wording(fields, name, text)
        yield Wording(PurePosixPath(fields.file).stem, name, text.text.strip(), fields.file, text.text_line)


def _check_wording(fields: Fields, name: str, text: ScalarNode) -> None:
    used, known = set(PLACEHOLDER.findall(text.text)), NAMES[name]
    for unknown in used - set(known):
        fields.fault(name, f"неизвестная подстановка {{{unknown}}}{_known_places(unknown, known)}", text.text_line)
    for missing in set(known) - used:
        fields.fault(name, f"нет подстановки {{{missing}}}: без неё абонент не узнает главного", text.text_line)
    if name in LABELS and len(text.text.strip()) > LONGEST_LABEL:
        fields.fault(name, f"надпись на кнопке длиннее {LONGEST_LABEL} знаков", text.text_line)


def _known_places(unknown: str, known: Collection[str]) -> str:
    if not known:
        return "; здесь подстановок нет"
    return perhaps(unknown, known) + "; есть " + ", ".join(f"{{{name}}}" for name in known)
