"""Calls to the Viber API and downloads of what subscribers send. The only module of the channel that talks to the
network; raises SendError and nothing else. viberbot's own sender has no time-outs and writes the token to the log."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from bot.channels.viber.errors import of_http, of_network, of_status
from bot.errors import Rejected, SendError, Uncertain, Unreachable

TOKEN_HEADER = "X-Viber-Auth-Token"  # noqa: S105  # a header's name
MAX_ANSWER_BYTES = 1_000_000
MAX_FILE_BYTES = 20_000_000
MAX_REDIRECTS = 3
OK = 200


@dataclass(frozen=True, slots=True)
class Timing:
    """How long we wait for Viber. Sensible for everybody; tests wait less."""

    connect_s: float = 10
    call_s: float = 20
    file_s: float = 60


TIMING = Timing()


@dataclass(frozen=True, slots=True)
class _Reply:
    """An HTTP answer."""

    status: int
    retry_after: str
    body: bytes | None  # None: larger than anything the API says


class Client:
    """One bot at one Viber API."""

    def __init__(self, api: str, token: str, timing: Timing) -> None:
        self._api = api.rstrip("/")
        self._token = token
        self._timing = timing
        self._session: ClientSession | None = None

    async def call(self, method: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer of a call that Viber has done."""
        fault: SendError
        try:
            return _done(await self._post(method, _encoded(payload, method)), method)
        except SendError as error:
            fault = error
        except (ClientError, OSError, ValueError) as error:  # a TimeoutError is an OSError
            fault = of_network(error, method)
        raise fault from None  # aiohttp's errors hold the request, and that the token

    async def download(self, address: str) -> bytes:
        """Only from Viber, also after a redirect: the address came in a message."""
        fault: SendError
        try:
            return await self._follow(self._vibers(address))
        except SendError as error:
            fault = error
        except (ClientError, OSError, ValueError) as error:
            fault = Unreachable(f"viber: the file did not come ({type(error).__name__})")
        raise fault from None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _post(self, method: str, body: bytes) -> _Reply:
        headers = {TOKEN_HEADER: self._token, "Content-Type": "application/json"}
        url = f"{self._api}/{method}"
        limits = ClientTimeout(total=self._timing.call_s, connect=self._timing.connect_s)
        async with self._open().post(
            url, data=body, headers=headers, timeout=limits, allow_redirects=False
        ) as response:
            retry_after = response.headers.get("Retry-After", "")
            return _Reply(response.status, retry_after, await _bounded(response, MAX_ANSWER_BYTES))

    async def _follow(self, url: URL) -> bytes:
        limits = ClientTimeout(total=self._timing.file_s, connect=self._timing.connect_s)
        for _ in range(MAX_REDIRECTS + 1):
            async with self._open().get(url, timeout=limits, allow_redirects=False) as response:
                if response.status == OK:
                    return await _file(response)
                target = response.headers.get("Location", "")
                if not 300 <= response.status < 400 or not target:
                    raise _no_file(response.status)
            url = self._vibers(str(url.join(URL(target))))
        raise Rejected("viber: the file is behind too many redirects")

    def _vibers(self, address: str) -> URL:
        """Below viber.com by https, or where the API itself is. Raises Rejected."""
        try:
            url, api = URL(address), URL(self._api)
            host = url.host or ""
            is_vibers = url.scheme == "https" and url.port == 443 and host.endswith(".viber.com")
            if url.user is None and (is_vibers or (host and url.origin() == api.origin())):
                return url
        except ValueError:
            pass
        raise Rejected("viber: the file is not at Viber's: its address is not fetched")

    def _open(self) -> ClientSession:
        """Made in the running loop, when it is first needed."""
        if self._session is None:
            self._session = ClientSession()
        return self._session


def _encoded(payload: Mapping[str, Any], method: str) -> bytes:
    try:
        return json.dumps(payload, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Rejected(f"viber: {method} holds characters that cannot be sent") from None


def _done(reply: _Reply, method: str) -> Mapping[str, Any]:
    if reply.status != OK:
        raise of_http(reply.status, reply.retry_after, method)
    try:
        answer = json.loads(reply.body or b"")
    except (ValueError, RecursionError):
        answer = None
    status = answer.get("status") if isinstance(answer, dict) else None
    if type(status) is not int:
        raise Uncertain(f"viber: the answer to {method} cannot be read")
    if status:
        raise of_status(status, str(answer.get("status_message", "")), method)
    return dict(answer)


async def _bounded(response: ClientResponse, limit: int) -> bytes | None:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > limit:
            return None
    return bytes(content)


async def _file(response: ClientResponse) -> bytes:
    content = await _bounded(response, MAX_FILE_BYTES)
    if content is None:
        raise Rejected(f"viber: the file is larger than {MAX_FILE_BYTES} bytes")
    return content


def _no_file(status: int) -> SendError:
    if 400 <= status < 500 and status != 429:
        return Rejected(f"viber: the file cannot be had any more (HTTP {status})")
    return Unreachable(f"viber: the file did not come (HTTP {status})")
