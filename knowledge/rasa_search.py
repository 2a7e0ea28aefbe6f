"""A question -> topics, read by Rasa; by the built-in search whenever Rasa does not answer."""

from collections.abc import Callable, Sequence

from knowledge.base import KnowledgeBase
from knowledge.parametric import with_row
from knowledge.search import BUILT_IN, Backend, Encode, Finder, Hit, MakeSearch, Reading, Search, Searcher, readings
from nlu.normalize import normalize
from nlu.rasa.intents import OUT_OF_SCOPE, intent_of, topic_of
from nlu.rasa.ranking import Ranking, on_scale, shares
from nlu.rasa.reader import RasaDown, RasaReader

RASA = Backend("rasa")


class RasaSearcher:
    """Implements knowledge.search.Search. `answer`: the probability from which up the bot answers, to which Rasa's
    shares are brought; see `nlu.rasa.ranking.on_scale`."""

    def __init__(self, base: KnowledgeBase, built_in: Searcher, *, reader: RasaReader, answer: float) -> None:
        self._base = base
        self._built_in = built_in
        self._reader = reader
        self._answer = answer
        self._intents = {OUT_OF_SCOPE, *map(intent_of, base.topics)}

    @property
    def backend(self) -> Backend:
        return Backend(BUILT_IN.name, self._reader.fault) if self._reader.fault else RASA

    async def find(self, query: str, limit: int = 5) -> list[Hit]:
        """Best first; nothing for a query without a letter or digit, or in which nothing is a word."""
        text = normalize(query)
        if not self._built_in.is_legible(text):
            return []
        asked = readings(text, self._base)
        try:
            rankings = await self._reader.read([reading.text for reading in asked], self._intents)
        except RasaDown:
            return await self._built_in.find(query, limit)
        return self._hits(topic_shares(asked, rankings, self._base))[:limit]

    def _hits(self, found: dict[str, float]) -> list[Hit]:
        ordered = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        return [self._hit(topic_id, on_scale(share, self._answer)) for topic_id, share in ordered]

    def _hit(self, topic_id: str, probability: float) -> Hit:
        topic = self._base.topic(topic_id)
        return Hit(topic_id, topic.title if topic else topic_id, probability)


def by_rasa(
    reader: RasaReader, built_in: Callable[[KnowledgeBase, Finder, Encode], Searcher], answer: float
) -> MakeSearch:
    """One reader for all searches: what it knows of the server outlives a change of the knowledge."""

    def make(base: KnowledgeBase, finder: Finder, encode: Encode) -> Search:
        return RasaSearcher(base, built_in(base, finder, encode), reader=reader, answer=answer)

    return make


def topic_shares(asked: Sequence[Reading], rankings: Sequence[Ranking], base: KnowledgeBase) -> dict[str, float]:
    """The shares of the topics that each reading may tell of, those about a row by its id; together at most 1.

    What falls to questions of no topic, or to topics that a reading may not tell of, is left to nobody: a topic is not
    more probable because the likelier one is out of the question.
    """
    found = {
        with_row(topic.id, reading.named.row) if reading.named else topic.id: share
        for reading, ranking in zip(asked, rankings, strict=True)
        for intent, share in shares(ranking).items()
        if (topic := base.topics.get(topic_of(intent))) and reading.tells_of(topic)
    }
    total = max(1.0, sum(found.values()))
    return {topic_id: share / total for topic_id, share in found.items()}
