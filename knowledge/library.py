"""The knowledge in use: answers from the newest content that is whole, and follows the files as they are edited."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import structlog
from watchfiles import awatch

from knowledge.base import KnowledgeBase
from knowledge.build import SHIPPED, build
from knowledge.faults import KnowledgeError
from knowledge.loader import Loader
from knowledge.parametric import with_row, without_row
from knowledge.replies import Choose
from knowledge.search import Backend, Encode, Finder, Hit, MakeSearch, Search, Searcher
from knowledge.topic import Topic
from nlu.batcher import Batcher
from nlu.encoder import Encoder
from nlu.normalize import normalize

LOOK_EVERY_S = 2.0
MOST_FAULTS_SHOWN = 10

Signature = frozenset[tuple[str, int, int]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Live:
    """What answers now; replaced as a whole."""

    base: KnowledgeBase
    searcher: Search


class Publisher:
    """Files -> Live. Blocking, for one thread at a time."""

    def __init__(
        self, folder: Path, index_folder: Path, encoder: Encoder, encode: Encode, make_search: MakeSearch = Searcher
    ) -> None:
        self.folder = folder
        self._loader = Loader(folder)
        self._index_folder = index_folder
        self._encoder = encoder
        self._encode = encode
        self._make_search = make_search

    def publish(self) -> Live:
        """Raises KnowledgeError when the content is broken."""
        base = self._loader.load()
        built = build(base, self._encoder, self._index_folder, shipped=self.folder / SHIPPED)
        log.info(
            "knowledge_loaded",
            topics=len(base.topics),
            phrasings=len(built.phrasings),
            encoded=built.encoded,
            index=built.reason or "up to date",
        )
        return Live(base, self._make_search(base, Finder(built), self._encode))

    def signature(self) -> Signature:
        """Changes with every saved, new or deleted file."""
        paths = [*self.folder.rglob("*.y*ml"), *self.folder.rglob("*.jsonl")] if self.folder.is_dir() else ()
        return frozenset(_stamp(path) for path in paths)


class Library:
    """`fault` is why the newest files are not live; None when they are."""

    def __init__(self, publisher: Publisher, live: Live, seen: Signature, choose: Choose = random.choice) -> None:
        self.fault: str | None = None
        self._publisher = publisher
        self._live = live
        self._seen: Signature | None = seen
        self._choose = choose
        self._reloading = asyncio.Lock()

    @classmethod
    async def open(
        cls, folder: Path, index_folder: Path, encoder: Encoder, batcher: Batcher, make_search: MakeSearch = Searcher
    ) -> Self:
        """Raises KnowledgeError when the content is broken: there is no older one to serve."""
        publisher = Publisher(folder, index_folder, encoder, batcher.encode, make_search)
        seen = await asyncio.to_thread(publisher.signature)
        live = await asyncio.to_thread(publisher.publish)
        return cls(publisher, live, seen)

    @property
    def base(self) -> KnowledgeBase:
        return self._live.base

    @property
    def backend(self) -> Backend:
        """Who reads the questions now."""
        return self._live.searcher.backend

    async def find(self, query: str, limit: int = 5) -> list[Hit]:
        """Topics the query may mean, best first."""
        return await self._live.searcher.find(query, limit)

    def topic(self, topic_id: str) -> Topic | None:
        return self._live.base.topic(topic_id)

    def topic_named_in(self, text: str, last: Topic) -> Topic | None:
        """The last topic about another country, tariff, town, when hardly anything but its name was said."""
        named = self._live.base.naming.named_of(last.about, normalize(text)) if last.about else None
        return self.topic(with_row(without_row(last.id), named.row)) if named and named.is_alone else None

    def topics(self) -> Sequence[Topic]:
        return tuple(self._live.base.topics.values())

    def answer(self, topic_id: str, language: str = "ru") -> str:
        """Rendered Markdown. KeyError for a topic that is not there."""
        return self._live.base.answer(topic_id, language)

    def reply(self, name: str, language: str = "ru", **values: object) -> str:
        """A sentence of the bot, Markdown; in Russian where the language has none. Values are Markdown too: escape what
        a person typed."""
        return self._live.base.replies.say(name, self._choose, values, language)

    async def watch(self) -> None:
        """Keep the knowledge as new as the files, until cancelled."""
        known = ""
        while True:
            try:
                await self._follow()
            except OSError as error:  # the folder is gone, or the system gives no more watches
                if str(error) != known:
                    log.warning(
                        "knowledge_not_watched", reason=str(error), remedy="files are looked at by time instead"
                    )
                known = str(error)
                await asyncio.sleep(LOOK_EVERY_S)
                await self.reload()

    async def reload(self) -> None:
        """Take over changed files. Broken ones are refused and explained in `fault`; never raises."""
        async with self._reloading:
            signature = await asyncio.to_thread(self._publisher.signature)
            if signature == self._seen:
                return
            self._seen = signature
            try:
                self._live = await asyncio.to_thread(self._publisher.publish)
                self.fault = None
            except KnowledgeError as error:
                self._refuse(_summary(error))
            except Exception as error:  # an encoder or a disk that fails must not end the service
                self._seen = None  # not the fault of the files: try again
                self._refuse(f"{type(error).__name__}: {error}")

    async def _follow(self) -> None:
        """Looks when a file changes, and by time: some file systems (network, containers) announce nothing."""
        wake_ups = awatch(
            self._publisher.folder,
            debounce=300,
            step=50,
            rust_timeout=int(LOOK_EVERY_S * 1000),
            yield_on_timeout=True,
        )
        async for _ in wake_ups:
            await self.reload()

    def _refuse(self, reason: str) -> None:
        if reason != self.fault:
            log.error("knowledge_refused", reason=reason, remedy="the older knowledge goes on answering")
        self.fault = reason


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), status.st_mtime_ns, status.st_size


def _summary(error: KnowledgeError) -> str:
    shown = [str(fault) for fault in error.faults[:MOST_FAULTS_SHOWN]]
    rest = len(error.faults) - len(shown)
    return "\n".join([*shown, f"и ещё {rest}"] if rest else shown)
