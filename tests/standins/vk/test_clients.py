"""Two client libraries, each through a whole conversation."""

import asyncio
from pathlib import Path

import pytest
from vk_api import ApiError, VkApiGroup, VkUpload
from vk_api.bot_longpoll import VkBotEventType, VkBotLongPoll
from vk_api.execute import VkFunction
from vk_api.keyboard import VkKeyboard
from vkbottle import API, Bot, Callback, DocMessagesUploader, GroupEventType, Keyboard, PhotoMessageUploader
from vkbottle.bot import Message, MessageEvent

from standins.vk import Phone, SeenFile, StandInVk
from standins.vk.phone import PIXEL


def bot_of(api: API) -> Bot:
    """Answers a question, a press, and nothing else."""
    bot = Bot(api=api)

    @bot.on.message(text="Как узнать баланс?")
    async def answer(message: Message) -> None:
        keyboard = Keyboard(inline=True).add(Callback("Спасибо", {"thanks": True})).get_json()
        user = (await api.users.get(user_ids=[message.from_id]))[0]
        await message.answer(f"{user.first_name}, наберите *100#", keyboard=keyboard)

    @bot.on.raw_event(GroupEventType.MESSAGE_EVENT, dataclass=MessageEvent)
    async def answer_press(event: MessageEvent) -> None:
        assert event.object.payload == {"thanks": True}
        await event.show_snackbar("Обращайтесь!")

    return bot


async def test_vkbottle_holds_a_conversation(
    vk: StandInVk, api: API, phone: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # vkbottle writes its position into the working directory
    await api.groups.set_long_poll_settings(group_id=vk.group_id, enabled=True, message_new=True, message_event=True)
    running = asyncio.create_task(bot_of(api).run_polling())
    try:
        await phone.sees(lambda _: bool(vk.called("groups.getLongPollServer")))
        await phone.write("Как узнать баланс?")
        seen = await phone.hears("*100#")
        assert seen.text.startswith("Test, ")
        await phone.press(seen.buttons[0])
        await phone.sees(lambda phone: not phone.spinning)
        assert phone.chat.snackbars == ["Обращайтесь!"]
        vk.expire_key()
        await phone.write("Как узнать баланс?")
        await phone.hears("*100#")
        vk.lose_all()
        await phone.sees(lambda _: len(vk.called("groups.getLongPollServer")) == 3)
        await phone.write("Как узнать баланс?")
        await phone.hears("*100#")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_vkbottle_sends_files(api: API, phone: Phone) -> None:
    await phone.write("Пришлите счёт")
    photo = await PhotoMessageUploader(api).upload(PIXEL, peer_id=42)
    document = await DocMessagesUploader(api).upload(b"%PDF-1.4 bill", peer_id=42, title="Счёт.pdf")
    await api.messages.send(peer_id=42, random_id=1, message="Вот он", attachment=f"{photo},{document}")
    seen = await phone.hears("Вот он")
    assert seen.attachments == (SeenFile("photo", "photo.jpg", PIXEL), SeenFile("doc", "Счёт.pdf", b"%PDF-1.4 bill"))


def listen(client: VkApiGroup, group_id: int) -> None:
    """A bot on vk_api: answers two messages and a press."""
    client.method("groups.setLongPollSettings", {"group_id": group_id, "enabled": 1, "message_event": 1})
    api, answered = client.get_api(), 0
    poll = VkBotLongPoll(client, group_id, wait=2)
    api.messages.markAsRead(peer_id=42)  # tells the test that the bot listens
    while answered < 3:
        for event in poll.check():
            answered += 1
            if event.type is VkBotEventType.MESSAGE_EVENT:
                api.messages.sendMessageEventAnswer(
                    event_id=event.object.event_id, user_id=event.object.user_id, peer_id=event.object.peer_id
                )
                continue
            keyboard = VkKeyboard(inline=True)
            keyboard.add_callback_button("Спасибо", payload={"thanks": True})
            assert event.from_user
            api.messages.send(
                peer_id=event.message["peer_id"],
                random_id=event.message["id"],
                message=event.message["text"].upper(),
                keyboard=keyboard.get_keyboard(),
            )


async def test_vk_api_holds_a_conversation(vk: StandInVk, blocking: VkApiGroup, phone: Phone) -> None:
    await phone.write("до начала")
    bot = asyncio.create_task(asyncio.to_thread(listen, blocking, vk.group_id))
    await phone.sees(lambda phone: phone.chat.is_read)
    await phone.write("привет")
    await phone.hears("ПРИВЕТ")
    vk.expire_key()
    await phone.press("Спасибо")
    await phone.sees(lambda phone: not phone.spinning)
    vk.lose_history()
    await phone.write("снова")
    await phone.hears("СНОВА")
    await bot


async def test_vk_api_sends_files(blocking: VkApiGroup, phone: Phone, tmp_path: Path) -> None:
    await phone.write("Пришлите счёт")
    picture, bill = tmp_path / "a.jpg", tmp_path / "bill.pdf"
    picture.write_bytes(PIXEL)
    bill.write_bytes(b"%PDF-1.4 bill")

    def send() -> None:
        upload = VkUpload(blocking)
        photo = upload.photo_messages(str(picture), peer_id=42)[0]
        document = upload.document_message(str(bill), title="bill.pdf", peer_id=42)["doc"]
        names = [f"photo{photo['owner_id']}_{photo['id']}", f"doc{document['owner_id']}_{document['id']}"]
        blocking.method("messages.send", {"peer_id": 42, "random_id": 1, "attachment": ",".join(names)})
        upload.http.close()

    await asyncio.to_thread(send)
    seen = await phone.hears()
    assert [file.content for file in seen.attachments] == [PIXEL, b"%PDF-1.4 bill"]


async def test_vk_api_sees_refusals_and_executes(blocking: VkApiGroup, phone: Phone) -> None:
    await phone.write("привет")
    send = VkFunction(
        "return [API.messages.send(%(first)s), API.messages.send(%(second)s)];", ("first", "second"), return_raw=True
    )
    first, second = ({"peer_id": peer, "random_id": peer, "message": "«Да»"} for peer in (42, 43))
    answer = await asyncio.to_thread(send, blocking, first, second)
    assert answer["response"] == [2, False]
    assert [(error["method"], error["error_code"]) for error in answer["execute_errors"]] == [
        ("messages.send", 901),
        ("execute", 901),
    ]
    with pytest.raises(ApiError, match=r"\[100\] .* random_id is a required parameter"):
        await asyncio.to_thread(blocking.method, "messages.send", {"peer_id": 42, "message": "a"})
