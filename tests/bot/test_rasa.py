"""A Rasa server at the other end of real HTTP: what it answers, how it fails, and who reads the question then."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.app import FIRST_QUESTION, limits_of, open_library
from bot.config import Config
from bot.rasa import RasaServer
from nlu.rasa.breaker import MOST_FAILURES
from nlu.rasa.ranking import Ranked
from nlu.rasa.reader import RasaDown
from standins.faults import How
from standins.rasa import StandInRasa
from tests.knowledge.content import Content

QUESTION = "sell один"
SELL = [("market__sell", 0.09), ("market__price", 0.01)]
PATIENT_S, IMPATIENT_S = 5.0, 0.2


@pytest.fixture
async def rasa() -> AsyncIterator[StandInRasa]:
    async with StandInRasa({QUESTION: SELL}) as server:
        yield server


@pytest.fixture
async def connect() -> AsyncIterator[Callable[[str, float], RasaServer]]:
    made: list[RasaServer] = []

    def one(url: str, timeout_s: float = PATIENT_S) -> RasaServer:
        made.append(RasaServer(url, timeout_s))
        return made[-1]

    yield one
    for server in made:
        await server.close()


Connect = Callable[..., RasaServer]


async def reason(server: RasaServer) -> str:
    with pytest.raises(RasaDown) as caught:
        await server.parse(QUESTION)
    assert QUESTION not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
    assert caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize("ending", ["", "/"])
async def test_a_question_gets_its_ranking(rasa: StandInRasa, connect: Connect, ending: str) -> None:
    server = connect(rasa.url + ending)
    assert await server.parse(QUESTION) == (Ranked("market__sell", 0.09), Ranked("market__price", 0.01))
    assert await server.parse("никто не знает") == ()
    assert rasa.asked == [QUESTION, "никто не знает"]


@pytest.mark.parametrize(
    ("how", "status", "expected"),
    [
        (How.STATUS, 500, "Rasa answers HTTP 500"),
        (How.STATUS, 409, "make rasa"),
        (How.PAGE, 502, "Rasa answers HTTP 502"),
        (How.PAGE, 200, "is not Rasa's POST /model/parse"),
        (How.PAGE, 404, "--enable-api"),
        (How.GARBAGE, 200, "is not Rasa's POST /model/parse"),
        (How.DROP_BEFORE, 0, "the connection to Rasa broke"),
    ],
)
async def test_every_failure_says_what_it_is_and_nothing_of_the_question(
    rasa: StandInRasa, connect: Connect, how: How, status: int, expected: str
) -> None:
    rasa.fail_next(how, status=status, times=2)
    assert expected in await reason(connect(rasa.url))


async def test_a_hanging_server_is_not_waited_for(rasa: StandInRasa, connect: Connect) -> None:
    rasa.fail_next(How.HANG)
    assert await reason(connect(rasa.url, IMPATIENT_S)) == "Rasa gives no answer in 0.2 s"


async def test_where_nobody_listens_it_is_told_at_once(rasa: StandInRasa, connect: Connect) -> None:
    await rasa.stop()
    assert "cannot be reached at nlu.rasa.url" in await reason(connect(rasa.url))


@pytest.fixture
def config(tmp_path: Path, rasa: StandInRasa) -> Config:
    settings = {
        "knowledge": {"folder": Content(tmp_path / "knowledge").folder, "index": tmp_path / "index"},
        "nlu": {"backend": "rasa", "rasa": {"url": rasa.url, "timeout_s": IMPATIENT_S}},
    }
    return Config.model_validate(settings)


async def test_rasa_reads_the_questions(config: Config, rasa: StandInRasa) -> None:
    async with open_library(config) as library:
        first, second = await library.find("SELL, один!")
    assert (first.topic, second.topic) == ("market.sell", "market.price")
    assert first.probability > limits_of(config).answer > second.probability
    assert rasa.asked == [FIRST_QUESTION, QUESTION]
    assert library.backend.name == "rasa"


async def test_while_rasa_is_silent_the_built_in_search_reads_and_rasa_is_left_alone(
    config: Config, rasa: StandInRasa
) -> None:
    built_in = config.model_copy(update={"nlu": config.nlu.model_copy(update={"backend": "built-in"})})
    async with open_library(built_in) as library:
        expected = await library.find(QUESTION)
    rasa.fail_next(How.HANG, times=100)
    async with open_library(config) as library, asyncio.timeout(60):
        for _ in range(10):
            assert await library.find(QUESTION) == expected
    assert len(rasa.asked) == MOST_FAILURES
    assert library.backend.name == "built-in"
    assert library.backend.fault.startswith("Rasa gives no answer in 0.2 s; after 3 failures")


async def test_a_rasa_that_comes_back_before_it_is_given_up_reads_the_next_question(
    config: Config, rasa: StandInRasa
) -> None:
    await rasa.stop()
    async with open_library(config) as library:
        assert "cannot be reached" in library.backend.fault
        await rasa.start()
        assert len(await library.find(QUESTION)) == 2
        assert (library.backend.name, library.backend.fault) == ("rasa", "")
