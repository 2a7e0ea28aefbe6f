"""The Telegram channel: joins parsing, rendering and calls. By long polling or by webhook."""

import asyncio
import hmac
import mimetypes
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import structlog
from aiogram.methods import AnswerCallbackQuery, DeleteWebhook, GetMe, GetWebhookInfo, SendChatAction, SetWebhook

from bot.channels.channel import Accept, Standing
from bot.channels.telegram.client import MAX_FILE_BYTES, TIMING, Client, Timing
from bot.channels.telegram.errors import MarkupRefused, PhotoRefused
from bot.channels.telegram.parse import ALLOWED_UPDATES, CALLBACK, Receipt, parse, read, update_id
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.render import CAPABILITIES, render, render_document, render_file, render_plain
from bot.channels.telegram.settings import SECRET_HEADER, TelegramSettings, secret_for
from bot.channels.telegram.standing import standing
from bot.errors import (
    BadPayload,
    ChannelDown,
    ConfigError,
    Rejected,
    SendError,
    TryLater,
    Uncertain,
    Unreachable,
    Untrusted,
)
from bot.messages import Attachment, Event, File, Ignored, Incoming, IncomingKind, Outgoing, Parsed, WebhookCall

log = structlog.get_logger()
TOKEN = re.compile(r"(\d+):[\w-]+", re.ASCII)
NO_ADDRESS = (
    "telegram: channels.telegram.public_url is empty; "
    "set it to the https address under which Telegram reaches us, e.g. https://bot.example.org"
)


class TelegramChannel:
    """One Telegram bot, in private chats only."""

    name = "telegram"
    capabilities = CAPABILITIES

    def __init__(
        self,
        settings: TelegramSettings,
        token: str,
        webhook_secret: str = "",
        *,
        timing: Timing = TIMING,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.account = _bot_id(token)
        self._token = token.strip()
        self._settings = settings
        self._secret = secret_for(token, webhook_secret)
        self._timing = timing
        self._now = now
        self._client = Client(settings.api, self._token, timing)
        self._acknowledging: set[asyncio.Task[None]] = set()

    async def connect(self) -> str:
        with _down():
            me = await self._client.call(GetMe())
        if self._settings.mode == "polling":
            await self.delete_webhook()
        else:
            await self.set_webhook()
        return f"@{me.username}, {self._settings.mode}"

    async def listen(self, accept: Accept) -> None:
        async def take(raw: Mapping[str, Any]) -> None:
            event = self._event(raw)
            await accept(event)
            self._acknowledge_soon(event)

        if self._settings.mode == "polling":
            await Polling(self._client, take, self._timing).run()

    def verify(self, call: WebhookCall) -> None:
        # Bytes: `compare_digest` raises on a str with other than ASCII in it.
        given = call.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(given, self._secret.encode()):
            raise Untrusted(f"telegram: the webhook call does not carry our secret in {SECRET_HEADER}")

    def parse(self, body: bytes) -> Parsed:
        return Parsed((self._event(read(body)),))

    async def acknowledge(self, event: Event) -> None:
        """Stops the spinner on a pressed button. For a webhook's events: `listen` does it itself."""
        if isinstance(event, Incoming) and event.kind is IncomingKind.PRESS:
            method = AnswerCallbackQuery(callback_query_id=event.external_id.removeprefix(CALLBACK))
            try:
                await self._client.call(method)
            except SendError as error:
                log.debug("telegram_press_not_answered", reason=str(error))

    async def send(self, message: Outgoing) -> str:
        if message.attachment is not None:
            return await self._send_file(message)
        try:
            return await self._client.send(render(message))
        except MarkupRefused as refusal:
            log.warning("telegram_markup_refused", message_id=message.id, reason=str(refusal))
        return await self._client.send(render_plain(message))

    async def show_typing(self, chat_id: str) -> None:
        with suppress(SendError):
            await self._client.call(SendChatAction(chat_id=chat_id, action="typing"))

    async def fetch(self, attachment: Attachment) -> File:
        if attachment.size_bytes > MAX_FILE_BYTES:
            raise Rejected(f"telegram: a file of {attachment.size_bytes} bytes; bots get at most {MAX_FILE_BYTES}")
        if not attachment.ref:
            raise Rejected(f"telegram: there are no bytes behind a {attachment.kind}")
        try:
            name, content = await self._client.download(attachment.ref)
        except Uncertain as error:
            raise Unreachable(str(error)) from error  # asking again for a file doubles nothing
        mime = attachment.mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        return File(content, mime, attachment.name or name)

    async def name_of(self, chat_id: str) -> str:
        return ""  # every update carries it

    async def inspect(self) -> Standing:
        with _down():
            me, webhook = await self._client.call(GetMe()), await self._client.call(GetWebhookInfo())
        return standing(me, webhook, self._settings, now=self._now(), token=self._token)

    async def set_webhook(self) -> str:
        """Updates that wait at Telegram are kept: they are messages of subscribers."""
        address = self._settings.webhook
        if not address:
            raise ChannelDown(NO_ADDRESS)
        wanted = SetWebhook(
            url=address, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES, drop_pending_updates=False
        )
        with _down():
            await self._client.call(wanted)
        return address

    async def delete_webhook(self) -> None:
        with _down():
            await self._client.call(DeleteWebhook(drop_pending_updates=False))

    async def close(self) -> None:
        if self._acknowledging:
            _, late = await asyncio.wait(self._acknowledging, timeout=1)
            for acknowledging in late:
                acknowledging.cancel()
        await self._client.close()

    async def _send_file(self, message: Outgoing) -> str:
        file = message.file
        if file is None:
            raise Rejected("telegram: the message is a file, and its bytes are not there")
        if len(file.content) > CAPABILITIES.max_file_bytes:
            raise Rejected(
                f"telegram: a file of {len(file.content)} bytes; we send at most {CAPABILITIES.max_file_bytes}"
            )
        try:
            return await self._client.upload(render_file(message, file))
        except PhotoRefused as refusal:
            log.warning("telegram_photo_refused", message_id=message.id, reason=str(refusal))
        return await self._client.upload(render_document(message, file))

    def _event(self, raw: Mapping[str, Any]) -> Event:
        """An update we cannot read is let go, with a trace: refused, Telegram would repeat it and hold up its chat."""
        try:
            return parse(raw, Receipt(self.account, self._now()))
        except BadPayload as error:
            log.warning("telegram_update_unreadable", update_id=update_id(raw), reason=str(error))
            return Ignored("unreadable")

    def _acknowledge_soon(self, event: Event) -> None:
        acknowledging = asyncio.create_task(self.acknowledge(event))
        self._acknowledging.add(acknowledging)
        acknowledging.add_done_callback(self._acknowledging.discard)


@contextmanager
def _down() -> Iterator[None]:
    """What a failed call means for the channel: why, and what to do."""
    try:
        yield
    except TryLater as error:
        raise ChannelDown(f"telegram: {error}; the bot tries again by itself") from error
    except Uncertain as error:
        raise ChannelDown(f"{error}; check the network and channels.telegram.api") from error
    except Rejected as error:
        raise ChannelDown(f"{error}; mend channels.telegram.public_url") from error
    except SendError as error:
        raise ChannelDown(str(error)) from error


def _bot_id(token: str) -> str:
    shape = TOKEN.fullmatch(token.strip())
    if not shape:
        raise ConfigError(
            ["OTKLIK_TELEGRAM_TOKEN is not a bot's token (like 123456789:AAE...); copy it from @BotFather"]
        )
    return shape[1]
