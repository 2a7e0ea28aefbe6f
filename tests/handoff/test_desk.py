"""What agents do with conversations."""

import asyncio

import pytest
from sqlalchemy import func, select

from bot import markdown
from bot.dialogue.conversation import Reason, Status
from bot.dialogue.ports import Plan, Verdict
from bot.messages import Incoming, IncomingKind, Sender
from bot.storage import conversations, inbox
from bot.storage.records import DatabaseRecords
from bot.storage.tables import messages
from handoff.agents import Role
from handoff.desk import Desk, conversation_for
from handoff.errors import AlreadyTaken, NotFound, NotHeld, WrongStatus
from tests.handoff.world import World


@pytest.fixture
def desk(world: World) -> Desk:
    return world.desk


async def test_of_two_agents_who_take_at_once_exactly_one_gets_the_conversation(world: World, desk: Desk) -> None:
    first, second = await world.agent("first", "Специалист Первый"), await world.agent("second", "Специалист Второй")
    conversation_id = await world.queued()
    outcomes = await asyncio.gather(
        desk.take(first, conversation_id), desk.take(second, conversation_id), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], AlreadyTaken)
    winner = first if outcomes[0] is None else second
    assert refused[0].by == winner.name
    assert winner.name not in str(refused[0])
    assert (await world.conversation(conversation_id)).agent_id == winner.id
    assert await world.said(conversation_id) == [f"agent_joined {winner.name}"]


async def test_taking_twice_greets_once(world: World, desk: Desk) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await desk.take(agent, conversation_id)
    await desk.take(agent, conversation_id)
    assert len(await world.said(conversation_id)) == 1


async def test_a_name_with_markup_reaches_the_subscriber_as_it_is_spelt(world: World, desk: Desk) -> None:
    agent = await world.agent("stars", "Специалист **Звёзды**")
    conversation_id = await world.queued()
    await desk.take(agent, conversation_id)
    (text,) = await world.said(conversation_id)
    assert markdown.to_plain(markdown.parse(text)) == "agent_joined Специалист **Звёзды**"


async def test_the_same_reply_sent_again_is_one_message(world: World, desk: Desk) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await desk.take(agent, conversation_id)
    for _ in range(3):
        await desk.reply(agent, conversation_id, text="Добрый день!", client_key="key-0001")
    assert (await world.said(conversation_id)).count("Добрый день!") == 1


async def test_a_reply_repeated_after_the_close_is_no_error(world: World, desk: Desk) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await desk.take(agent, conversation_id)
    await desk.reply(agent, conversation_id, text="Готово.", client_key="key-0001")
    await desk.close(agent, conversation_id)
    await desk.reply(agent, conversation_id, text="Готово.", client_key="key-0001")
    assert (await world.said(conversation_id)).count("Готово.") == 1


async def test_a_long_reply_goes_in_parts_and_its_repeat_adds_none(world: World, desk: Desk) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await desk.take(agent, conversation_id)
    for _ in range(2):
        await desk.reply(agent, conversation_id, text="о" * 2500, client_key="key-0001")
    assert [len(text) for text in (await world.said(conversation_id))[1:]] == [1000, 1000, 500]


async def test_what_an_agent_types_is_not_markup(world: World, desk: Desk) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await desk.take(agent, conversation_id)
    typed = "1. **Не жирно** [и не ссылка](https://example.org)\n- `и не код`"
    await desk.reply(agent, conversation_id, text=typed, client_key="key-0001")
    stored = (await world.said(conversation_id))[-1]
    assert markdown.to_plain(markdown.parse(stored)) == typed


async def test_only_the_agent_who_holds_a_conversation_replies_in_it(world: World, desk: Desk) -> None:
    holder, other = await world.agent("holder"), await world.agent("other")
    conversation_id = await world.queued()
    with pytest.raises(WrongStatus):
        await desk.reply(holder, conversation_id, text="Рано", client_key="key-0001")
    await desk.take(holder, conversation_id)
    for act in (desk.return_to_bot, desk.close, desk.release):
        with pytest.raises(NotHeld):
            await act(other, conversation_id)
    with pytest.raises(NotHeld):
        await desk.reply(other, conversation_id, text="Чужое", client_key="key-0002")
    assert len(await world.said(conversation_id)) == 1


async def test_the_bot_stores_nothing_once_an_agent_has_taken_the_conversation(world: World, desk: Desk) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await world.writes("ещё вопрос")
    records = DatabaseRecords(world.database, world.clock)
    turn = await records.next_turn(conversation_id)
    assert turn is not None
    before, received = turn
    await desk.take(agent, conversation_id)
    plan = Plan(before.move(Status.BOT, now=world.clock.now()), (), Verdict("answer"))
    assert not await records.finish(before, received, plan)
    assert (await world.conversation(conversation_id)).status is Status.AGENT


