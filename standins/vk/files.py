"""Attachments with bytes, as objects of the API: photos, documents, voice messages, stickers."""

import time
from urllib.parse import quote

from standins.vk.errors import Json
from standins.vk.world import StoredFile, World

SIDES = {"s": 75, "m": 130, "x": 604, "w": 1280}  # the longest side of each size of a photo
DOCUMENT_TYPES = {"txt": 1, "pdf": 1, "doc": 1, "zip": 2, "gif": 3, "png": 4, "jpg": 4, "mp3": 5, "mp4": 6}
OTHER_TYPE = 8


def photo(world: World, owner: int, content: bytes, *, album: int = -3) -> Json:
    number, url = _place(world, "photo", owner, "photo.jpg")
    sizes = [{"type": name, "width": side, "height": side, "url": f"{url}?size={name}"} for name, side in SIDES.items()]
    shape = {**_common(number, owner), "album_id": album, "has_tags": False, "text": "", "sizes": sizes}
    return _store(world, "photo", "photo.jpg", content, shape)


def document(world: World, owner: int, name: str, content: bytes) -> Json:
    """Its address only leads to the one with the bytes, as with VK."""
    number, _ = _place(world, "doc", owner, name)
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    shape = {
        **_common(number, owner),
        "title": name,
        "size": len(content),
        "ext": extension,
        "type": DOCUMENT_TYPES.get(extension, OTHER_TYPE),
        "url": f"{world.url}/doc{owner}_{number}?hash=5d2c&dl=1&api=1&no_preview=1",
    }
    return _store(world, "doc", name, content, shape)


def voice(world: World, owner: int, content: bytes, seconds: int) -> Json:
    number, url = _place(world, "audio_message", owner, "voice.ogg")
    links = {"link_ogg": url, "link_mp3": f"{url}?as=mp3"}
    shape = {**_common(number, owner), "duration": seconds, "waveform": [0, 12, 7, 31], **links}
    del shape["date"]
    return _store(world, "audio_message", "voice.ogg", content, shape)


def sticker(world: World, content: bytes) -> Json:
    number, url = _place(world, "sticker", 0, "sticker.png")
    images = [{"url": f"{url}?size={side}", "width": side, "height": side} for side in (64, 256, 512)]
    shape = {"sticker_id": number, "product_id": 279, "images": images, "images_with_background": images}
    shape |= {"inner_type": "base_sticker_new", "is_allowed": True}
    world.files[f"sticker0_{number}"] = StoredFile("sticker", "sticker.png", content, shape)
    return {"type": "sticker", "sticker": shape}


def stored(world: World, attachment: Json) -> StoredFile | None:
    """The bytes behind an attachment of a message."""
    shape = attachment[attachment["type"]]
    owner, number = shape.get("owner_id", 0), shape.get("id", shape.get("sticker_id"))
    return world.files.get(f"{attachment['type']}{owner}_{number}")


def address(world: World, key: str) -> str:
    return f"{world.url}/files/{key}/{quote(world.files[key].name)}"


def _place(world: World, kind: str, owner: int, name: str) -> tuple[int, str]:
    number = next(world.file_ids)
    return number, f"{world.url}/files/{kind}{owner}_{number}/{quote(name)}"


def _common(number: int, owner: int) -> Json:
    return {"id": number, "owner_id": owner, "date": int(time.time()), "access_key": f"a1b2c3{number}"}


def _store(world: World, kind: str, name: str, content: bytes, shape: Json) -> Json:
    world.files[f"{kind}{shape['owner_id']}_{shape['id']}"] = StoredFile(kind, name, content, shape)
    return {"type": kind, kind: shape}
