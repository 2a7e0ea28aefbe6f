"""Questions that arrive together are encoded together, off the event loop's thread.

One thread of its own does the encoding, so the loop stays free and the encoder is never entered twice. Nobody waits for
company: what arrives while a batch is encoded makes the next one.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from nlu.encoder import Encoder, Vectors

Vector = npt.NDArray[np.float32]


class BatcherClosed(RuntimeError):
    """The batcher takes no more texts: the service is stopping."""


@dataclass(frozen=True, slots=True)
class _Request:
    text: str = field(repr=False)
    answer: asyncio.Future[Vector]


class Batcher:
    """`encode` one text and get its vector; who else was in the batch does not matter.

    Vectors of the latest `remembered` texts are kept, read-only.
    """

    def __init__(self, encoder: Encoder, *, max_batch: int = 32, remembered: int = 1024) -> None:
        self._encoder = encoder
        self._max_batch = max_batch
        self._remembered = remembered
        self._recent: OrderedDict[str, Vector] = OrderedDict()
        self._queue: asyncio.Queue[_Request | None] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")
        self._worker: asyncio.Task[None] | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def encode(self, text: str) -> Vector:
        if self._closed:
            raise BatcherClosed("the batcher is closed: nothing more is encoded while the service stops")
        known = self._recall(text)
        if known is not None:
            return known
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="encoder-batches")
        answer: asyncio.Future[Vector] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(_Request(text, answer))
        return await answer

    async def close(self) -> None:
        """Refuses new texts, finishes the accepted ones, frees the thread."""
        self._closed = True
        if self._worker is not None:
            self._queue.put_nowait(None)
            await self._worker
            self._worker = None
        self._thread.shutdown(wait=False)

    async def _work(self) -> None:
        while (first := await self._queue.get()) is not None:
            batch = [first, *self._queued()]
            waiting = [request for request in batch if not request.answer.done()]
            if waiting:
                await self._answer(waiting)

    def _queued(self) -> Iterator[_Request]:
        for _ in range(min(self._queue.qsize(), self._max_batch - 1)):
            request = self._queue.get_nowait()
            if request is None:
                self._queue.put_nowait(None)  # the end mark stays for `_work`
                return
            yield request

    async def _answer(self, requests: list[_Request]) -> None:
        try:
            vectors = await self._run([request.text for request in requests])
        except Exception as error:  # whatever the encoder raises belongs to the one who asked
            if len(requests) == 1:
                _fail(requests[0], error)
                return
            for request in requests:  # one by one: only the text at fault fails
                await self._answer([request])
            return
        for request, row in zip(requests, vectors, strict=True):
            vector = row.copy()  # a view would keep the whole batch in memory
            vector.flags.writeable = False
            self._remember(request.text, vector)
            if not request.answer.done():
                request.answer.set_result(vector)

    async def _run(self, texts: list[str]) -> Vectors:
        vectors = await asyncio.get_running_loop().run_in_executor(self._thread, self._encoder.encode, texts)
        if len(vectors) != len(texts):
            raise ValueError(f"encoder {self._encoder.name!r} gave {len(vectors)} vectors for {len(texts)} texts")
        return vectors

    def _recall(self, text: str) -> Vector | None:
        vector = self._recent.get(text)
        if vector is not None:
            self._recent.move_to_end(text)
        return vector

    def _remember(self, text: str, vector: Vector) -> None:
        self._recent[text] = vector
        while len(self._recent) > self._remembered:
            self._recent.popitem(last=False)


def _fail(request: _Request, error: Exception) -> None:
    if not request.answer.done():
        request.answer.set_exception(error)
