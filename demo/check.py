"""One conversation in each messenger, from the question to an agent's answer: whether the demo, and with it the bot,
works. The subscriber uses the phones of the page, the agent the desk's own HTTP."""

import asyncio
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from demo.screens import Handset, Shown
from demo.stage import Stage

PATIENCE_S = 20
QUESTION = "как узнать баланс"
ANSWER = "Здравствуйте! Я вижу ваш вопрос."
CSRF = re.compile(r'name="csrf" value="([^"]+)"')

Say = Callable[[str], None]


class Failed(Exception):
    """What did not happen; names of steps only."""


async def check(stage: Stage, address: str, say: Say) -> int:
    """The exit code."""
    async with httpx.AsyncClient(base_url=address, follow_redirects=True, headers={"Origin": address}) as http:
        agent = AgentAtDesk(http)
        await agent.log_in(stage.login, stage.password)
        failures = 0
        for phone in stage.phones.values():
            try:
                await _talk(stage, phone, agent)
                say(f"{phone.name}: a question, a button, a hand-off, an agent's answer: ok")
            except Failed as failed:
                failures += 1
                say(f"{phone.name}: {failed}")
    return 1 if failures else 0


async def _talk(stage: Stage, phone: Handset, agent: "AgentAtDesk") -> None:
    await _until(f"{phone.name} is connected", lambda: _is_up(stage, phone.name))
    listener = Listener(phone)
    await phone.start()
    await listener.hears("the greeting", "Здравствуйте")
    await phone.write(QUESTION)
    answer = await listener.hears("an answer", "баланс")
    await listener.presses(answer, "Не помогло")
    question = await listener.hears("what to do next", "")
    await listener.presses(question, "Позвать специалиста")
    await listener.hears("the queue", "Передал ваш вопрос")
    await agent.answer(ANSWER)
    await listener.hears("the agent's answer", ANSWER)


@dataclass
class Listener:
    """Follows what comes to one phone."""

    phone: Handset
    _heard: set[str] = field(default_factory=set)

    async def hears(self, what: str, part: str) -> Shown:
        def find() -> Shown | None:
            for message in self.phone.screen().messages:
                if not message.mine and message.id not in self._heard and part.lower() in message.text.lower():
                    self._heard.add(message.id)
                    return message
            return None

        heard: Shown = await _until(f"{what} came", find)
        return heard

    async def presses(self, message: Shown, label: str) -> None:
        """Under the message, or at the bottom where the messenger has its buttons there."""
        place = message.id if message.keys else ""
        for row, keys in enumerate(message.keys or self.phone.screen().keyboard):
            for column, key in enumerate(keys):
                if key.label == label:
                    return await self.phone.press(place, row, column)
        raise Failed(f"there is no button {label!r}")


class AgentAtDesk:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._csrf = ""

    async def log_in(self, login: str, password: str) -> None:
        page = await self._http.post("/desk/login", data={"login": login, "password": password})
        found = CSRF.search(page.text)
        if not found:
            raise Failed(f"the desk answered the login with {page.status_code}")
        self._csrf = found[1]

    async def answer(self, text: str) -> None:
        """Take what waits, reply, close."""
        conversation = await self._first_queued()
        await self._post(f"{conversation}/take", {})
        await self._post(f"{conversation}/reply", {"text": text, "key": str(uuid.uuid4())})
        await self._post(f"{conversation}/close", {})

    async def _first_queued(self) -> str:
        async with asyncio.timeout(PATIENCE_S):
            while not (queue := (await self._http.get("/desk/api/queue")).json()["lists"]["queue"]):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        return f"/desk/api/conversations/{queue[0]['id']}"

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        answer = await self._http.post(path, json=body, headers={"X-CSRF-Token": self._csrf})
        if answer.is_error:
            raise Failed(f"the desk answered {path.rpartition('/')[2]} with {answer.status_code}")


def _is_up(stage: Stage, name: str) -> bool:
    return any(one.state.name == name and one.state.state == "up" for one in stage.app.connections)


async def _until(what: str, find: Callable[[], Any]) -> Any:
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not (found := find()):  # noqa: ASYNC110  # what is looked for is in several places
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise Failed(f"waited {PATIENCE_S} s in vain: {what}") from None
    return found
