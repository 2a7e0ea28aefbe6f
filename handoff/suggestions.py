"""What the bot would answer to the subscriber's last question: the agent may send it, mend it or leave it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import markdown
from bot.dialogue.conversation import Conversation
from bot.dialogue.ports import Knowledge
from bot.messages import Author
from bot.storage.tables import messages
from nlu.acts import Act
from nlu.understanding import understand

MOST = 3
MESSAGES_TO_LOOK_BACK = 10
# "Не работает" says little without the "интернет" of the message before it.
FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` goes into the composer, `html` is its preview."""

    topic: str
    title: str
    probability: float
    text: str = field(repr=False)
    html: str = field(repr=False)


async def last_question(connection: AsyncConnection, conversation: Conversation, linked: Collection[int]) -> str:
    """In words fit for the search; empty when the subscriber has asked nothing yet, in any of their conversations."""
    rows = await connection.execute(
        select(messages.c.text)
        .where(
            messages.c.conversation_id.in_(linked),
            messages.c.author == Author.SUBSCRIBER.value,
            messages.c.text != "",
        )
        .order_by(messages.c.id.desc())
        .limit(MESSAGES_TO_LOOK_BACK)
    )
    return _question([*rows.scalars(), conversation.memory.question])


async def suggest(knowledge: Knowledge, question: str) -> list[Suggestion]:
    hits = await knowledge.find(question) if question else ()
    return [_suggestion(knowledge, hit.topic, hit.title, hit.probability) for hit in hits[:MOST]]


def _question(newest_first: Sequence[str]) -> str:
    understood = [understand(text) for text in newest_first if text.strip()]
    queries = [each.query for each in understood if each.act is Act.QUESTION and each.query.strip()]
    if len(queries) > 1 and len(queries[0].split()) < FEWEST_WORDS:
        return f"{queries[1]} {queries[0]}"
    return queries[0] if queries else ""


def _suggestion(knowledge: Knowledge, topic: str, title: str, probability: float) -> Suggestion:
    answer = markdown.parse(knowledge.answer(topic))
    return Suggestion(topic, title, probability, text=markdown.to_plain(answer), html=markdown.to_html(answer))
