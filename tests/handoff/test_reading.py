"""What the desk shows: the lists, the history with its cursor, the suggestions."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.delivery import SESSION_OVER
from bot.dialogue.conversation import Memory, Reason, Status
from bot.dialogue.ports import Verdict
from bot.messages import Attachment, AttachmentKind, IncomingKind, Receipt
from bot.storage import conversations
from bot.storage.delivery_states import Delivery
from handoff import wording
from handoff.agents import Agent
from handoff.errors import NotFound
from handoff.history import PAGE
from tests.handoff.world import SELL, World, hit

XSS = "<img src=x onerror=alert(1)>"


def test_every_reason_delivery_and_attachment_has_russian_words() -> None:
    assert set(wording.REASONS) == set(Reason)
    assert set(wording.DELIVERIES) == set(Delivery)
    assert set(wording.ATTACHMENTS) == set(AttachmentKind)


async def test_the_queue_is_ordered_by_waiting_and_shows_who_waits_why_and_with_what(world: World) -> None:
    agent = await world.agent()
    first = await world.queued("  где мои\n деньги ", chat="1", name="Первый")
    world.clock.advance(10)
    await world.queued("как продать гигабайты", chat="2", name="")
    lists = await world.reader.queue(agent)
    assert [(entry.place, entry.name, entry.words) for entry in lists.queue] == [
        (1, "Первый", "где мои деньги"),
        (2, "Без имени", "как продать гигабайты"),
    ]
    entry = lists.queue[0]
    assert (entry.id, entry.channel, entry.reason) == (first, "Telegram", "Просит специалиста")
    assert entry.waiting_since == (await world.conversation(first)).queued_at


async def test_held_conversations_are_mine_or_a_colleagues(world: World) -> None:
    agent, other = await world.agent("agent", "Специалист Первый"), await world.agent("other", "Специалист Второй")
    conversation_id = await world.queued()
    await world.desk.take(agent, conversation_id)
    mine, theirs = await world.reader.queue(agent), await world.reader.queue(other)
    assert [entry.id for entry in mine.mine] == [conversation_id]
    assert not mine.others
    assert [(entry.id, entry.holder) for entry in theirs.others] == [(conversation_id, "Специалист Первый")]


async def test_a_held_conversation_waits_from_the_first_message_without_an_answer(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    world.clock.advance(30)
    taken_at = world.clock.now()
    await world.desk.take(agent, conversation_id)
    assert (await world.reader.queue(agent)).mine[0].waiting_since == taken_at
    await world.desk.reply(agent, conversation_id, text="Здравствуйте!", client_key="key-0001")
    assert (await world.reader.queue(agent)).mine[0].waiting_since is None
    world.clock.advance(30)
    asked_at = world.clock.now()
    await world.writes("а когда?")
    world.clock.advance(30)
    await world.writes("вы тут?")
    assert (await world.reader.queue(agent)).mine[0].waiting_since == asked_at


async def test_long_words_are_cut_and_a_bare_attachment_is_named(world: World) -> None:
    agent = await world.agent()
    await world.queued("слово " * 100, chat="1")
    conversation_id = await world.queued(chat="2")
    await world.writes(chat="2", attachments=(Attachment(AttachmentKind.VOICE, "ref"),))
    long, voice = (await world.reader.queue(agent)).queue
    assert len(long.words) <= 140
    assert long.words.endswith("…")
    assert (voice.id, voice.words) == (conversation_id, "Голосовое сообщение")


async def test_the_history_shows_everybody_and_escapes_everything(world: World) -> None:
    agent = await world.agent("agent", "Специалист Первый")
    await world.writes(kind=IncomingKind.START, name=XSS)
    await world.handle(1, Verdict("answer"))
    conversation_id = await world.queued(XSS + "\nвторая строка", name=XSS)
    await world.bot_says(conversation_id, "**Жирно** " + XSS, "Кнопка " + XSS)
    await world.desk.take(agent, conversation_id)
    await world.desk.reply(agent, conversation_id, text="**не жирно** " + XSS, client_key="key-0001")
    opened = await world.reader.history(agent, conversation_id)
    start, question, bot, _, reply = opened.messages
    assert (start.note, start.html) == ("Абонент открыл чат", "")
    assert question.html == "&lt;img src=x onerror=alert(1)&gt;<br>вторая строка"
    assert bot.html.startswith("<p><strong>Жирно</strong> &lt;img")
    assert bot.buttons == ("Кнопка " + XSS,)
    assert reply.html.startswith("<p>**не жирно** &lt;img")
    assert (reply.author, reply.name, reply.key) == ("agent", "Специалист Первый", "key-0001")
    assert opened.conversation.mine
    assert not any("<img" in message.html for message in opened.messages)


async def test_the_bots_decision_stands_under_the_message_it_decided_on(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.writes("куда деть гиги")
    await world.handle(conversation_id, Verdict("answer", SELL.id, 0.923))
    await world.writes("эм")
    await world.handle(conversation_id, Verdict("clarify", "", 0.41))
    await world.writes("удалённое")
    await world.handle(conversation_id, Verdict("answer", "gone.topic", 0.7))
    await world.queued()
    shown = [message.decision for message in (await world.reader.history(agent, conversation_id)).messages]
    assert shown == [
        "Бот ответил: Как продать гигабайты · 92 %",
        "Бот уточнил вопрос · 41 %",
        "Бот ответил: удалённая тема · 70 %",
        "Бот позвал специалиста",
    ]


async def test_attachments_have_an_address_when_there_are_bytes_and_text_when_there_is_text(world: World) -> None:
    agent = await world.agent()
    await world.writes(
        attachments=(
            Attachment(AttachmentKind.PHOTO, "ref"),
            Attachment(AttachmentKind.DOCUMENT, "ref", name=XSS),
            Attachment(AttachmentKind.LOCATION, text="55.75, 37.61"),
        )
    )
    await world.handle(1, Verdict("answer"))
    conversation_id = await world.queued()
    photo, document, location = (await world.reader.history(agent, conversation_id)).messages[0].attachments
    assert (photo.title, photo.url) == ("Фото", "/desk/attachments/1/0")
    assert (document.title, document.url) == (XSS, "/desk/attachments/1/1")
    assert (location.title, location.text, location.url) == ("Место на карте", "55.75, 37.61", "")


async def test_a_file_that_is_kept_has_an_address_and_one_that_we_were_refused_says_why(world: World) -> None:
    agent = await world.agent()
    kept = Attachment(AttachmentKind.PHOTO, name="a.png", kept="a" * 64 + "/" + "b" * 32)
    lost = [Attachment(AttachmentKind.VIDEO, "ref", refused=why) for why in (*wording.NOT_KEPT, "a new reason")]
    conversation_id = await world.queued()
    await world.writes(attachments=(kept, *lost))
    opened = await world.reader.history(agent, conversation_id)
    first, *others = opened.messages[-1].attachments
    assert (first.url, first.fault) == (f"/desk/attachments/{opened.messages[-1].id}/0", "")
    assert {each.url for each in others} == {""}
    assert [each.fault for each in others] == [*wording.NOT_KEPT.values(), "Файл не сохранён"]
    with pytest.raises(NotFound):
        await world.reader.attachment(agent, opened.messages[-1].id, 1)


async def test_a_receipt_of_the_messenger_is_shown(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    message_id = await world.bot_says(conversation_id, "ответ")
    await world.delivered(conversation_id)
    for receipt, words in ((Receipt.DELIVERED, "Доставлено"), (Receipt.READ, "Прочитано")):
        before = (await world.reader.history(agent, conversation_id)).cursor
        await world.reported(message_id, receipt)
        news = await world.reader.history(agent, conversation_id, after=before)
        assert [(each.delivery, each.delivery_text) for each in news.messages] == [(receipt.value, words)]


async def test_a_message_after_the_end_of_a_session_says_who_must_write_first(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued(channel="vk")
    await world.failed(await world.bot_says(conversation_id, "ответ"), SESSION_OVER)
    words = "Сеанс ВКонтакте истёк: абонент должен написать первым"
    assert (await world.reader.history(agent, conversation_id)).messages[-1].delivery_text == words
    assert (await world.reader.undelivered())[0].state == words


async def test_a_message_whose_delivery_changed_comes_again_after_the_cursor(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await world.bot_says(conversation_id, "ответ")
    opened = await world.reader.history(agent, conversation_id)
    assert opened.messages[-1].delivery_text == "Ждёт отправки"
    await world.delivered(conversation_id)
    news = await world.reader.history(agent, conversation_id, after=opened.cursor)
    assert [(message.id, message.delivery_text) for message in news.messages] == [
        (opened.messages[-1].id, "Отправлено")
    ]
    assert not (await world.reader.history(agent, conversation_id, after=news.cursor)).messages


async def test_a_long_history_is_read_backwards_page_by_page(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    for number in range(2 * PAGE):
        await world.bot_says(conversation_id, str(number))
    seen: list[int] = []
    page = await world.reader.history(agent, conversation_id)
    while page.more:
        seen = [message.id for message in page.messages] + seen
        page = await world.reader.history(agent, conversation_id, before=seen[0])
    seen = [message.id for message in page.messages] + seen
    assert seen == list(range(1, 2 * PAGE + 2))


async def test_many_changes_after_a_cursor_come_in_pages_without_a_gap(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    cursor = (await world.reader.history(agent, conversation_id)).cursor
    for number in range(PAGE + 5):
        await world.bot_says(conversation_id, str(number))
    first = await world.reader.history(agent, conversation_id, after=cursor)
    second = await world.reader.history(agent, conversation_id, after=first.cursor)
    assert first.more
    assert not second.more
    assert len({message.id for message in first.messages + second.messages}) == PAGE + 5


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["writes", "says", "delivers", "looks"]), max_size=25))
async def test_whoever_asks_after_the_cursor_knows_what_a_fresh_look_shows(world: World, acts: list[str]) -> None:
    agent = await world.stored_agent("anna") if world.changed else await world.agent()
    conversation_id = await world.queued(chat=str(len(world.changed)))
    chat = (await world.conversation(conversation_id)).sender.chat_id
    known: dict[int, object] = {}
    cursor = None
    for act in [*acts, "looks"]:
        match act:
            case "writes":
                await world.writes("вопрос", chat=chat)
            case "says":
                await world.bot_says(conversation_id, "ответ")
            case "delivers":
                await world.delivered(conversation_id)
            case "looks":
                news = await world.reader.history(agent, conversation_id, after=cursor)
                known |= {message.id: message for message in news.messages}
                cursor = news.cursor
    fresh = await world.reader.history(agent, conversation_id)
    assert known == {message.id: message for message in fresh.messages}


async def test_suggestions_answer_the_last_question_and_not_the_call_for_a_person(world: World) -> None:
    agent = await world.agent()
    world.knowledge.hits = [hit(f"market.{number}", f"Тема {number}", 0.9 - number / 10) for number in range(5)]
    await world.writes("как продать гигабайты на маркете")
    await world.handle(1, Verdict("clarify"))
    conversation_id = await world.queued("позовите оператора")
    suggested = await world.reader.suggestions(agent, conversation_id)
    assert world.knowledge.asked == ["как продать гигабайты на маркете"]
    assert [(each.title, each.probability) for each in suggested] == [("Тема 0", 0.9), ("Тема 1", 0.8), ("Тема 2", 0.7)]
    assert suggested[0].text.startswith("Откройте Маркет.\n\n1. Укажите объём.")
    assert suggested[0].html.startswith("<p>Откройте <strong>Маркет</strong>.</p><ol>")


async def test_without_a_question_in_sight_the_one_the_bot_remembers_is_searched(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued("позовите оператора")
    async with world.database.work() as connection:
        before = await conversations.load(connection, conversation_id)
        after = replace(before, memory=Memory(question="где посмотреть остаток минут"))
        await conversations.save(connection, before, after, world.clock.now())
    await world.reader.suggestions(agent, conversation_id)
    assert world.knowledge.asked == ["где посмотреть остаток минут"]


async def test_nothing_is_searched_when_nothing_was_asked(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued("позовите оператора")
    assert await world.reader.suggestions(agent, conversation_id) == []
    assert world.knowledge.asked == []


async def test_dead_letters_say_what_happened_and_never_what_was_written(world: World) -> None:
    await world.agent()
    conversation_id = await world.writes("вопрос")
    await world.failed(await world.bot_says(conversation_id, "тайный ответ"))
    (letter,) = await world.reader.undelivered()
    assert (letter.conversation_id, letter.channel, letter.state) == (conversation_id, "Telegram", "Не доставлено")
    assert letter.error == "chat not found"
    assert "тайный" not in repr(letter)


async def test_the_header_says_who_answers_now(world: World) -> None:
    agent, other = await world.agent("agent", "Специалист Первый"), await world.agent("other", "Специалист Второй")

    async def status(who: Agent) -> str:
        return (await world.reader.header(who, conversation_id)).status_text

    conversation_id = await world.queued()
    assert await status(agent) == "Ждёт специалиста"
    await world.desk.take(agent, conversation_id)
    assert (await status(agent), await status(other)) == ("Ведёте вы", "Ведёт Специалист Первый")
    await world.desk.reply(agent, conversation_id, text="Готово.", client_key="key-0001")
    await world.desk.return_to_bot(agent, conversation_id)
    assert await status(agent) == "Отвечает бот"
    assert (await world.conversation(conversation_id)).status is Status.BOT
