import io
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.channels.web import WebSettings, uploads
from bot.channels.web.visitors import ACCOUNT, CHANNEL, chat_of
from bot.messages import Author, File, Sender
from bot.storage.files import Upload, folder_of
from tests.bot.channels.web.conftest import Tab
from tests.bot.channels.web.fakes import FakeCore

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
SITE = "https://www.example.org"


@pytest.fixture
def settings() -> WebSettings:
    return WebSettings(max_upload_mb=1, allowed_origins=(SITE,))


@pytest.fixture
def visitor(client: TestClient) -> Iterator[Tab]:
    with client.websocket_connect("/chat/socket") as socket:
        yield Tab(socket)


def sender_of(visitor: Tab) -> Sender:
    return Sender(CHANNEL, ACCOUNT, chat_of(visitor.token))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def upload(client: TestClient, token: str, content: bytes = PNG, name: str = "a.png", **headers: str) -> Any:
    return client.post(
        "/chat/files", files={"file": (name, io.BytesIO(content), "text/html")}, headers=bearer(token) | headers
    )


def test_a_file_travels_with_a_message_and_comes_back(client: TestClient, core: FakeCore, visitor: Tab) -> None:
    kept = upload(client, visitor.token)
    assert kept.status_code == 201
    card = kept.json()
    assert card == {"ref": card["ref"], "kind": "photo", "name": "a.png", "mime": "image/png", "size": len(PNG)}
    visitor.write("Вот", files=[card["ref"]])
    assert visitor.hear("message")["attachments"] == [card]
    (file,) = core.seen[-1].attachments
    assert file.kept == f"{folder_of(sender_of(visitor))}/{card['ref']}"
    shown = client.get(f"/chat/files/{card['ref']}", headers=bearer(visitor.token))
    assert shown.content == PNG
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-disposition"].startswith("inline")
    assert "sandbox" in shown.headers["content-security-policy"]


def test_the_desk_reads_the_same_bytes(client: TestClient, core: FakeCore, visitor: Tab) -> None:
    assert core.channel
    ref = upload(client, visitor.token).json()["ref"]
    visitor.write("", files=[ref])
    visitor.hear("ack")
    assert core.channel.files.read(core.seen[-1].attachments[0].kept) == File(PNG, "image/png", "a.png")


def test_a_file_of_an_agent_is_shown_in_its_chat_and_in_no_other(
    client: TestClient, core: FakeCore, visitor: Tab
) -> None:
    assert core.channel
    sent = core.channel.files.save(sender_of(visitor), Upload("Договор.exe", io.BytesIO(b"%PDF-1.7\n")), 100)
    core.history.add(chat_of(visitor.token), Author.AGENT, "", attachments=(sent,), agent_name="Специалист")
    core.channel.wake(chat_of(visitor.token))
    frame = visitor.hear("message")
    (card,) = frame["attachments"]
    assert (frame["html"], frame["agent_name"]) == ("", "Специалист")
    assert card == {
        "ref": sent.kept.rpartition("/")[2],
        "kind": "document",
        "name": "Договор.pdf",
        "mime": "application/pdf",
        "size": 9,
    }
    assert client.get(f"/chat/files/{card['ref']}", headers=bearer(visitor.token)).content == b"%PDF-1.7\n"
    with client.websocket_connect("/chat/socket") as socket:
        other = Tab(socket)
        assert client.get(f"/chat/files/{card['ref']}", headers=bearer(other.token)).status_code == 404


def test_a_document_is_downloaded_not_opened(client: TestClient, visitor: Tab) -> None:
    html = b"<script>alert(1)</script>"
    kept = upload(client, visitor.token, html, "x.html").json()
    assert (kept["mime"], kept["name"]) == ("text/plain", "x.txt")
    shown = client.get(f"/chat/files/{kept['ref']}", headers=bearer(visitor.token))
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"
    assert shown.headers["content-disposition"] == "attachment; filename*=UTF-8''x.txt"


