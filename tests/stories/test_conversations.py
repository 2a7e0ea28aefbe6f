"""Whole conversations, word for word the same in every channel."""

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_question_is_answered(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    await subscriber.write("как узнать баланс")
    answer = await subscriber.hears("*105#")
    assert {"Помогло", "Не помогло"} <= set(answer.buttons)


async def test_first_contact_is_greeted_and_offered_topics(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    if not subscriber.heard:
        await subscriber.open()
        await subscriber.hears("Здравствуйте")
    greeting = subscriber.heard[0]
    assert "Как узнать баланс" in greeting.buttons
    await subscriber.press("Как узнать баланс")
    await subscriber.hears("*105#")


async def test_an_unclear_question_is_asked_about_and_the_pressed_button_answers(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    await subscriber.write("роуминг")
    question = await subscriber.hears("?")
    assert 1 <= len(question.buttons) <= 4
    await subscriber.press(question.buttons[0])
    answer = await subscriber.hears("")
    assert "Помогло" in answer.buttons


async def test_it_helped_is_understood(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    await subscriber.write("как узнать баланс")
    await subscriber.hears("*105#")
    await subscriber.press("Помогло")
    await subscriber.hears("")
    assert len(subscriber.heard[-1].buttons) == 0


async def test_two_misses_lead_to_a_person_who_answers_and_closes(stage: Stage, channel: str) -> None:
    agent = await stage.agent("Мария")
    subscriber = await stage.subscriber(channel)
    await subscriber.write("йцукен фывапр")
    await subscriber.hears("")
    await subscriber.write("щшгнекуц ячсмить")
    await subscriber.hears("Вы первые в очереди")

    waiting = await agent.sees_queued()
    assert await agent.take(waiting["id"]) == 200
    await subscriber.hears("Мария")
    assert await agent.reply(waiting["id"], "Здравствуйте! Что случилось <b>у вас</b>?") == 200
    await subscriber.hears("Что случилось <b>у вас</b>?")

    heard = len(subscriber.heard)
    await subscriber.write("как узнать баланс")
    await agent.reply(waiting["id"], "Наберите команду на телефоне.")
    await subscriber.hears("Наберите команду")
    assert len(subscriber.heard) == heard + 1, "the bot spoke while a person had the conversation"

    await agent.close_conversation(waiting["id"])
    closing = await subscriber.hears("Вопрос решён")
    assert "Помогло" in closing.buttons
    texts = [message["html"] for message in await agent.history(waiting["id"])]
    assert any("йцукен" in text for text in texts)


async def test_an_agent_returns_the_conversation_and_the_bot_answers_again(stage: Stage, channel: str) -> None:
    agent = await stage.agent("Ольга")
    subscriber = await stage.subscriber(channel)
    await subscriber.write("позовите оператора")
    await subscriber.hears("очереди")
    waiting = await agent.sees_queued()
    await agent.take(waiting["id"])
    await subscriber.hears("Ольга")
    await agent.return_to_bot(waiting["id"])
    await subscriber.hears("вернул разговор")
    await subscriber.write("как узнать баланс")
    await subscriber.hears("*105#")


async def test_who_changes_their_mind_in_the_queue_gets_the_bot_back(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    await subscriber.write("оператор")
    await subscriber.hears("свободных специалистов сейчас нет")
    await subscriber.press("Вернуться к боту")
    await subscriber.hears("снова с вами")
    await subscriber.write("как узнать баланс")
    await subscriber.hears("*105#")


async def test_of_two_agents_only_one_takes_a_conversation(stage: Stage, channel: str) -> None:
    first, second = await stage.agent("Анна"), await stage.agent("Пётр")
    subscriber = await stage.subscriber(channel)
    await subscriber.write("соедините с человеком")
    await subscriber.hears("очереди")
    waiting = await first.sees_queued()
    results = sorted([await first.take(waiting["id"]), await second.take(waiting["id"])])
    assert results == [200, 409]


async def test_fraud_gets_first_steps_at_once_and_a_person(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    await subscriber.write("мошенники украли деньги")
    await subscriber.hears("Уже зову специалиста")
    await subscriber.hears("Передал ваш вопрос")


async def test_a_short_follow_up_is_understood_in_the_light_of_the_last_topic(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    await subscriber.write("как взять обещанный платеж")
    await subscriber.hears("*122*1#")
    await subscriber.write("а на сколько дней?")
    answer = await subscriber.hears("")
    assert "дн" in answer.text


async def test_thanks_greeting_and_goodbye_are_answered_in_kind(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    await subscriber.write("привет, как узнать баланс")
    await subscriber.hears("*105#")
    for words in ("спасибо", "пока"):
        before = len(subscriber.heard)
        await subscriber.write(words)
        await subscriber.hears("")
        assert len(subscriber.heard) == before + 1


async def test_twenty_messages_at_once_from_one_person_are_answered_in_order(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    wanted = ["как узнать баланс", "как узнать свой номер"] * 10
    for text in wanted:
        await subscriber.write(text)
    for text in wanted:
        await subscriber.hears("*105#" if "баланс" in text else "*201#")
