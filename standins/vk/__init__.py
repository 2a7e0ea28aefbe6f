"""A stand-in for VK: the API of a community on a free loopback port, and the phones of subscribers who write to it.

    async with StandInVk() as vk:
        phone = vk.phone(42, "Test Subscriber")
        await phone.write("Как узнать баланс?")
        answer = await phone.hears(lambda seen: "баланс" in seen.text)
        await phone.press(answer.buttons[0])

It keeps the documented rules of API 5.199 (Bots Long Poll and Callback API off until they are asked for, confirmation
of servers, `random_id`, 20 calls a second, limits of texts and keyboards, uploads, error bodies) and misbehaves on
demand: see `StandInVk.fail_next` and `StandInVk.trouble`.
"""

from standins.faults import How
from standins.vk.phone import Phone
from standins.vk.seen import Seen, SeenFile
from standins.vk.server import StandInVk

__all__ = ["How", "Phone", "Seen", "SeenFile", "StandInVk"]
