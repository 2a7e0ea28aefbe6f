"""Asks Rasa as long as it answers, leaves it alone for a while when it does not, and knows why."""

import asyncio
from collections.abc import Awaitable, Callable, Container, Sequence

import structlog

from nlu.rasa.breaker import MOST_FAILURES, REST_S, Breaker
from nlu.rasa.ranking import Ranking, shares

Parse = Callable[[str], Awaitable[Ranking]]

log = structlog.get_logger()


class RasaDown(Exception):
    """Rasa does not read questions now; the text says why and holds nothing of the question."""


class RasaReader:
    """`parse` raises RasaDown; `now` is a clock that only goes forward, in seconds."""

    def __init__(self, parse: Parse, now: Callable[[], float]) -> None:
        self._parse = parse
        self._now = now
        self._breaker = Breaker()
        self._reason = ""

    @property
    def fault(self) -> str:
        """Why the last question was not read; "" if it was."""
        rest = f"; after {MOST_FAILURES} failures in a row it is tried once in {REST_S:g} s"
        return self._reason + (rest if self._breaker.is_open else "")

    async def read(self, texts: Sequence[str], known: Container[str]) -> list[Ranking]:
        """A ranking for each of the texts. `known`: the intents that we know. Raises RasaDown."""
        if not self._breaker.allows(self._now()):
            raise RasaDown(self.fault)
        self._breaker = self._breaker.called(self._now())
        try:
            rankings = await asyncio.gather(*(self._parse(text) for text in texts))
            _check(rankings, known)
        except RasaDown as error:
            self._failed(str(error))
            raise
        self._succeeded()
        return rankings

    def _failed(self, reason: str) -> None:
        was_open = self._breaker.is_open
        self._breaker = self._breaker.failed(self._now())
        if reason != self._reason or self._breaker.is_open != was_open:
            self._reason = reason
            log.warning("rasa_failed", reason=self.fault, remedy="the built-in search reads the questions meanwhile")

    def _succeeded(self) -> None:
        if self._reason:
            log.info("rasa_answers_again")
        self._breaker, self._reason = self._breaker.succeeded(), ""


def _check(rankings: Sequence[Ranking], known: Container[str]) -> None:
    """A server with somebody else's model answers well and to no purpose."""
    named = [intent for ranking in rankings for intent in shares(ranking)]
    if named and not any(intent in known for intent in named):
        raise RasaDown("Rasa's model knows none of our topics; train it anew: make rasa")
