"""One question outside any conversation."""

import pytest

from bot.dialogue.ask import Asked, ask
from bot.dialogue.interpret import Interpreter
from bot.dialogue.replies import Replies
from tests.support.knowledge import FakeKnowledge
from tests.support.talk import LIMITS


async def asked(text: str) -> Asked:
    knowledge = FakeKnowledge()
    knowledge.finds("как продать гигабайты", market_sell=0.9, market_price=0.1)
    knowledge.finds("украли деньги", fraud_money_stolen=0.9)
    return await ask(text, knowledge, Interpreter(knowledge, LIMITS), Replies(knowledge, ()))


async def test_the_whole_view_of_a_question_is_told() -> None:
    seen = await asked("Здравствуйте, как продать гигабайты")
    assert (seen.decision, seen.topic, seen.confidence) == ("answer", "market.sell", 0.9)
    assert seen.reply == "answer market.sell"
    assert [hit.topic for hit in seen.hits] == ["market.sell", "market.price"]


@pytest.mark.parametrize(
    ("text", "decision", "reply"),
    [
        ("йцукен", "clarify", "clarify_nothing"),
        ("позовите оператора", "escalate", ""),
        ("украли деньги", "escalate", "escalated_topic\n\nanswer fraud.money-stolen"),
        ("спасибо", "answer", "thanks"),
        (" ", "clarify", "clarify_nothing"),
    ],
)
async def test_every_kind_of_question_has_a_decision_and_its_words(text: str, decision: str, reply: str) -> None:
    seen = await asked(text)
    assert (seen.decision, seen.reply) == (decision, reply)
