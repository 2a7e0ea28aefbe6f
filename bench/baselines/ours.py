"""Ours as it serves: the library with the configured encoder, its confidence and its index; one question at a time."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from bench.baselines.ranker import MOST, Ranked, megabytes_of
from bot.app import open_library
from bot.config import Config
from knowledge.parametric import without_row
from nlu.encoder import MODEL_FOLDER, SHIPPED


class Ours:
    """A context manager. Normalises and masks by itself, so it is never put into Masking."""

    name = "ours"

    def __init__(self, config: Config) -> None:
        self._config = config
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()

    def __enter__(self) -> Self:
        started = time.process_time()
        self._library = self._runner.run(self._stack.enter_async_context(open_library(self._config)))
        self.made_s = time.process_time() - started
        model = MODEL_FOLDER if self._config.nlu.encoder == SHIPPED else Path(self._config.nlu.encoder)
        self.megabytes = megabytes_of(model) + megabytes_of(self._config.knowledge.index)
        return self

    def __exit__(self, *_error: object) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    def rank(self, text: str) -> Ranked:
        hits = self._runner.run(self._library.find(text, MOST))
        return [(without_row(hit.topic), hit.probability) for hit in hits]
