"""Rasa that somebody trained on the same phrasings and started with --enable-api, asked over HTTP.

`out_of_scope` is no topic and leaves the ranking: what is sure of it is unsure of every topic. A classifier of Rasa
names ten intents unless its `ranking_length` says more; topics about countries or tariffs that a question cannot mean
count among them.
"""

from collections.abc import Container
from typing import Any

import httpx

from bench.baselines.ranker import Ranked, best_first
from nlu.rasa.intents import OUT_OF_SCOPE, topic_of

TIMEOUT_S = 10.0


class Rasa:
    name = "Rasa, over HTTP"
    megabytes = None
    made_s = None

    def __init__(self, client: httpx.Client, topics: Container[str], example: str) -> None:
        """`client` has the server's address. Asked for an example at once: a Rasa taught other names finds nothing."""
        self._client = client
        if not any(topic in topics for topic, _ in self.rank(example)):
            raise SystemExit(
                f"rasa at {client.base_url}: no topic in intent_ranking; are intents named balance__check?"
            )

    def rank(self, text: str) -> Ranked:
        return best_first(
            (topic_of(str(intent["name"])), float(intent["confidence"]))
            for intent in self._parsed(text).get("intent_ranking", ())
            if intent["name"] != OUT_OF_SCOPE
        )

    def _parsed(self, text: str) -> dict[str, Any]:
        try:
            answer = self._client.post("/model/parse", json={"text": text}).raise_for_status()
        except httpx.HTTPError as error:
            reason = str(error).partition("\n")[0]
            raise SystemExit(f"rasa at {self._client.base_url}: {reason}; is it started with --enable-api?") from error
        parsed: dict[str, Any] = answer.json()
        return parsed


def client_of(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=TIMEOUT_S)
