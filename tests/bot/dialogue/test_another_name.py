"""A short message that names another country after an answer about one."""

from bot.dialogue.conversation import Memory
from bot.dialogue.decide import Answer, Thresholds
from bot.dialogue.interpret import Interpreter
from bot.dialogue.ports import Received
from bot.messages import IncomingKind
from knowledge.topic import Topic
from tests.support.knowledge import FakeKnowledge

BARE = Topic("roaming.price", "Цены", (), "", about="country")
TURKEY = Topic("roaming.price@турция", "Цены в Турции", (), "", about="country")
EGYPT = Topic("roaming.price@египет", "Цены в Египте", (), "", about="country")


async def decision_on(text: str, last: Topic) -> object:
    knowledge = FakeKnowledge()
    knowledge.topics |= {topic.id: topic for topic in (BARE, TURKEY, EGYPT)}
    received = Received(1, 1, IncomingKind.TEXT, text)
    return await Interpreter(knowledge, Thresholds(0.6, 0.2)).decide(received, Memory(topic=last.id))


async def test_another_name_asks_the_last_question_again() -> None:
    assert await decision_on("египет", TURKEY) == Answer(EGYPT.id, 1.0)


async def test_a_name_answers_which_one_is_meant() -> None:
    assert await decision_on("турция", BARE) == Answer(TURKEY.id, 1.0)
