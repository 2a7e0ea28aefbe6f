"""Files that the bot sends: what Telegram refuses, and the objects that the rest become."""

import mimetypes

from standins.telegram.errors import ApiError, Json, bad_request
from standins.telegram.rules import Params, Upload
from standins.telegram.world import World

MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_SIDES = 10_000  # width and height of a photo together
MAX_RATIO = 20
PNG = b"\x89PNG\r\n\x1a\n"
PICTURES = (b"\xff\xd8\xff", PNG, b"GIF8", b"BM")
SIDE = 800  # of a picture whose sides we do not read


def photo(world: World, params: Params) -> list[Json]:
    """The sizes of a photo. Raises ApiError."""
    upload = _upload(params, "photo")
    size = len(upload.content)
    if size > MAX_PHOTO_BYTES:
        most = f"the maximum size is {MAX_PHOTO_BYTES} bytes"
        raise bad_request(f"file of size {size} bytes is too big for a photo; {most}")
    if not upload.content.startswith(PICTURES):
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = _sides(upload.content)
    if width + height > MAX_SIDES or max(width, height) > MAX_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return [{**world.store("photos", "p.jpg", upload.content), "width": width, "height": height}]


def document(world: World, params: Params) -> Json:
    """Raises ApiError."""
    upload = _upload(params, "document")
    mime = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
    return {**world.store("documents", upload.name, upload.content), "file_name": upload.name, "mime_type": mime}


def _upload(params: Params, field: str) -> Upload:
    upload = params.upload(field)
    if upload is None and params.text(field):
        raise bad_request("wrong file identifier/HTTP URL specified")
    if upload is None:
        raise bad_request(f"there is no {field} in the request")
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > MAX_FILE_BYTES:
        raise ApiError(413, "Request Entity Too Large")
    return upload


def _sides(content: bytes) -> tuple[int, int]:
    """Of a PNG, whose header begins with them; any other picture has fitting ones."""
    if not content.startswith(PNG) or len(content) < 24:
        return SIDE, SIDE
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