async def test_returning_to_the_bot_tells_the_subscriber_and_starts_afresh(world: World, desk: Desk) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await desk.take(agent, conversation_id)
    await desk.return_to_bot(agent, conversation_id)
    conversation = await world.conversation(conversation_id)
    assert (conversation.status, conversation.agent_id, conversation.reason) == (Status.BOT, None, None)
    assert (await world.said(conversation_id))[-1] == "returned_to_bot"


async def test_closing_asks_the_subscriber_whether_it_helped(world: World, desk: Desk) -> None:
    agent = await world.agent()
    held, waiting = await world.queued(chat="1"), await world.queued(chat="2")
    await desk.take(agent, held)
    for conversation_id in (held, waiting):
        await desk.close(agent, conversation_id)
        assert (await world.conversation(conversation_id)).status is Status.CLOSED
        assert (await world.said(conversation_id))[-1] == "closed"
    with pytest.raises((WrongStatus, NotFound)):
        await desk.close(agent, waiting)


async def test_a_released_conversation_waits_again_and_the_subscriber_knows_its_place(world: World, desk: Desk) -> None:
    agent = await world.agent()
    conversation_id = await world.queued(chat="1")
    await desk.take(agent, conversation_id)
    await world.queued(chat="2")
    world.clock.advance(5)
    await desk.release(agent, conversation_id)
    conversation = await world.conversation(conversation_id)
    assert (conversation.status, conversation.agent_id) == (Status.QUEUED, None)
    assert conversation.reason is Reason.ASKED
    assert (await world.said(conversation_id))[-1].startswith("queued_nobody")


async def test_an_administrator_releases_what_an_absent_agent_holds(world: World, desk: Desk) -> None:
    agent, admin = await world.agent("agent"), await world.agent("boss", "Администратор", Role.ADMIN)
    conversation_id = await world.queued()
    await desk.take(agent, conversation_id)
    await desk.release(admin, conversation_id)
    assert (await world.conversation(conversation_id)).status is Status.QUEUED


async def test_every_act_is_announced_after_its_commit_and_a_refused_one_is_not(world: World, desk: Desk) -> None:
    agent, other = await world.agent("agent"), await world.agent("other")
    conversation_id = await world.queued()
    world.changed.clear()
    await desk.take(agent, conversation_id)
    await desk.reply(agent, conversation_id, text="Здравствуйте!", client_key="key-0001")
    with pytest.raises(AlreadyTaken):
        await desk.take(other, conversation_id)
    await desk.close(agent, conversation_id)
    assert world.changed == [conversation_id] * 3


async def test_what_a_subscriber_tells_the_bot_alone_is_not_for_agents(world: World) -> None:
    agent, admin = await world.agent("agent"), await world.agent("boss", "Администратор", Role.ADMIN)
    conversation_id = await world.writes("только боту")
    async with world.database.reading() as connection:
        with pytest.raises(NotFound):
            await conversation_for(connection, agent, conversation_id)
        with pytest.raises(NotFound):
            await conversation_for(connection, admin, 404)
        assert (await conversation_for(connection, admin, conversation_id)).id == conversation_id


async def test_an_agent_may_look_again_at_a_conversation_they_wrote_in(world: World, desk: Desk) -> None:
    agent, other = await world.agent("agent"), await world.agent("other")
    conversation_id = await world.queued()
    await desk.take(agent, conversation_id)
    await desk.reply(agent, conversation_id, text="Готово.", client_key="key-0001")
    await desk.close(agent, conversation_id)
    async with world.database.reading() as connection:
        assert (await conversation_for(connection, agent, conversation_id)).status is Status.CLOSED
        with pytest.raises(NotFound):
            await conversation_for(connection, other, conversation_id)


async def test_a_conversation_with_a_failed_message_may_be_opened(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.writes("вопрос")
    await world.failed(await world.bot_says(conversation_id, "ответ"))
    async with world.database.reading() as connection:
        assert (await conversation_for(connection, agent, conversation_id)).id == conversation_id


async def test_a_subscriber_who_writes_while_an_agent_replies_loses_nothing(world: World, desk: Desk) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await desk.take(agent, conversation_id)

    async def accept(number: int) -> None:
        sender = Sender("telegram", "bot", "1", "")
        incoming = Incoming(f"m{number}", sender, IncomingKind.TEXT, world.clock.now(), text=str(number))
        async with world.database.work() as connection:
            assert await conversations.find_or_create(connection, sender, world.clock.now()) == conversation_id
            await inbox.accept(connection, conversation_id, incoming, world.clock.now())

    replies = [
        desk.reply(agent, conversation_id, text=f"ответ {number}", client_key=f"key-{number:04}")
        for number in range(10)
    ]
    await asyncio.gather(*(accept(number) for number in range(10)), *replies)
    async with world.database.reading() as connection:
        rows = await connection.execute(select(func.count(), func.count(messages.c.change.distinct())))
        assert rows.one() == (22, 22)
