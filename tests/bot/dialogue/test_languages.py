"""Whoever writes in English or Chinese is answered in it, as far as the content goes."""

from dataclasses import replace

import pytest

from knowledge.topic import Translation
from tests.support.knowledge import PRICE, SELL
from tests.support.talk import Talk


def labels(talk: Talk) -> list[str]:
    """On the buttons of the last turn."""
    return [button.text for draft in talk.last.drafts for button in draft.buttons]


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    talk.knowledge.topics[SELL.id] = replace(SELL, translations={"en": Translation("Sell gigabytes", "")})
    talk.knowledge.finds("how do I sell my gigabytes", market_sell=0.9)
    talk.knowledge.finds("what does it cost to sell", market_price=0.9)
    talk.knowledge.finds("как продать", market_sell=0.9)
    talk.knowledge.finds("скільки коштує її продати", market_price=0.9)
    return talk


async def test_translated_topic_is_answered_in_the_language_of_the_question(talk: Talk) -> None:
    greeting, answer = await talk.writes("how do I sell my gigabytes")
    assert greeting == "greeting in en"
    assert answer == "answer market.sell in en"
    assert "button_operator in en" not in labels(talk)


async def test_untranslated_topic_says_so_and_offers_a_person(talk: Talk) -> None:
    *_, answer = await talk.writes("what does it cost to sell")
    assert answer == "answer market.price\n\nonly_in_russian in en"
    assert "button_operator in en" in labels(talk)


async def test_language_we_do_not_speak_is_answered_in_russian_with_a_person(talk: Talk) -> None:
    *_, answer = await talk.writes("скільки коштує її продати")
    assert answer == "answer market.price\n\nonly_in_russian"
    assert "button_operator" in labels(talk)


async def test_language_is_remembered_where_a_message_tells_none(talk: Talk) -> None:
    await talk.writes("how do I sell my gigabytes")
    (reply,) = await talk.writes("ok")
    assert reply.endswith("in en")


async def test_language_follows_the_subscriber(talk: Talk) -> None:
    await talk.writes("how do I sell my gigabytes")
    (answer,) = await talk.writes("как продать")
    assert answer == "answer market.sell"


async def test_offered_topics_carry_their_translated_titles(talk: Talk) -> None:
    talk.knowledge.finds("selling something", market_sell=0.4, market_price=0.3)
    *_, question = await talk.writes("selling something")
    assert question == "clarify in en"
    assert labels(talk) == ["Sell gigabytes", PRICE.title, "button_other in en"]


async def test_news_of_the_queue_is_told_in_the_language(talk: Talk) -> None:
    *_, news = await talk.writes("call me an operator please")
    assert news.startswith("queued_first in en")
