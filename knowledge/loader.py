"""The knowledge folder -> KnowledgeBase, or every fault of every file at once. Known files are not parsed again."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from knowledge.asked import by_topic, read_asked
from knowledge.assembly import assemble
from knowledge.base import KnowledgeBase
from knowledge.catalogue import read_facts
from knowledge.faults import Fault, KnowledgeError
from knowledge.render import Templates
from knowledge.replies import read_replies
from knowledge.table import read_table
from knowledge.topic_schema import LANGUAGES, read_topics

FOLDERS = ("topics", "catalogue", "replies")
PATTERNS = ("topics/**/*.y*ml", "catalogue/*.y*ml", "tables/*.y*ml", "asked/*.jsonl")
REPLIES_FILES = ("replies/ru.yml", *(f"replies/{language}.yml" for language in LANGUAGES))
WORDS_FILE = "words.txt"


class _File(Protocol):
    """A file as read: a TopicFile, a CatalogueFile, a ReplyFile."""

    @property
    def faults(self) -> tuple[Fault, ...]: ...


Read = TypeVar("Read", bound=_File)


def load(folder: Path) -> KnowledgeBase:
    """Raises KnowledgeError."""
    return Loader(folder).load()


class Loader:
    """Loads again and again, remembering files by their content. Not for two threads at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._topics = _Remembered(read_topics)
        self._facts = _Remembered(read_facts)
        self._tables = _Remembered(read_table)
        self._replies = _Remembered(read_replies)
        self._asked = _Remembered(read_asked)
        self._templates = Templates()

    def load(self) -> KnowledgeBase:
        """Raises KnowledgeError."""
        faults: list[Fault] = []
        contents = dict(_contents(self._folder, faults))
        topic_files = self._topics.read("topics/", contents, faults)
        fact_files = self._facts.read("catalogue/", contents, faults)
        table_files = self._tables.read("tables/", contents, faults)
        asked_files = self._asked.read("asked/", contents, faults)
        reply_files = self._replies.read("replies/", contents, faults)
        if any(fault.hides_content for fault in faults):
            raise KnowledgeError(faults)  # what could not be read would be missed by everything that refers to it
        base = assemble(
            topics=[topic for topic_file in topic_files for topic in topic_file.topics],
            references=[reference for topic_file in topic_files for reference in topic_file.references],
            facts=[fact for fact_file in fact_files for fact in fact_file.facts],
            tables=[table for table_file in table_files for table in table_file.tables],
            wordings=[wording for reply_file in reply_files for wording in reply_file.wordings],
            asked=by_topic(asked_files),
            words=_words(self._folder / WORDS_FILE),
            templates=self._templates,
            content_hash=_hash(contents),
            faults=faults,
        )
        if faults:
            raise KnowledgeError(faults)
        return base


class _Remembered(Generic[Read]):
    """Reads files, those with a known content from memory."""

    def __init__(self, read: Callable[[str, bytes], Read]) -> None:
        self._read = read
        self._known: dict[tuple[str, bytes], Read] = {}

    def read(self, folder: str, contents: Mapping[str, bytes], faults: list[Fault]) -> list[Read]:
        known = {}
        for file, content in contents.items():
            if file.startswith(folder):
                key = (file, content)
                known[key] = self._known[key] if key in self._known else self._read(file, content)
                faults += known[key].faults
        self._known = known
        return list(known.values())


def _contents(folder: Path, faults: list[Fault]) -> Iterator[tuple[str, bytes]]:
    """Every file by its path in the folder, in a stable order."""
    missing = [part for part in FOLDERS if not (folder / part).is_dir()]
    faults += [Fault(part, 0, "", f"нет папки {part}; укажите папку знаний, в которой она есть") for part in missing]
    found = [path for pattern in PATTERNS for path in folder.glob(pattern)]
    for path in sorted([*found, *(folder / file for file in REPLIES_FILES)]):
        file = path.relative_to(folder).as_posix()
        if path.suffix == ".yaml":
            faults.append(Fault(file, 0, "", "расширение .yaml не читается; переименуйте файл в .yml"))
            continue
        try:
            yield file, path.read_bytes()
        except OSError as error:
            faults.append(Fault(file, 0, "", f"файл не читается: {error.strerror}"))


def _words(path: Path) -> frozenset[str]:
    """Words that are right though no dictionary has them; one a line, `#` begins a comment."""
    if not path.is_file():
        return frozenset()
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return frozenset(word for line in lines if (word := line.partition("#")[0].strip().lower()))


def _hash(contents: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for file, content in contents.items():
        total.update(file.encode() + b"\0" + hashlib.sha256(content).digest())
    return total.hexdigest()
