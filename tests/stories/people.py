"""The people of the stories: subscribers in each messenger and an agent at the desk, over the real protocols."""

import asyncio
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Protocol

import httpx
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_S = 15


@dataclass(frozen=True)
class Heard:
    """A message as the subscriber sees it."""

    text: str
    buttons: tuple[str, ...] = ()


class Subscriber(Protocol):
    @property
    def heard(self) -> list[Heard]: ...
    async def open(self) -> None:
        """Opens the chat for the first time, and has written nothing yet."""
        ...

    async def write(self, text: str) -> None: ...
    async def press(self, label: str) -> None: ...
    async def hears(self, part: str) -> Heard:
        """Waits for a message, not heard before, with this in its text."""
        ...


class SeenFile(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def content(self) -> bytes: ...


class Seen(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def buttons(self) -> tuple[str, ...]: ...
    @property
    def attachments(self) -> Sequence[SeenFile]: ...


class Phone(Protocol):
    """What the phones of all stand-ins have in common."""

    @property
    def messages(self) -> Sequence[Seen]: ...
    async def write(self, text: str) -> Any: ...
    async def press(self, button: str) -> Any: ...
    async def hears(self, wanted: str, timeout_s: float) -> Seen: ...
    async def send_photo(self) -> Any: ...
    async def send_document(self) -> Any: ...
    async def send_location(self) -> Any: ...
    async def block(self) -> None: ...
    async def unblock(self) -> None: ...


@dataclass
class PhoneSubscriber:
    """A subscriber in a messenger's stand-in. `open_chat` is what the messenger does when a chat is opened first."""

    phone: Phone
    open_chat: Callable[[], Awaitable[Any]]

    @property
    def heard(self) -> list[Heard]:
        return [_heard(seen) for seen in self.phone.messages]

    async def open(self) -> None:
        await self.open_chat()

    async def write(self, text: str) -> None:
        await self.phone.write(text)

    async def press(self, label: str) -> None:
        await self.phone.press(label)

    async def hears(self, part: str) -> Heard:
        return _heard(await self.phone.hears(part, PATIENCE_S))


def _heard(seen: Seen) -> Heard:
    return Heard(seen.text, tuple(seen.buttons))


@dataclass
class WebSubscriber:
    """A tab of the web chat, as the widget speaks; `url` is the server's."""

    url: str
    token: str = ""
    cursor: int = 0
    heard: list[Heard] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    _keys: dict[str, str] = field(default_factory=dict)
    _unheard: int = 0
    _socket: ClientConnection | None = None
    _reading: asyncio.Task[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> None:
        """The chat of the site greets by itself."""
        self._socket = await connect(self.url.replace("http", "ws") + "/chat/socket")
        await self._send({"type": "hello", "token": self.token, "cursor": self.cursor})
        self._reading = asyncio.create_task(self._read(self._socket))

    async def close(self) -> None:
        """Also when the server has died."""
        if self._socket and self._reading:
            await self._socket.close()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def write(self, text: str, key: str = "") -> None:
        await self._send({"type": "message", "key": key or str(uuid.uuid4()), "text": text})

    async def press(self, label: str) -> None:
        await self._send({"type": "press", "key": str(uuid.uuid4()), "button": self._keys[label]})

    async def hears(self, part: str) -> Heard:
        async def wait() -> Heard:
            while True:
                for place, heard in enumerate(self.heard[self._unheard :], self._unheard):
                    if part in heard.text:
                        self._unheard = place + 1
                        return heard
                self._news.clear()
                await self._news.wait()

        try:
            return await asyncio.wait_for(wait(), PATIENCE_S)
        except TimeoutError:
            raise AssertionError(f"not heard: {part!r}; heard instead: {self.heard[self._unheard :]}") from None

    async def hears_in_all(self, part: str, times: int) -> None:
        """Waits until this many messages with the part have come, heard before or not."""
        async with asyncio.timeout(PATIENCE_S):
            while sum(part in heard.text for heard in self.heard) < times:
                self._news.clear()
                await self._news.wait()

    async def _send(self, frame: dict[str, Any]) -> None:
        assert self._socket is not None
        await self._socket.send(json.dumps(frame, ensure_ascii=False))

    async def _read(self, socket: ClientConnection) -> None:
        async for raw in socket:
            self._take(json.loads(raw))
            self._news.set()

    def _take(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "welcome":
                self.token = frame["token"]
            case "ack":
                self.acknowledged.append(frame["key"])
            case "message":
                self.cursor = frame["id"]
                if frame["author"] != "subscriber":
                    labels = tuple(button["text"] for button in frame["buttons"])
                    self._keys |= {button["text"]: button["key"] for button in frame["buttons"]}
                    self.heard.append(Heard(_text(frame["html"]), labels))


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html)).strip()


class AgentAtDesk:
    """Logs in and works through the desk's own HTTP."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = httpx.AsyncClient(base_url=url, follow_redirects=True, headers={"Origin": url})
        self._csrf = ""
        self._live: ClientConnection | None = None

    async def log_in(self, login: str, one_time_password: str) -> None:
        await self._http.post("/desk/login", data={"login": login, "password": one_time_password})
        page = await self._http.get("/desk/password")
        fresh = "Длинный-пароль-2026"
        fields = {"old": one_time_password, "new": fresh, "again": fresh, "csrf": _csrf_of(page.text)}
        changed = await self._http.post("/desk/password", data=fields)
        desk = await self._http.get("/desk")
        assert desk.status_code == 200, changed.text
        self._csrf = _csrf_of(desk.text)

    async def go_on_duty(self) -> None:
        """The switch, and an open desk: who has closed the browser is not there."""
        headers = {"Origin": self._url, "Cookie": f"otklik_desk={self._http.cookies['otklik_desk']}"}
        self._live = await connect(self._url.replace("http", "ws") + "/desk/live", additional_headers=headers)
        await self._live.recv()
        await self._post("/desk/api/duty", {"on": True})

    async def sees_queued(self) -> dict[str, Any]:
        """The first conversation of the queue, waited for."""
        return await self._until(lambda overview: (overview["lists"]["queue"] or [None])[0])

    async def take(self, conversation_id: int) -> int:
        return (await self._post(f"/desk/api/conversations/{conversation_id}/take", {})).status_code

    async def reply(self, conversation_id: int, text: str, key: str = "") -> int:
        body = {"text": text, "key": key or str(uuid.uuid4())}
        return (await self._post(f"/desk/api/conversations/{conversation_id}/reply", body)).status_code

    async def send_file(self, conversation_id: int, name: str, content: bytes) -> int:
        sent = await self._http.post(
            f"/desk/api/conversations/{conversation_id}/files",
            params={"key": str(uuid.uuid4())},
            files={"file": (name, content)},
            headers={"X-CSRF-Token": self._csrf},
        )
        return sent.status_code

    async def close_conversation(self, conversation_id: int) -> None:
        assert (await self._post(f"/desk/api/conversations/{conversation_id}/close", {})).status_code == 200

    async def return_to_bot(self, conversation_id: int) -> None:
        assert (await self._post(f"/desk/api/conversations/{conversation_id}/return", {})).status_code == 200

    async def history(self, conversation_id: int) -> list[dict[str, Any]]:
        opened = (await self._http.get(f"/desk/api/conversations/{conversation_id}/messages")).json()
        messages: list[dict[str, Any]] = opened["messages"]
        return messages

    async def sees_reachable(self, conversation_id: int, reachable: bool) -> None:
        """Waits for it."""

        def is_so(overview: dict[str, Any]) -> bool:
            entries = [entry for entries in overview["lists"].values() for entry in entries]
            return any(entry["id"] == conversation_id and entry["reachable"] is reachable for entry in entries)

        await self._until(is_so)

    async def attachment(self, message_id: int, position: int = 0) -> httpx.Response:
        return await self._http.get(f"/desk/attachments/{message_id}/{position}")

    async def leave(self) -> None:
        if self._live:
            await self._live.close()
        await self._http.aclose()

    async def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return await self._http.post(path, json=body, headers={"X-CSRF-Token": self._csrf})

    async def _until(self, find: Callable[[dict[str, Any]], Any]) -> Any:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                overview = (await self._http.get("/desk/api/queue")).json()
                if found := find(overview):
                    return found
                await asyncio.sleep(0.05)


def _csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "the page holds no CSRF token"
    return found[1]
