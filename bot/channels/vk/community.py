"""Our community at VK: who we are, what its Long Poll and its callback server are set to. Raises SendError; what VK
answers in another shape than documented is Uncertain."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.channels.vk.client import API_VERSION, Client
from bot.channels.vk.errors import TokenRefused
from bot.channels.vk.parse import EVENTS
from bot.errors import Uncertain, Unreachable

TITLE = "otklik"  # of our callback server among the community's up to ten; VK allows 14 characters
CONFIRMATION_LOOKS = 10
CONFIRMATION_PAUSE_S = 0.5
RIGHTS = ("messages", "photos", "docs", "manage")


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    screen_name: str

    @property
    def title(self) -> str:
        own = f"club{self.id}"
        return own if self.screen_name in ("", own) else f"{own} {self.screen_name}"


@dataclass(frozen=True, slots=True)
class Server:
    """One callback server. `status`: unconfigured, wait, ok or failed."""

    id: int
    title: str
    url: str
    status: str
    secret: str = field(repr=False)


class Community:
    """`id` is empty until `identify`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.id = ""

    async def identify(self) -> Group:
        found = await self._client.call("groups.getById")
        groups = found.get("groups") if isinstance(found, dict) else found
        group = groups[0] if isinstance(groups, list) and groups else None
        if not isinstance(group, dict) or type(group.get("id")) is not int:
            raise TokenRefused(
                "vk: the token is not a community's; make one in its settings, API usage (OTKLIK_VK_TOKEN)"
            )
        self.id = str(group["id"])
        return Group(self.id, str(group.get("screen_name", "")))

    async def rights(self) -> Sequence[str]:
        found = _object(await self._client.call("groups.getTokenPermissions"), "groups.getTokenPermissions")
        parts = found.get("permissions")
        return [part["name"] for part in parts if "name" in part] if isinstance(parts, list) else []

    async def hears_long_poll(self) -> bool:
        """Whether Long Poll is on and tells all we need in the version we read."""
        found = await self._settings("groups.getLongPollSettings")
        return bool(found.get("is_enabled")) and _is_complete(found)

    async def open_long_poll(self) -> None:
        """Events of others stay as they are."""
        if not await self.hears_long_poll():
            await self._set("groups.setLongPollSettings", enabled=1)

    async def confirmation(self) -> str:
        """What a callback server answers to be ours."""
        method = "groups.getCallbackConfirmationCode"
        code = _object(await self._client.call(method, group_id=self.id), method).get("code")
        if not isinstance(code, str) or not code:
            raise Uncertain(f"vk: {method} gives no code")
        return code

    async def server(self) -> Server | None:
        """Ours, whatever address it has."""
        method = "groups.getCallbackServers"
        items = _object(await self._client.call(method, group_id=self.id), method).get("items")
        found = [_server(item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        return next((server for server in found if server.title == TITLE), None)

    async def set_server(self, url: str, secret: str) -> None:
        """Makes or mends ours; VK confirms a changed one at once, so we must be able to answer."""
        server = await self.server()
        wanted: dict[str, str | int] = {"group_id": self.id, "url": url, "title": TITLE, "secret_key": secret}
        if server is None:
            method = "groups.addCallbackServer"
            made = _object(await self._client.call(method, **wanted), method).get("server_id")
            if type(made) is not int:
                raise Uncertain(f"vk: {method} gives no server_id")
            number = made
        else:
            number = server.id
            if (server.url, server.secret, server.status) != (url, secret, "ok"):
                await self._client.call("groups.editCallbackServer", server_id=number, **wanted)
        if not _is_complete(await self._settings("groups.getCallbackSettings", server_id=number)):
            await self._set("groups.setCallbackSettings", server_id=number)

    async def await_confirmation(self) -> None:
        """VK asks our address for the confirmation by now; an address it cannot reach brings nothing."""
        for _ in range(CONFIRMATION_LOOKS):
            server = await self.server()
            if server is None or server.status in ("ok", "failed"):
                break
            await asyncio.sleep(CONFIRMATION_PAUSE_S)
        if server and server.status == "failed":
            raise Unreachable(unconfirmed(server.url))

    async def delete_server(self) -> None:
        if server := await self.server():
            await self._client.call("groups.deleteCallbackServer", group_id=self.id, server_id=server.id)

    async def _settings(self, method: str, **which: int) -> Mapping[str, Any]:
        return _object(await self._client.call(method, group_id=self.id, **which), method)

    async def _set(self, method: str, **which: int) -> None:
        wanted = dict.fromkeys(EVENTS, 1)
        await self._client.call(method, group_id=self.id, api_version=API_VERSION, **which, **wanted)


def unconfirmed(url: str) -> str:
    return f"vk: {url} was not confirmed by VK; it must be reachable from the internet over https and lead to this bot"


def _is_complete(settings: Mapping[str, Any]) -> bool:
    events = settings.get("events")
    told = events if isinstance(events, dict) else {}
    return settings.get("api_version") == API_VERSION and all(told.get(kind) for kind in EVENTS)


def _server(item: Mapping[str, Any]) -> Server:
    number = item.get("id")
    if type(number) is not int:
        raise Uncertain("vk: groups.getCallbackServers tells a server without an id")
    texts = (str(item.get(name, "")) for name in ("title", "url", "status", "secret_key"))
    return Server(number, *texts)


def _object(found: object, method: str) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise Uncertain(f"vk: the answer to {method} is not an object")
    return found
