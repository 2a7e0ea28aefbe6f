"""The methods of the Bot API that the bot uses."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from standins.telegram import uploads
from standins.telegram.errors import ApiError, Json, bad_request
from standins.telegram.rules import ACTIONS, Params, caption, inline_keyboard, message_text
from standins.telegram.updates import Updates
from standins.telegram.world import MAX_FILE_BYTES, Chat, World

Answer = Callable[[Params], Awaitable[Any]]
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


@dataclass(slots=True)
class Methods:
    world: World
    updates: Updates
    sent: list[Json] = field(default_factory=list)  # the messages that the bot sent

    def find(self, name: str) -> Answer:
        """Telegram does not look at the case of a method's name."""
        methods = {
            "getme": self.get_me,
            "getupdates": self.get_updates,
            "setwebhook": self.set_webhook,
            "deletewebhook": self.delete_webhook,
            "getwebhookinfo": self.get_webhook_info,
            "sendmessage": self.send_message,
            "sendphoto": self.send_photo,
            "senddocument": self.send_document,
            "sendchataction": self.send_chat_action,
            "answercallbackquery": self.answer_callback_query,
            "editmessagereplymarkup": self.edit_message_reply_markup,
            "getfile": self.get_file,
        }
        if name.lower() not in methods:
            raise ApiError(404, "Not Found: method not found")
        return methods[name.lower()]

    async def get_me(self, _params: Params) -> Json:
        abilities = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
        return {**self.world.bot, **abilities}

    async def get_updates(self, params: Params) -> list[Json]:
        self._allow(params)
        return await self.updates.take(
            offset=params.integer("offset"),
            limit=params.integer("limit", 100),
            timeout_s=params.integer("timeout"),
        )

    async def set_webhook(self, params: Params) -> bool:
        url, secret = urlsplit(params.text("url")), params.text("secret_token")
        if not url.geturl():
            return await self.delete_webhook(params)
        if url.scheme != "https" and url.hostname not in {"127.0.0.1", "localhost"}:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if len(secret) > 256 or not all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in secret):
            raise bad_request("secret token contains unallowed characters")
        self._allow(params)
        self._drop(params)
        self.updates.set_webhook(url.geturl(), secret)
        return True

    async def delete_webhook(self, params: Params) -> bool:
        self._drop(params)
        self.updates.remove_webhook()
        return True

    async def get_webhook_info(self, _params: Params) -> Json:
        allowed = {"allowed_updates": self.updates.allowed} if self.updates.allowed else {}
        return {**self.updates.webhook.shape, "pending_update_count": len(self.updates.pending), **allowed}

    async def send_message(self, params: Params) -> Json:
        chat = self.world.reachable(params.text("chat_id"))
        text, entities = message_text(params)
        return self._send(chat, params, text=text, entities=entities)

    async def send_photo(self, params: Params) -> Json:
        chat = self.world.reachable(params.text("chat_id"))
        text, entities = caption(params)
        photo = uploads.photo(self.world, params)
        return self._send(chat, params, photo=photo, caption=text, caption_entities=entities)

    async def send_document(self, params: Params) -> Json:
        chat = self.world.reachable(params.text("chat_id"))
        text, entities = caption(params)
        document = uploads.document(self.world, params)
        return self._send(chat, params, document=document, caption=text, caption_entities=entities)

    async def send_chat_action(self, params: Params) -> bool:
        chat = self.world.reachable(params.text("chat_id"))
        if params.text("action") not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        chat.typing += 1
        self.world.pulse.beat()
        return True

    async def answer_callback_query(self, params: Params) -> bool:
        query = params.text("callback_query_id")
        for chat in self.world.chats.values():
            if query in chat.unanswered:
                chat.unanswered.remove(query)
                self.world.pulse.beat()
                return True
        raise bad_request("query is too old and response timeout expired or query ID is invalid")

    async def edit_message_reply_markup(self, params: Params) -> Json:
        chat = self.world.reachable(params.text("chat_id"))
        markup, number = inline_keyboard(params), params.integer("message_id")
        message = next((message for message in chat.messages if message["message_id"] == number), None)
        if message is None:
            raise bad_request("message to edit not found")
        if not message["from"]["is_bot"]:
            raise bad_request("message can't be edited")
        if message.get("reply_markup") == markup:
            raise bad_request(NOT_MODIFIED)
        message.pop("reply_markup", None)
        if markup:
            message["reply_markup"] = markup
        self.world.pulse.beat()
        return message

    async def get_file(self, params: Params) -> Json:
        file_id = params.text("file_id")
        file = self.world.files.get(file_id)
        if file is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(file.content) > MAX_FILE_BYTES:
            raise bad_request("file is too big")
        shape = {"file_id": file_id, "file_unique_id": f"AQAD{file_id[-4:]}"}
        return {**shape, "file_size": len(file.content), "file_path": file.path}

    def _send(self, chat: Chat, params: Params, **content: Any) -> Json:
        content["reply_markup"] = inline_keyboard(params)
        message = self.world.message(chat, self.world.bot, **{key: value for key, value in content.items() if value})
        self.sent.append(message)
        return message

    def _allow(self, params: Params) -> None:
        """Not named: the earlier choice stays, as with Telegram."""
        allowed = params.json("allowed_updates")
        if allowed is not None:
            self.updates.allowed = allowed

    def _drop(self, params: Params) -> None:
        if params.flag("drop_pending_updates"):
            self.updates.pending.clear()
