"""Files of the community: an address to post the bytes to, and the methods that make an attachment of them."""

import json
import secrets
from dataclasses import dataclass, field

from standins.vk import files
from standins.vk.errors import Json, invalid
from standins.vk.rules import Params
from standins.vk.world import World

PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")
DOCUMENT_KINDS = {"doc", "audio_message", "graffiti"}
MESSAGES_ALBUM = -64


@dataclass(slots=True)
class Uploads:
    """A posted file waits under a handle until it is saved; a handle is good once."""

    world: World
    _waiting: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # handle -> name, content

    async def get_photo_server(self, _params: Params) -> Json:
        address = f"{self.world.url}/upload/photo"
        return {"album_id": MESSAGES_ALBUM, "upload_url": address, "user_id": 0, "group_id": self.world.group_id}

    async def save_photo(self, params: Params) -> list[Json]:
        params.integer("server")
        photo, handle = params.required("photo"), params.required("hash")
        if photo == "[]":
            raise invalid("photos_list is invalid")
        if handle not in self._waiting:
            raise invalid("hash is invalid")
        _, content = self._waiting.pop(handle)
        return [files.photo(self.world, -self.world.group_id, content, album=MESSAGES_ALBUM)["photo"]]

    async def get_document_server(self, params: Params) -> Json:
        self.world.reachable(params.integer("peer_id"))
        if (params.text("type") or "doc") not in DOCUMENT_KINDS:
            raise invalid("type is invalid")
        return {"upload_url": f"{self.world.url}/upload/{params.text('type') or 'doc'}"}

    async def save_document(self, params: Params) -> Json:
        handle = params.required("file")
        if handle not in self._waiting:
            raise invalid("file is invalid")
        name, content = self._waiting.pop(handle)
        owner = -self.world.group_id
        if handle.startswith("audio_message"):
            return files.voice(self.world, owner, content, seconds=1)
        return files.document(self.world, owner, params.text("title") or name, content)

    def post(self, kind: str, name: str, content: bytes | None) -> Json:
        """What the address for uploads answers; `content` is None when the field with the file is missing."""
        handle = f"{kind}-{secrets.token_hex(16)}"
        if kind == "photo":
            is_picture = content is not None and content.startswith(PICTURES)
            photo = json.dumps([{"photo": handle, "sizes": []}]) if is_picture else "[]"
            self._waiting[handle] = (name, content or b"")
            return {"server": 626_627, "photo": photo, "hash": handle}
        if content is None:
            return {"error": "no_file", "error_descr": "no file"}
        self._waiting[handle] = (name, content)
        return {"file": handle}
