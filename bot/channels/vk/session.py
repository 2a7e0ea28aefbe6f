"""HTTP for vk-api, which has neither time limits nor an address to choose, and threads for its blocking calls.
Knows no method of VK."""

import asyncio
import threading
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter

VK = "https://api.vk.ru/"  # written into vk-api
CONNECTIONS = 32
T = TypeVar("T")


class Session(requests.Session):
    """A time limit on every request, no redirects, the API at `api`. Several threads share it."""

    def __init__(self, api: str, connect_s: float, read_s: float) -> None:
        super().__init__()
        self._api = f"{api.rstrip('/')}/"
        self._limits = (connect_s, read_s)
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(pool_maxsize=CONNECTIONS)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        options["allow_redirects"] = False  # the token would go along
        if options.get("timeout") is None:
            options["timeout"] = self._limits
        address = url.decode() if isinstance(url, bytes) else url
        if address.startswith(VK):
            address = self._api + address.removeprefix(VK)
        return super().request(method, address, *args, **options)


async def in_thread(work: Callable[[], T]) -> T:
    """In a thread of its own that holds up neither other work nor the end of the process. Cancelled, it is left to
    its time limit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def tell(settle: Callable[[Any], None], outcome: object) -> None:
        try:
            loop.call_soon_threadsafe(lambda: None if future.done() else settle(outcome))
        except RuntimeError:  # the loop is closed: nobody waits
            return

    def run() -> None:
        try:
            result = work()
        except Exception as error:
            tell(future.set_exception, error)
        else:
            tell(future.set_result, result)

    threading.Thread(target=run, name="vk", daemon=True).start()
    return await future
