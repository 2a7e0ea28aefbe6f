"""A stand-in for Viber: the bot API on a free loopback port, and the phones of subscribers who write to the bot.

    async with StandInViber() as viber:
        ...                                          # a bot that calls viber.url with viber.token: set_webhook
        phone = viber.phone("42==", "Test Subscriber")
        await phone.write("Как узнать баланс?")
        answer = await phone.hears("баланс")
        await phone.press(answer.buttons[0])

It keeps the documented rules (signed callbacks repeated until 200, subscription, limits of texts, keyboards and
files, statuses in the body) and misbehaves on demand: see `StandInViber.fail_next`.
"""

from standins.faults import How
from standins.viber.phone import Phone
from standins.viber.screen import Seen
from standins.viber.server import StandInViber
from standins.viber.world import SeenFile

__all__ = ["How", "Phone", "Seen", "SeenFile", "StandInViber"]
