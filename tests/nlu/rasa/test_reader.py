"""Who is asked while Rasa fails, what is told about it, and what is not."""

import asyncio

import pytest
from structlog.testing import capture_logs

from nlu.rasa.breaker import MOST_FAILURES, REST_S
from nlu.rasa.ranking import Ranked, Ranking
from nlu.rasa.reader import RasaDown, RasaReader

KNOWN = {"a__b", "out_of_scope"}
GOOD = (Ranked("a__b", 0.1),)


class Server:
    """`parse` of a Rasa that is well or not, and a clock."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.ranking: Ranking = GOOD
        self.fault = ""
        self.now = 0.0

    async def parse(self, text: str) -> Ranking:
        self.asked.append(text)
        await asyncio.sleep(0)
        if self.fault:
            raise RasaDown(self.fault)
        return self.ranking


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def reader(server: Server) -> RasaReader:
    return RasaReader(server.parse, lambda: server.now)


async def refused(reader: RasaReader, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(RasaDown):
            await reader.read(["баланс"], KNOWN)


async def test_each_text_gets_its_ranking(reader: RasaReader, server: Server) -> None:
    assert await reader.read(["роуминг в турции", "роуминг в стране"], KNOWN) == [GOOD, GOOD]
    assert server.asked == ["роуминг в турции", "роуминг в стране"]
    assert reader.fault == ""


async def test_after_a_few_failures_rasa_is_left_alone_and_then_tried_once(reader: RasaReader, server: Server) -> None:
    server.fault = "no answer in 1 s"
    await refused(reader, MOST_FAILURES + 5)
    assert len(server.asked) == MOST_FAILURES
    server.now += REST_S
    trials = await asyncio.gather(*(reader.read(["баланс"], KNOWN) for _ in range(4)), return_exceptions=True)
    assert all(isinstance(each, RasaDown) for each in trials)
    assert len(server.asked) == MOST_FAILURES + 1


async def test_a_good_trial_ends_it(reader: RasaReader, server: Server) -> None:
    server.fault = "no answer in 1 s"
    await refused(reader, MOST_FAILURES)
    server.fault = ""
    await refused(reader)
    server.now += REST_S
    assert await reader.read(["баланс"], KNOWN) == [GOOD]
    assert await reader.read(["баланс"], KNOWN) == [GOOD]
    assert reader.fault == ""


async def test_the_fault_says_why_and_when_it_is_tried_again(reader: RasaReader, server: Server) -> None:
    server.fault = "no answer in 1 s"
    await refused(reader)
    assert reader.fault == "no answer in 1 s"
    await refused(reader, MOST_FAILURES)
    assert reader.fault == "no answer in 1 s; after 3 failures in a row it is tried once in 30 s"


async def test_a_model_of_somebody_else_is_a_failure(reader: RasaReader, server: Server) -> None:
    server.ranking = (Ranked("order_pizza", 0.99),)
    await refused(reader)
    assert "none of our topics" in reader.fault


@pytest.mark.parametrize("ranking", [(), (Ranked("nlu_fallback", 0.9),), (Ranked("out_of_scope", 0.9),)])
async def test_a_rasa_without_an_idea_is_well(reader: RasaReader, server: Server, ranking: Ranking) -> None:
    server.ranking = ranking
    assert await reader.read(["абракадабра"], KNOWN) == [ranking]
    assert reader.fault == ""


async def test_a_fault_is_logged_when_it_changes_and_never_with_the_question(
    reader: RasaReader, server: Server
) -> None:
    with capture_logs() as logs:
        server.fault = "no answer in 1 s"
        await refused(reader, MOST_FAILURES + 5)
        server.fault, server.now = "", REST_S
        await reader.read(["баланс"], KNOWN)
    assert [entry["event"] for entry in logs] == ["rasa_failed", "rasa_failed", "rasa_answers_again"]
    assert "баланс" not in repr(logs)
