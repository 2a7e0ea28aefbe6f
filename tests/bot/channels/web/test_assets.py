import re

import pytest
from starlette.testclient import TestClient

from bot.channels.web import WebSettings


@pytest.fixture
def settings() -> WebSettings:
    return WebSettings(title="Чат <b>«Связь»</b>")


def version(client: TestClient) -> str:
    found = re.search(r"/chat/static/([0-9a-f]{12})/embed.js", client.get("/widget.js").text)
    assert found
    return found[1]


def test_the_page_is_strict_about_what_may_run(client: TestClient) -> None:
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", page.text)
    assert not re.search(r"https?://", page.text)


def test_the_page_has_the_service_s_name_as_text(client: TestClient) -> None:
    page = client.get("/").text
    assert "Чат &lt;b&gt;«Связь»&lt;/b&gt;" in page
    assert "{{" not in page


def test_every_file_the_page_names_is_there(client: TestClient) -> None:
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', client.get("/").text):
        assert client.get(address).status_code == 200


def test_every_module_names_modules_that_exist(client: TestClient) -> None:
    found, waiting = set(), {"embed.js", "page.js"}
    while waiting:
        name = waiting.pop()
        module = client.get(f"/chat/static/{version(client)}/{name}")
        assert module.status_code == 200, name
        found.add(name)
        waiting |= set(re.findall(r'from "\./([\w.]+)"', module.text)) - found
    assert len(found) > 10


def test_any_site_may_load_the_widget(client: TestClient) -> None:
    for address in (
        "/widget.js",
        f"/chat/static/{version(client)}/chat.js",
        f"/chat/static/{version(client)}/chat.css",
    ):
        headers = client.get(address).headers
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        assert headers["x-content-type-options"] == "nosniff"
    assert client.get("/widget.js").headers["cache-control"] == "public, max-age=300"


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/widget.js")
    again = client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_only_the_current_version_is_kept_by_browsers(client: TestClient) -> None:
    assert "immutable" in client.get(f"/chat/static/{version(client)}/chat.js").headers["cache-control"]
    assert client.get("/chat/static/000000000000/chat.js").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["page.html", "widget.js", "nothing.js", "..%2Fparse.py", "%2e%2e%2froutes.py"])
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/chat/static/{version(client)}/{name}").status_code == 404
