"""A file that comes in a form of a browser. The size limit holds while the body streams in; knows neither who sends it
nor what becomes of it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from bot.storage.files import FileRefused, Upload

FORM_BYTES = 16 * 1024  # the form around the file


@asynccontextmanager
async def uploaded(request: Request, max_bytes: int) -> AsyncGenerator[Upload, None]:
    """The file of the form. Beyond a megabyte it spools to disk, so a slow sender holds no memory.

    Raises FileRefused.
    """
    body = _bounded(request, max_bytes + FORM_BYTES)
    try:
        form = await MultiPartParser(request.headers, body, max_files=1, max_fields=4).parse()
    except (MultiPartException, KeyError) as error:
        raise FileRefused("bad_form", 400) from error
    try:
        files = [value for value in form.values() if isinstance(value, UploadFile)]
        if not files:
            raise FileRefused("no_file", 400)
        yield Upload(files[0].filename or "", files[0].file)
    finally:
        await form.close()


async def _bounded(request: Request, left: int) -> AsyncGenerator[bytes, None]:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > left:
        raise FileRefused("too_large", 413)
    async for chunk in request.stream():
        left -= len(chunk)
        if left < 0:
            raise FileRefused("too_large", 413)
        yield chunk
