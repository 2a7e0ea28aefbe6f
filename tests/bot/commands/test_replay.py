"""`otklik replay` posts a payload as its messenger would."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot.channels.registry import KINDS
from bot.errors import ConfigError
from tests.bot.commands.conftest import Run


class Bot(BaseHTTPRequestHandler):
    calls: list[tuple[str, dict[str, str], bytes]] = []  # noqa: RUF012  # emptied by the fixture
    code = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.calls.append((self.path, headers, body))
        self.send_response(self.code)
        self.end_headers()
        self.wfile.write(b"ok" if self.code == 200 else b"the secret or signature is missing or wrong")

    def log_message(self, *arguments: object) -> None:
        """Nothing to say."""


@pytest.fixture
def address() -> Iterator[str]:
    Bot.calls, Bot.code = [], 200
    server = HTTPServer(("127.0.0.1", 0), Bot)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def payload(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "text.json").write_bytes(b'{"update_id": 1}')
    monkeypatch.setenv("OTKLIK_TELEGRAM_TOKEN", "1:token")
    monkeypatch.setenv("OTKLIK_TELEGRAM_WEBHOOK_SECRET", "the-secret")


def test_a_payload_is_posted_as_it_is_with_the_right_secret(otklik: Run, address: str) -> None:
    result = otklik("replay", "text.json", "--url", address)
    assert (result.exit_code, result.stdout) == (0, "200 ok\n")
    ((path, headers, body),) = Bot.calls
    assert (path, body) == ("/webhooks/telegram", b'{"update_id": 1}')
    sign = KINDS["telegram"].sign
    assert sign
    call = sign(body, {"telegram_token": "1:token", "telegram_webhook_secret": "the-secret"})
    assert call.headers.items() <= headers.items()


def test_a_secret_that_belongs_into_the_body_is_put_there(
    otklik: Run, address: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTKLIK_VK_TOKEN", "vk1.a.token-of-no-community")
    monkeypatch.setenv("OTKLIK_VK_WEBHOOK_SECRET", "theSecret")
    (folder / "event.json").write_bytes(b'{"type": "message_new", "group_id": 1}')
    assert otklik("replay", "event.json", "--channel", "vk", "--url", address).exit_code == 0
    ((path, _, body),) = Bot.calls
    assert path == "/webhooks/vk"
    assert json.loads(body) == {"type": "message_new", "group_id": 1, "secret": "theSecret"}


def test_a_refusal_is_shown_and_is_a_failure(otklik: Run, address: str) -> None:
    Bot.code = 403
    result = otklik("replay", "text.json", "--url", address)
    assert result.exit_code == 1
    assert result.stdout.startswith("403 the secret")


def test_without_a_running_bot_it_says_what_to_do(otklik: Run) -> None:
    result = otklik("replay", "text.json", "--url", "http://127.0.0.1:1")
    assert isinstance(result.exception, ConfigError)
    assert "otklik run" in str(result.exception)


@pytest.mark.parametrize("channel", ["web", "pigeon"])
def test_a_channel_without_a_webhook_is_refused(otklik: Run, channel: str) -> None:
    assert isinstance(otklik("replay", "text.json", "--channel", channel).exception, ConfigError)


def test_a_payload_that_is_not_there_is_a_wrong_call(otklik: Run) -> None:
    assert otklik("replay", "nowhere.json").exit_code == 2