def test_a_file_belongs_to_the_chat_that_sent_it(client: TestClient, core: FakeCore, visitor: Tab) -> None:
    ref = upload(client, visitor.token).json()["ref"]
    with client.websocket_connect("/chat/socket") as socket:
        other = Tab(socket)
        assert client.get(f"/chat/files/{ref}", headers=bearer(other.token)).status_code == 404
        other.write("Моё", files=[ref])
        assert other.hear("refused")["reason"] == "unknown_file"


@pytest.mark.parametrize("headers", [{}, bearer(""), bearer("A" * 32), {"Authorization": "Basic x"}, bearer("x\x7f")])
def test_without_a_token_of_ours_there_is_nothing(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get(f"/chat/files/{'a' * 32}", headers=headers).status_code == 401
    assert client.post("/chat/files", files={"file": ("a.png", PNG)}, headers=headers).status_code == 401


@pytest.mark.parametrize("ref", ["..%2F..%2Fetc%2Fpasswd", "%2e%2e%2fsecret", "a" * 31, "A" * 32, "a" * 32 + ".json"])
def test_a_path_is_not_a_ref(client: TestClient, visitor: Tab, ref: str) -> None:
    assert client.get(f"/chat/files/{ref}", headers=bearer(visitor.token)).status_code == 404


def test_an_announced_size_beyond_the_limit_is_refused_unread(client: TestClient, visitor: Tab) -> None:
    answer = upload(client, visitor.token, PNG + b"\0" * 1024 * 1024 * 2)
    assert (answer.status_code, answer.json()) == (413, {"reason": "too_large"})


def test_the_limit_holds_while_a_body_of_unknown_size_streams_in(client: TestClient, visitor: Tab) -> None:
    given = 0

    def body() -> Iterator[bytes]:
        nonlocal given
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + PNG
        for _ in range(64):
            given += 1
            yield b"\0" * 64 * 1024

    headers = bearer(visitor.token) | {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/chat/files", content=body(), headers=headers).status_code == 413


def test_a_byte_over_the_limit_is_too_large(client: TestClient, visitor: Tab) -> None:
    most = 1024 * 1024
    assert upload(client, visitor.token, PNG + b"\0" * (most - len(PNG))).status_code == 201
    assert upload(client, visitor.token, PNG + b"\0" * (most - len(PNG) + 1)).status_code == 413


def test_a_program_is_refused_whatever_it_is_called(client: TestClient, visitor: Tab) -> None:
    answer = upload(client, visitor.token, b"MZ\x90\0", "photo.png")
    assert (answer.status_code, answer.json()) == (415, {"reason": "unknown_type"})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    ],
)
def test_a_broken_form_is_a_clean_refusal(client: TestClient, visitor: Tab, content: bytes, kind: str) -> None:
    answer = client.post("/chat/files", content=content, headers=bearer(visitor.token) | {"Content-Type": kind})
    assert answer.status_code == 400


def test_too_many_files_in_a_while_are_refused(client: TestClient, visitor: Tab) -> None:
    answers = [upload(client, visitor.token).status_code for _ in range(uploads.UPLOADS + 1)]
    assert answers == [201] * uploads.UPLOADS + [429]


def test_an_allowed_site_may_read_the_answer_and_another_may_not(client: TestClient, visitor: Tab) -> None:
    good, bad = upload(client, visitor.token, origin=SITE), upload(client, visitor.token, origin="https://evil.example")
    assert (good.status_code, good.headers["access-control-allow-origin"]) == (201, SITE)
    assert bad.status_code == 403
    assert "access-control-allow-origin" not in bad.headers


def test_a_browser_may_ask_first(client: TestClient) -> None:
    asked = client.options("/chat/files", headers={"origin": SITE, "access-control-request-method": "POST"})
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-headers"] == "Authorization"
    assert client.options(f"/chat/files/{'a' * 32}", headers={"origin": "https://evil.example"}).status_code == 403
