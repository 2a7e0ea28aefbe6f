"""Files of subscribers from VK's servers, files of agents to them. Addresses come in events and answers: what is
fetched must lie at VK, or anybody could make us read our own network."""

import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import requests

from bot.channels.vk.client import Client
from bot.channels.vk.errors import PhotoRefused, http_failure
from bot.errors import Rejected, SendError, Uncertain, Unreachable
from bot.messages import Attachment, File

MAX_FILE_BYTES = 20_000_000
MAX_HOPS = 3
CHUNK = 64 * 1024
HOSTS = (
    "vk.com",
    "vk.ru",
    "vk.me",
    "userapi.com",
    "vkuser.net",
    "vkuserphoto.ru",
    "vkuseraudio.net",
    "vkuseraudio.ru",
    "vkuservideo.net",
    "vk-cdn.net",
)
HOST = re.compile(r"[a-z0-9.-]+")
PHOTOS = frozenset({"image/jpeg", "image/png"})


class Files:
    """`api` is the server of the settings: a proxy of VK lends files as well."""

    def __init__(self, client: Client, api: str) -> None:
        self._client = client
        self._home = urlsplit(api).netloc

    async def fetch(self, attachment: Attachment) -> File:
        if not attachment.ref:
            raise Rejected(f"vk: there are no bytes behind a {attachment.kind}")
        _check_size(attachment.size_bytes)
        try:
            file = await self._client.blocking(
                lambda: self._download(attachment.ref), "a file", self._client.timing.file_s * 2
            )
        except Uncertain as error:
            fault = Unreachable(str(error))  # asking again for a file doubles nothing
        else:
            return File(file.content, attachment.mime or file.mime, attachment.name or file.name)
        raise fault

    async def put(self, file: File, chat_id: str) -> str:
        """Uploads it for this chat; how messages.send calls it. A picture that VK does not like goes as a document."""
        _check_size(len(file.content))
        if file.mime in PHOTOS:
            try:
                return await self._put_photo(file, chat_id)
            except PhotoRefused:
                pass
        return await self._put_document(file, chat_id)

    async def _put_photo(self, file: File, chat_id: str) -> str:
        server = await self._client.call("photos.getMessagesUploadServer", peer_id=chat_id)
        told = await self._upload(server, "photo", file)
        if told.get("photo") in (None, "", "[]"):
            raise PhotoRefused("vk: the picture was not taken as a photo")
        told = {name: str(told.get(name, "")) for name in ("photo", "server", "hash")}
        saved = await self._client.call("photos.saveMessagesPhoto", **told)
        return _named("photo", saved[0] if isinstance(saved, list) and saved else None)

    async def _put_document(self, file: File, chat_id: str) -> str:
        server = await self._client.call("docs.getMessagesUploadServer", type="doc", peer_id=chat_id)
        told = await self._upload(server, "file", file)
        if not isinstance(told.get("file"), str):
            raise Rejected("vk: a file of this type is not taken; VK takes neither programs nor music")
        saved = await self._client.call("docs.save", file=told["file"], title=file.name)
        kind = saved.get("type") if isinstance(saved, dict) else None
        return _named("doc", saved.get(kind) if isinstance(kind, str) else None)

    async def _upload(self, server: object, field: str, file: File) -> Mapping[str, Any]:
        url = server.get("upload_url") if isinstance(server, dict) else None
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise Uncertain("vk: there is no address to upload a file to")
        timing = self._client.timing
        parts = {field: (file.name or "file", file.content, file.mime)}

        def post() -> tuple[int, Any]:
            answer = self._client.session.post(url, files=parts, timeout=(timing.connect_s, timing.file_s))
            return answer.status_code, answer.json() if answer.ok else None

        status, told = await self._client.blocking(post, "an upload", timing.file_s * 2)
        if status >= 300:
            raise http_failure(status, "an upload")
        if not isinstance(told, dict):
            raise Uncertain("vk: the answer to an upload is not an object")
        return told

    def _download(self, url: str) -> File:
        """Blocking. Follows VK's own redirects, and no others."""
        timing = self._client.timing
        deadline = time.monotonic() + timing.file_s
        for _ in range(MAX_HOPS):
            self._check_address(url)
            limits = (timing.connect_s, timing.file_s)
            with self._client.session.get(url, stream=True, timeout=limits) as answer:
                if not answer.is_redirect:
                    name = unquote(urlsplit(url).path.rpartition("/")[2])
                    return File(_content(answer, deadline), _mime(answer), name)
                url = urljoin(url, answer.headers["location"])
        raise Rejected("vk: the address of the file leads in circles")

    def _check_address(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
            is_default_port = parts.port in (None, 443)
        except ValueError:
            parts, host, is_default_port = urlsplit(""), "", False
        is_vk = parts.scheme == "https" and is_default_port and _is_vk(host) and "@" not in parts.netloc
        is_home = parts.scheme in ("https", "http") and parts.netloc == self._home
        if not is_vk and not is_home:
            raise Rejected("vk: the address of the file is not at VK; it is not fetched")


def _is_vk(host: str) -> bool:
    """A host with a backslash in it is another one to requests than to urlsplit: what we ask would not be what we
    checked."""
    return HOST.fullmatch(host) is not None and any(host == known or host.endswith(f".{known}") for known in HOSTS)


def _content(answer: requests.Response, deadline: float) -> bytes:
    if not answer.ok:
        raise _file_failure(answer.status_code)
    content = bytearray()
    for chunk in answer.iter_content(CHUNK):
        content += chunk
        _check_size(len(content))
        if time.monotonic() > deadline:
            raise Unreachable("vk: the file came too slowly")
    return bytes(content)


def _file_failure(status: int) -> SendError:
    if status < 500:
        return Rejected(f"vk: the file cannot be had any more (HTTP {status})")
    return Unreachable(f"vk: the file did not come (HTTP {status})")


def _mime(answer: requests.Response) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip() or "application/octet-stream"


def _check_size(size: int) -> None:
    if size > MAX_FILE_BYTES:
        raise Rejected(f"vk: a file of {size} bytes; at most {MAX_FILE_BYTES} are possible")


def _named(kind: str, saved: object) -> str:
    """VK's name of an attachment: photo-1_2_key."""
    owner, number = (saved.get(name) if isinstance(saved, dict) else None for name in ("owner_id", "id"))
    if type(owner) is not int or type(number) is not int:
        raise Uncertain(f"vk: the uploaded {kind} has no id")
    key = saved.get("access_key") if isinstance(saved, dict) else None
    return f"{kind}{owner}_{number}" + (f"_{key}" if isinstance(key, str) and key else "")
