"""What a subscriber sees and does."""

import pytest

from standins.viber import How, Phone, SeenFile, StandInViber
from standins.viber.keyboards import label
from tests.standins.viber.conftest import Bot, keyboard


async def test_a_phone_hears_every_message_once(bot: Bot, phone: Phone) -> None:
    for text in ("раз", "два", "три"):
        await bot.send(text)
    assert (await phone.hears(lambda seen: seen.text > "р")).text == "раз"
    assert (await phone.hears("три")).text == "три"
    with pytest.raises(AssertionError, match="heard instead: \\[\\]"):
        await phone.hears(timeout_s=0.01)
    assert [seen.mine for seen in phone.history] == [True, False, False, False]


async def test_the_keyboard_stays_until_another_comes(bot: Bot, phone: Phone) -> None:
    await bot.send("Что выбрать?", keyboard=keyboard("Тарифы", "Роуминг"))
    await bot.send("Без кнопок", sender={"name": "Мария"})
    assert (phone.messages[-1].buttons, phone.messages[-1].sender) == ((), "Мария")
    assert phone.buttons == ("Тарифы", "Роуминг")
    await phone.press("Роуминг")
    assert (await bot.gets("message"))[0]["message"]["text"] == "key:Роуминг"
    assert phone.history[-1].text == "key:Роуминг"
    await bot.call("send_message", receiver=phone.subscriber.id, sender={"name": "Bot"}, keyboard=keyboard("Да"))
    assert (phone.buttons, len(phone.messages)) == (("Да",), 2)
    with pytest.raises(AssertionError, match="sees no button 'Тарифы'"):
        await phone.press("Тарифы")


async def test_a_silent_press_is_told_and_not_shown(bot: Bot, phone: Phone) -> None:
    await bot.send("?", keyboard=keyboard("Да", Silent=True), tracking_data="17")
    await phone.press("Да")
    (pressed,) = await bot.gets("message")
    assert (pressed["silent"], pressed["message"]["tracking_data"]) == (True, "17")
    assert phone.history[-1].text == "?"


@pytest.mark.parametrize(
    ("action", "told"),
    [("none", None), ("open-url", "text"), ("share-phone", "contact"), ("location-picker", "location")],
)
async def test_a_button_does_what_it_is_for(bot: Bot, phone: Phone, action: str, told: str | None) -> None:
    await bot.send(keyboard=keyboard("Да", ActionType=action), min_api_version=3)
    event = await phone.press("Да")
    assert (event["message"]["type"] if event else None) == told


def test_a_label_is_shown_without_its_html() -> None:
    assert label({"Text": '<font color="#7F00FF">Тариф &lt;S&gt; &amp; ещё</font><br/>'}) == "Тариф <S> & ещё"


async def test_pictures_and_files_are_downloaded_and_shown_in_order(bot: Bot, phone: Phone) -> None:
    bot.files = {"a.jpg": b"a picture", "b.pdf": b"a file"}
    await bot.send("снимок", type="picture", media=f"{bot.url}/files/a.jpg")
    await bot.send(None, type="file", media=f"{bot.url}/files/b.pdf?sig=1", size=6, file_name="счёт.pdf")
    await bot.send("Готово")
    await phone.hears("Готово")
    picture, file, text = phone.messages
    assert (picture.text, picture.attachments) == ("снимок", (SeenFile("picture", "a.jpg", b"a picture"),))
    assert file.attachments == (SeenFile("file", "счёт.pdf", b"a file"),)
    assert text.attachments == ()
    assert len(await bot.gets("delivered", 3)) == 3


async def test_a_file_that_cannot_be_had_or_is_too_large_fails(bot: Bot, phone: Phone) -> None:
    bot.files = {"large.jpg": b"x" * 1_048_577}
    await bot.send("раз", type="picture", media=f"{bot.url}/files/large.jpg")
    await bot.send("два", type="picture", media=f"{bot.url}/files/none.jpg")
    await bot.send("три")
    await phone.hears("три")
    assert [seen.text for seen in phone.messages] == ["три"]
    assert {body["desc"] for body in await bot.gets("failed", 2)} == {"picture could not be downloaded"}


async def test_what_a_subscriber_sends_can_be_had_at_its_address(viber: StandInViber, bot: Bot, phone: Phone) -> None:
    await phone.send_document("счёт №1.pdf", b"%PDF-1.7")
    (event,) = await bot.gets("message")
    viber.fail_next("media", How.PAGE, status=404)
    url = event["message"]["media"]
    for status in (404, 200):
        async with bot.session.get(url) as response:
            assert response.status == status
            content = await response.read()
    assert content == b"%PDF-1.7"
    assert phone.history[-1].attachments == (SeenFile("file", "счёт №1.pdf", content),)
    async with bot.session.get(f"{viber.media}/none.pdf") as response:
        assert response.status == 404
