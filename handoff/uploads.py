"""The one call of the desk with a large body: a file for a subscriber. Knows no page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from bot.storage.files import FileRefused
from bot.uploads import FORM_BYTES, uploaded
from handoff import wording
from handoff.api import KEY, Done, RowId, refuse
from handoff.errors import Unacceptable
from handoff.guard import Guard, guarded
from handoff.reach import LARGEST_FILE
from handoff.sending import FileDesk
from handoff.sessions import Session


def uploads(files: FileDesk, guard: Guard) -> APIRouter:
    router = APIRouter(prefix="/desk", route_class=guarded(refuse, largest_body=LARGEST_FILE + FORM_BYTES))
    LoggedIn = Annotated[Session, Depends(guard.require_agent)]

    @router.post("/api/conversations/{conversation_id}/files")
    async def send_file(
        request: Request, session: LoggedIn, conversation_id: RowId, key: Annotated[str, Query(pattern=KEY)]
    ) -> Done:
        """The form is read only after `session` has passed; `key` is the same when the same file is sent again."""
        try:
            async with uploaded(request, LARGEST_FILE) as upload:
                await files.send(session.agent, conversation_id, upload, key)
        except FileRefused as refused:
            raise Unacceptable(wording.file_refused(refused.reason, LARGEST_FILE)) from refused
        return Done()

    return router
