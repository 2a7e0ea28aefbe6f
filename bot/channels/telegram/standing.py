"""What Telegram says of our bot and its webhook -> Standing. Pure. The address of a foreign webhook may hold our token:
many programs put it there."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from aiogram.types import User, WebhookInfo

from bot.channels.channel import Standing
from bot.channels.telegram.parse import ALLOWED_UPDATES
from bot.channels.telegram.settings import TelegramSettings
from bot.messages import one_line

FRESH = timedelta(minutes=10)  # a failed call is told for so long
LASTING = timedelta(hours=1)  # and for so long while updates still wait
MAX_REASON = 200
SET = "otklik webhook set --channel telegram"
DELETE = "otklik webhook delete --channel telegram"


def standing(me: User, webhook: WebhookInfo, settings: TelegramSettings, *, now: datetime, token: str) -> Standing:
    told = webhook.model_copy(
        update={
            "url": _without(token, webhook.url),
            "last_error_message": _without(token, webhook.last_error_message or ""),
        }
    )
    faults = _misplaced(told, settings) if settings.mode == "polling" else _broken(told, settings.webhook, now)
    return Standing(f"@{me.username}, {told.pending_update_count} updates wait", told.url, tuple(faults))


def _misplaced(webhook: WebhookInfo, settings: TelegramSettings) -> Iterator[str]:
    if not webhook.url:
        return
    whose = "set by `otklik webhook set`" if webhook.url == settings.webhook else "set by another program?"
    yield (
        f"telegram: mode is polling, but a webhook is set, {webhook.url} ({whose}), and the bot hears nothing. "
        f"It takes the webhook away when it starts; to do it now: {DELETE}"
    )


def _broken(webhook: WebhookInfo, address: str, now: datetime) -> Iterator[str]:
    if webhook.url != address:
        yield (
            f"telegram: it calls {webhook.url or 'no address'} instead of {address}, and the bot hears nothing. "
            f"The bot sets its webhook when it starts; to do it now: {SET}"
        )
        return
    if missing := set(ALLOWED_UPDATES).difference(webhook.allowed_updates or ALLOWED_UPDATES):
        yield f"telegram: it does not tell us of {', '.join(sorted(missing))}; set the webhook anew: {SET}"
    if (failed_at := webhook.last_error_date) and now - failed_at < (
        LASTING if webhook.pending_update_count else FRESH
    ):
        reason = one_line(webhook.last_error_message or "no reason given", MAX_REASON)
        yield (
            f"telegram: at {failed_at:%Y-%m-%d %H:%M} UTC it could not call {address}: {reason}. "
            "See that the bot runs and that the address leads to it over https with a valid certificate"
        )


def _without(token: str, text: str) -> str:
    return text.replace(token.partition(":")[2], "…")
