"""Calls to the app. The only module of the channel that talks to the network; raises SendError and nothing else."""

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, ConnectionTimeoutError, InvalidURL

from bot.errors import Blocked, Rejected, SendError, TryLater, Uncertain, Unreachable


class Client:
    def __init__(self, url: str, timeout_s: float) -> None:
        self.url = url
        self._limits = ClientTimeout(total=timeout_s, connect=10)
        self._session: ClientSession | None = None

    async def post(self, body: bytes, headers: dict[str, str]) -> None:
        self._session = self._session or ClientSession(timeout=self._limits)  # made in the running loop
        try:
            async with self._session.post(self.url, data=body, headers=headers, allow_redirects=False) as answer:
                fault = _refusal(answer.status, answer.headers.get("Retry-After", ""))
        except (ClientConnectorError, ConnectionTimeoutError, InvalidURL) as error:
            fault = Unreachable(f"api: cannot connect to the app ({type(error).__name__}); check its address")
        except (ClientError, OSError, ValueError) as error:  # a TimeoutError is an OSError
            fault = Uncertain(f"api: no answer from the app ({type(error).__name__})")
        if fault:
            raise fault  # outside of the except: the library's error quotes the URL

    async def close(self) -> None:
        if self._session:
            await self._session.close()


def _refusal(status: int, retry_after: str) -> SendError | None:
    match status:
        case 200 | 201 | 202 | 204:
            return None
        case 410:
            return Blocked("api: the app says that the chat is gone (HTTP 410)")
        case 429:
            return TryLater(float(retry_after) if retry_after.isdecimal() and len(retry_after) < 5 else 5.0)
        case 400 | 413 | 422:
            return Rejected(f"api: the app refuses the message (HTTP {status})")
    return Unreachable(f"api: the app takes no messages at channels.api.callback_url (HTTP {status})")
