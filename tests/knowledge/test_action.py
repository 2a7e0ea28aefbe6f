"""What a topic wants done beside its answer."""

import pytest

from knowledge.faults import KnowledgeError
from knowledge.loader import load
from knowledge.topic import Action
from tests.knowledge.content import SHIPPED, Content, topic

FILE = "topics/market/selling.yml"


def test_a_topic_may_name_an_action_and_most_name_none(content: Content) -> None:
    content.write(FILE, topic("market.sell", action="link-chats") + topic("market.price"))
    topics = load(content.folder).topics
    assert topics["market.sell"].action is Action.LINK_CHATS
    assert topics["market.price"].action is None


@pytest.mark.parametrize("value", ["link-chat", "показать баланс", "[link-chats]", "7"])
def test_an_action_that_the_bot_does_not_know_is_a_fault_with_its_line(content: Content, value: str) -> None:
    content.write(FILE, topic("market.sell", action=value))
    with pytest.raises(KnowledgeError) as refused:
        load(content.folder)
    assert f"{FILE}:5: action" in str(refused.value)


def test_a_misspelt_action_is_told_the_right_one(content: Content) -> None:
    content.write(FILE, topic("market.sell", action="link-chat"))
    with pytest.raises(KnowledgeError, match="возможно «link-chats»"):
        load(content.folder)


def test_the_shipped_knowledge_has_one_topic_that_links_chats() -> None:
    linking = [each for each in load(SHIPPED).topics.values() if each.action is Action.LINK_CHATS]
    assert [each.id for each in linking] == ["app.link-chats"]
