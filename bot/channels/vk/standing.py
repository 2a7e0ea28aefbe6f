"""What VK says of our community now, for `Channel.inspect`. Asks and changes nothing."""

from collections.abc import Iterator, Sequence

from bot.channels.channel import Standing
from bot.channels.vk.community import RIGHTS, Community, Group, Server, unconfirmed

HOOK_IT = "to do it now: otklik webhook set --channel vk"


async def standing(community: Community, group: Group, *, mode: str, address: str) -> Standing:
    """Raises SendError."""
    rights = await community.rights()
    faults = list(_lacking(rights))
    if "manage" not in rights:  # without it VK tells nothing of the settings
        return Standing(group.title, faults=tuple(faults))
    server = await community.server()
    if mode == "webhook":
        faults += _webhook(server, address)
    elif not await community.hears_long_poll():
        faults.append("vk: Long Poll is off or tells too little; the bot switches it on when it starts: start it once")
    return Standing(group.title, server.url if server else "", tuple(faults))


def _lacking(rights: Sequence[str]) -> Iterator[str]:
    lacking = [right for right in RIGHTS if right not in rights]
    if lacking:
        yield (
            f"vk: the token lacks the rights: {', '.join(lacking)}; make one with them in the community's settings, "
            "API usage, and put it into OTKLIK_VK_TOKEN"
        )


def _webhook(server: Server | None, address: str) -> Iterator[str]:
    if server is None:
        yield f"vk: no callback server of ours is set, and the bot hears nothing. It sets one when it starts; {HOOK_IT}"
    elif server.url != address:
        yield f"vk: VK calls {server.url}, not {address}; mend channels.vk.public_url, or {HOOK_IT}"
    elif server.status != "ok":
        yield unconfirmed(server.url)
