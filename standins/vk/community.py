"""The methods groups.*: who the community is, and how events leave it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from standins.vk.callback import Callback, Server
from standins.vk.errors import Json, invalid, refused
from standins.vk.kinds import KINDS, switches
from standins.vk.longpoll import LongPoll
from standins.vk.rules import Params
from standins.vk.world import World

SCOPES = {"stories": 1, "photos": 4, "app_widget": 64, "messages": 4096, "docs": 131_072, "manage": 262_144}
ADMIN = 1  # who made the servers
MAX_SERVERS = 10
MAX_TITLE = 14
MAX_SECRET = 50


@dataclass(slots=True)
class Community:
    world: World
    longpoll: LongPoll
    callback: Callback

    async def get_by_id(self, _params: Params) -> Json:
        return {"groups": [self.world.group], "profiles": []}

    async def get_token_permissions(self, _params: Params) -> Json:
        held = {name: bit for name, bit in SCOPES.items() if name in self.world.scopes}
        told = [{"name": name, "setting": bit} for name, bit in held.items()]
        return {"mask": sum(held.values()), "permissions": told}

    async def get_long_poll_server(self, params: Params) -> Json:
        self._check_group(params)
        if not self.longpoll.enabled:
            raise invalid("longpoll for this group is not enabled")
        server = f"{self.world.url}/whp/{self.world.group_id}"
        return {"key": self.longpoll.key, "server": server, "ts": str(self.longpoll.end)}

    async def get_long_poll_settings(self, params: Params) -> Json:
        self._check_group(params)
        poll = self.longpoll
        return {"api_version": poll.api_version, "is_enabled": poll.enabled, "events": switches(poll.kinds)}

    async def set_long_poll_settings(self, params: Params) -> int:
        self._check_group(params)
        enabled = params.flag("enabled")
        self.longpoll.enabled = self.longpoll.enabled if enabled is None else enabled
        self.longpoll.api_version = params.text("api_version") or self.longpoll.api_version
        self.longpoll.kinds = _switched(self.longpoll.kinds, params)
        return 1

    async def get_callback_confirmation_code(self, params: Params) -> Json:
        self._check_group(params)
        return {"code": self.callback.code}

    async def get_callback_servers(self, params: Params) -> Json:
        self._check_group(params)
        asked = set(params.integers("server_ids")) or self.callback.servers.keys()
        items = [server.shape(ADMIN) for server in self.callback.servers.values() if server.id in asked]
        return {"count": len(items), "items": items}

    async def add_callback_server(self, params: Params) -> Json:
        self._check_group(params)
        url, title, secret = _place(params)
        if len(self.callback.servers) >= MAX_SERVERS:
            raise refused(2000)
        return {"server_id": self.callback.add(url, title, secret).id}

    async def edit_callback_server(self, params: Params) -> int:
        """A changed server must be confirmed again."""
        server = self._server(params)
        server.url, server.title, server.secret = _place(params)
        self.callback.confirm(server)
        return 1

    async def delete_callback_server(self, params: Params) -> int:
        del self.callback.servers[self._server(params).id]
        return 1

    async def get_callback_settings(self, params: Params) -> Json:
        server = self._server(params)
        return {"api_version": server.api_version, "events": switches(server.kinds)}

    async def set_callback_settings(self, params: Params) -> int:
        server = self._server(params)
        server.api_version = params.text("api_version") or server.api_version
        server.kinds = _switched(server.kinds, params)
        return 1

    def _check_group(self, params: Params) -> None:
        if params.integer("group_id") != self.world.group_id:
            raise refused(15, "no access to this group")

    def _server(self, params: Params) -> Server:
        self._check_group(params)
        server = self.callback.servers.get(params.integer("server_id"))
        if server is None:
            raise invalid("server_id is invalid")
        return server


def _place(params: Params) -> tuple[str, str, str]:
    """Where to post, the server's title, and the secret."""
    url, title, secret = params.required("url"), params.required("title"), params.text("secret_key")
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise invalid("url is invalid")
    if len(title) > MAX_TITLE:
        raise invalid(f"title should be not greater than {MAX_TITLE} letters length")
    if len(secret) > MAX_SECRET or not all(sign.isascii() and sign.isalnum() for sign in secret):
        raise invalid("secret_key is invalid")
    return url, title, secret


def _switched(kinds: set[str], params: Params) -> set[str]:
    """Kinds that are not named stay as they are."""
    named = {kind: params.flag(kind) for kind in KINDS if params.flag(kind) is not None}
    return (kinds | {kind for kind, on in named.items() if on}) - {kind for kind, on in named.items() if not on}
