"""Calls to the Bot API, through aiogram. The only module of the channel that talks to the network; raises
SendError and nothing else. Knows nothing of conversations."""

import re
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any, TypeVar

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import ClientDecodeError, TelegramEntityTooLarge, TelegramServerError
from aiogram.methods import GetFile, Response, SendDocument, SendMessage, SendPhoto, TelegramMethod
from aiohttp import ClientError, ClientResponseError, ClientTimeout

from bot.channels.telegram.errors import translate
from bot.errors import Rejected, SendError, Unreachable

MAX_FILE_BYTES = 20_000_000  # Telegram gives bots no larger ones
FILE_PATH = re.compile(r"[A-Za-z0-9_][\w./-]*", re.ASCII)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timing:
    """How long we wait for Telegram. Sensible for everybody; tests wait less."""

    connect_s: float = 10
    call_s: float = 20
    poll_s: int = 25  # how long Telegram holds getUpdates open when there is nothing new
    file_s: float = 60
    first_pause_s: float = 1
    longest_pause_s: float = 30


TIMING = Timing()


class GetRawUpdates(TelegramMethod[list[Any]]):
    """getUpdates whose result stays JSON: one update we cannot read must not take its neighbours with it."""

    __returning__ = list[Any]
    __api_method__ = "getUpdates"

    offset: int | None
    timeout: int
    allowed_updates: list[str]


class Client:
    """One bot at one Bot API server."""

    def __init__(self, api: str, token: str, timing: Timing) -> None:
        self._timing = timing
        self._bot = Bot(token, session=_Session(api, timing))

    async def call(self, method: TelegramMethod[T]) -> T:
        return await self._call(method, self._timing.call_s)

    async def updates(self, offset: int | None, allowed: list[str]) -> list[Any]:
        """Waits for updates; those below `offset` are thereby confirmed and will not come again."""
        method = GetRawUpdates(offset=offset, timeout=self._timing.poll_s, allowed_updates=allowed)
        return await self._call(method, self._timing.poll_s + self._timing.call_s)

    async def send(self, message: SendMessage) -> str:
        return str((await self.call(message)).message_id)

    async def upload(self, message: SendPhoto | SendDocument) -> str:
        return str((await self._call(message, self._timing.file_s)).message_id)

    async def download(self, file_id: str) -> tuple[str, bytes]:
        """The file's name at Telegram's and its bytes."""
        path = (await self.call(GetFile(file_id=file_id))).file_path or ""
        if not FILE_PATH.fullmatch(path) or ".." in path.split("/"):
            raise Rejected("telegram: getFile gives no usable path (a Bot API server with --local is not supported)")
        return PurePosixPath(path).name, await self._content(path)

    async def close(self) -> None:
        await self._bot.session.close()

    async def _call(self, method: TelegramMethod[T], timeout_s: float) -> T:
        try:
            return await self._bot(method, request_timeout=timeout_s)  # type: ignore[arg-type]  # a fraction is fine
        except Exception as error:
            fault = translate(error, method.__api_method__)
        raise fault  # outside of the except: not even the context may quote the URL, which holds the token

    async def _content(self, path: str) -> bytes:
        content = bytearray()
        try:
            async with aclosing(self._stream(path)) as chunks:
                async for chunk in chunks:
                    content += chunk
                    if len(content) > MAX_FILE_BYTES:
                        break
        except (ClientError, OSError) as error:  # a TimeoutError is an OSError
            fault = _file_failure(error)
        else:
            if len(content) <= MAX_FILE_BYTES:
                return bytes(content)
            fault = Rejected(f"telegram: the file is larger than {MAX_FILE_BYTES} bytes")
        raise fault

    def _stream(self, path: str) -> Any:
        session = self._bot.session
        url = session.api.file_url(self._bot.token, path)
        return session.stream_content(url, timeout=self._timing.file_s)  # type: ignore[arg-type]  # a fraction is fine


class _Session(AiohttpSession):
    """aiogram's session with a bound on connecting, and with statuses heeded before bodies are."""

    def __init__(self, api: str, timing: Timing) -> None:
        super().__init__(api=TelegramAPIServer.from_base(api), timeout=timing.call_s)
        self._connect_s = timing.connect_s

    async def make_request(self, bot: Bot, method: TelegramMethod[T], timeout: float | None = None) -> T:  # noqa: ASYNC109  # aiogram's
        # Without `connect` a network that swallows packets looks like an answer that got lost: "may have arrived".
        limits = ClientTimeout(total=timeout or self.timeout, connect=self._connect_s)
        return await super().make_request(bot, method, limits)  # type: ignore[arg-type]  # handed to aiohttp as it is

    async def close(self) -> None:
        """At once: aiohttp itself waits for its connections by now, aiogram would sleep on top of that."""
        if self._session is not None:
            await self._session.close()

    def check_response(self, bot: Bot, method: TelegramMethod[T], status_code: int, content: str) -> Response[T]:
        """A failure of a proxy is an HTML page, and aiogram reads the body first: it would lose the status."""
        if status_code >= 500:
            raise TelegramServerError(method, f"HTTP {status_code}")
        try:
            return super().check_response(bot, method, status_code, content)
        except ClientDecodeError:
            if status_code < 400:
                raise
        if status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise TelegramEntityTooLarge(method, f"HTTP {status_code}")
        raise TelegramServerError(method, f"HTTP {status_code}")


def _file_failure(error: Exception) -> SendError:
    if isinstance(error, ClientResponseError) and error.status < 500:
        return Rejected(f"telegram: the file cannot be had any more (HTTP {error.status})")
    return Unreachable(f"telegram: the file did not come ({type(error).__name__})")
