"""The stand-in itself: it starts and stops, gives out phones, tells what it was asked, and fails on demand."""

from typing import Self

from aiohttp import web

from standins.faults import Fault, Faults, How, Trouble
from standins.vk.access import Access
from standins.vk.callback import Callback
from standins.vk.community import Community
from standins.vk.errors import Json
from standins.vk.events import Events
from standins.vk.longpoll import LongPoll
from standins.vk.messages import Messages
from standins.vk.methods import Answer, Methods
from standins.vk.phone import Phone
from standins.vk.routes import Routes
from standins.vk.rules import Params
from standins.vk.uploads import Uploads
from standins.vk.world import Chat, World

TOKEN = "vk1.a.STAND-IN-token-of-no-real-community"
GROUP = 222_333_444
TROUBLES = {
    Trouble.LIMIT: Fault(How.STATUS, 6),
    Trouble.SERVER_ERROR: Fault(How.PAGE, 502),
    Trouble.GARBAGE: Fault(How.GARBAGE),
    Trouble.HANG: Fault(How.HANG),
    Trouble.RESET: Fault(How.DROP_BEFORE),
    Trouble.BLOCKED: Fault(How.STATUS, 901),
}


class StandInVk:
    """An async context manager. `port=0` takes a free port; a fixed one lets a server come back after `stop`.

    `access.calls_a_second` (0: any number) and `world.scopes`, the rights of the token, can be changed at any time.
    """

    def __init__(self, token: str = TOKEN, group_id: int = GROUP, *, port: int = 0) -> None:
        self.token = token
        self.group_id = group_id
        self.url = ""
        self.world = World(group_id)
        self.access = Access(token)
        self.longpoll = LongPoll(self.world.pulse)
        self.callback = Callback(group_id, self.world.pulse)
        self.events = Events(group_id, self.longpoll, self.callback)
        self._messages = Messages(self.world, self.events)
        self.uploads = Uploads(self.world)
        methods = Methods(self._messages, Community(self.world, self.longpoll, self.callback), self.uploads)
        self._faults = Faults("messages.send")
        self._routes = Routes(self.world, self.access, self._faults, methods, self.longpoll, self.uploads)
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()
        await self.callback.close()

    async def start(self) -> None:
        self._routes.stopping.clear()
        self._runner = web.AppRunner(self._routes.app(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        self.url = self.world.url = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        """Nobody listens on the port any more; what was said stays."""
        self._routes.stopping.set()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    @property
    def sent(self) -> list[Json]:
        """What the bot sent, as the messages they became."""
        return self._messages.sent

    def phone(self, user_id: int, name: str = "Test Subscriber") -> Phone:
        chat = self.world.chats.setdefault(user_id, Chat(user_id, name))
        return Phone(self.world, self.events, chat)

    def called(self, method: str) -> list[Params]:
        return [call.params for call in self._routes.calls if call.method == method]

    def fail_next(
        self, method: str, how: How = How.STATUS, *, status: int = 10, description: str = "", times: int = 1
    ) -> None:
        """The next `times` calls of the method fail. `status` is VK's code, for a page the one of HTTP.

        Not methods, but they fail as well: "longpoll" (its status is what "failed" says), "upload", "file".
        """
        self._faults.add(method, Fault(how, status, description=description), times)

    def answer_with(self, method: str, answer: Answer) -> None:
        """From now on the method gives what `answer` gives."""
        self._routes.answers[method] = answer

    def trouble(self, trouble: Trouble | None, *, every: int = 1) -> None:
        self._faults.stand(TROUBLES.get(trouble) if trouble else None, every)
        self.access.is_good = trouble is not Trouble.DEAD_TOKEN
        self.events.trouble(trouble)

    def revoke_token(self) -> None:
        self.access.is_good = False

    def expire_key(self) -> None:
        """Readers of the long poll need a new key; their position stays good."""
        self.longpoll.expire_key()

    def lose_history(self) -> None:
        """What waits in the long poll is forgotten: a reader behind it is told the new position."""
        self.longpoll.lose_history()

    def lose_all(self) -> None:
        """Key and position of the long poll are worth nothing any more."""
        self.longpoll.lose_all()
