"""A stand-in for Telegram: the Bot API on a free loopback port, and the phones of subscribers who write to the bot.

    async with StandInTelegram() as telegram:
        channel = TelegramChannel(TelegramSettings(api=telegram.url), telegram.token)
        phone = telegram.phone(42, "Test Subscriber")
        await phone.write("Как узнать баланс?")
        answer = await phone.hears(lambda seen: "баланс" in seen.text)
        await phone.press(answer.buttons[0])

It keeps the documented rules (long polling with offsets, webhooks repeated until 200, limits of texts, buttons
and files, HTML entities, exact error bodies) and misbehaves on demand: see `StandInTelegram.fail_next`.
"""

from standins.faults import How
from standins.telegram.phone import Phone, Seen, SeenFile
from standins.telegram.server import StandInTelegram

__all__ = ["How", "Phone", "Seen", "SeenFile", "StandInTelegram"]
