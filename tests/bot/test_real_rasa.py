"""A real Rasa, trained on a few of our topics. Skipped without one: `make rasa` makes .venv-rasa, or OTKLIK_RASA names
the command `rasa` of another environment. Takes minutes."""

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.rasa import RasaServer
from knowledge.build import phrasings
from knowledge.loader import load
from nlu.rasa.export import files
from nlu.rasa.intents import OUT_OF_SCOPE, intent_of
from nlu.rasa.ranking import shares
from nlu.rasa.reader import RasaDown, RasaReader
from tests.knowledge.content import SHIPPED
from tests.nlu.rasa.test_export import HOSTILE

RASA = Path(os.environ.get("OTKLIK_RASA") or Path(__file__).parents[2] / ".venv-rasa/bin/rasa")
ENVIRONMENT = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "LOG_LEVEL": "ERROR"}
TOPICS = 10
PATIENCE_S = 900  # on a busy machine; alone it is a minute or two

pytestmark = pytest.mark.skipif(not RASA.exists(), reason="there is no Rasa here: make rasa, or set OTKLIK_RASA")


@pytest.fixture(scope="module")
def topics() -> dict[str, list[str]]:
    """Ten of the shipped topics, far from each other, with their phrasings."""
    base = load(SHIPPED)
    found: dict[str, list[str]] = {}
    for phrasing in phrasings(base):
        found.setdefault(phrasing.topic, []).append(phrasing.text)
    first_of_area = {base.topics[topic].area: topic for topic in reversed(found)}
    return {topic: found[topic] for topic in list(first_of_area.values())[:TOPICS]}


@pytest.fixture(scope="module")
def trained(topics: dict[str, list[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model. The last phrasing of each topic is kept from it."""
    folder = tmp_path_factory.mktemp("rasa")
    for name, text in files({topic: texts[:-1] for topic, texts in topics.items()}, HOSTILE).items():
        (folder / name).write_text(text, encoding="utf-8")
    command = (
        f"{RASA} train nlu --config config.yml --nlu nlu.yml --domain domain.yml --out . --fixed-model-name otklik"
    )
    subprocess.run(command.split(), check=True, cwd=folder, env=ENVIRONMENT, timeout=PATIENCE_S)
    return folder


@pytest.fixture(scope="module")
def log(trained: Path) -> Path:
    return trained / "server.log"


@pytest.fixture(scope="module")
def url(trained: Path, log: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = f"{RASA} run --quiet --enable-api --model otklik.tar.gz -i 127.0.0.1 -p {port}"
    with (
        log.open("wb") as output,
        subprocess.Popen(command.split(), cwd=trained, env=ENVIRONMENT, stdout=output, stderr=output) as server,
    ):
        yield f"http://127.0.0.1:{port}"
        server.terminate()


@pytest.fixture
async def reader(url: str) -> AsyncIterator[RasaReader]:
    server = RasaServer(url, 10)
    async with asyncio.timeout(PATIENCE_S):
        while not await is_ready(server):
            await asyncio.sleep(0.5)
    yield RasaReader(server.parse, time.monotonic)
    await server.close()


async def is_ready(server: RasaServer) -> bool:
    try:
        return bool(await server.parse("баланс"))
    except RasaDown:
        return False


async def test_it_reads_our_questions_and_keeps_them_out_of_its_log(
    topics: dict[str, list[str]], reader: RasaReader, log: Path
) -> None:
    """As `scripts/rasa serve` starts it."""
    known = {OUT_OF_SCOPE, *map(intent_of, topics)}
    learnt = [(intent_of(topic), texts[0]) for topic, texts in topics.items()]
    new = [(intent_of(topic), texts[-1]) for topic, texts in topics.items()]
    rankings = await reader.read([text for _, text in [*learnt, *new]], known)
    first = [max(shares(ranking).items(), key=lambda each: each[1])[0] for ranking in rankings]
    right = [found == wanted for found, (wanted, _) in zip(first, [*learnt, *new], strict=True)]
    assert sum(right[:TOPICS]) >= TOPICS - 1
    assert sum(right[TOPICS:]) >= TOPICS // 2
    assert all(set(shares(ranking)) <= known for ranking in rankings)
    written = await asyncio.to_thread(log.read_bytes)
    assert not [text for _, text in [*learnt, *new] if text.encode() in written]
    assert b"\\u04" not in written
