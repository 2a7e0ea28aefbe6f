"""All methods by name, what the token must be allowed for each, and `execute`, which calls several."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from standins.vk.community import Community
from standins.vk.errors import ApiError, Json, refused
from standins.vk.messages import Messages
from standins.vk.rules import Params
from standins.vk.script import Called
from standins.vk.uploads import Uploads

Answer = Callable[[Params], Awaitable[Any]]
OPEN = {"groups.getById", "groups.getTokenPermissions", "groups.getLongPollServer", "users.get"}  # to any token


@dataclass(slots=True)
class Methods:
    messages: Messages
    community: Community
    uploads: Uploads

    def find(self, name: str) -> Answer:
        """Raises ApiError: unknown, or not allowed for the token."""
        answer = self._all().get(name)
        if answer is None:
            raise refused(3)
        scope = {"groups": "manage"}.get(name.partition(".")[0], name.partition(".")[0])
        if name not in OPEN and scope not in self.messages.world.scopes:
            raise refused(15, "no access to call this method")
        return answer

    async def execute(self, calls: list[Called], errors: list[ApiError | None]) -> Json:
        """A member that failed is false. VK ends the errors with one of `execute` itself, with the last code."""
        results: list[Any] = []
        failed: list[Json] = []
        for call, error in zip(calls, errors, strict=True):
            try:
                if error:
                    raise error
                results.append(await self.find(call.method)(call.params))
            except ApiError as refusal:
                results.append(False)
                failed.append({"method": call.method, **refusal.short})
        if not failed:
            return {"response": results}
        return {"response": results, "execute_errors": [*failed, {**failed[-1], "method": "execute"}]}

    def _all(self) -> dict[str, Answer]:
        return {
            "messages.send": self.messages.send,
            "messages.setActivity": self.messages.set_activity,
            "messages.markAsRead": self.messages.mark_as_read,
            "messages.sendMessageEventAnswer": self.messages.answer_press,
            "users.get": self.messages.get_users,
            "groups.getById": self.community.get_by_id,
            "groups.getTokenPermissions": self.community.get_token_permissions,
            "groups.getLongPollServer": self.community.get_long_poll_server,
            "groups.getLongPollSettings": self.community.get_long_poll_settings,
            "groups.setLongPollSettings": self.community.set_long_poll_settings,
            "groups.getCallbackConfirmationCode": self.community.get_callback_confirmation_code,
            "groups.getCallbackServers": self.community.get_callback_servers,
            "groups.addCallbackServer": self.community.add_callback_server,
            "groups.editCallbackServer": self.community.edit_callback_server,
            "groups.deleteCallbackServer": self.community.delete_callback_server,
            "groups.getCallbackSettings": self.community.get_callback_settings,
            "groups.setCallbackSettings": self.community.set_callback_settings,
            "photos.getMessagesUploadServer": self.uploads.get_photo_server,
            "photos.saveMessagesPhoto": self.uploads.save_photo,
            "docs.getMessagesUploadServer": self.uploads.get_document_server,
            "docs.save": self.uploads.save_document,
        }
