"""Every messenger there is, a line each. Adding one: its folder beside this file, and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bot.channels.channel import Channel
from bot.channels.telegram.settings import SECRET_HEADER, TelegramSettings, secret_for
from bot.channels.web import WebChannel, WebSettings
from bot.channels.web.history import History


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a channel may need beside its own settings."""

    secrets: Mapping[str, str]  # by the name in Kind.needs
    files: Path
    history: History


@dataclass(frozen=True, slots=True)
class Kind:
    """How a messenger is configured and made. It is off while one of its `needs` is empty."""

    title: str  # as people call it
    settings: type[BaseModel]
    build: Callable[[Any, Surroundings], Channel]
    needs: tuple[str, ...] = ()  # secrets without which it cannot work
    sign: Callable[[bytes, Mapping[str, str]], dict[str, str]] | None = None  # headers that its webhook calls carry


def _telegram(settings: TelegramSettings, around: Surroundings) -> Channel:
    from bot.channels.telegram.channel import TelegramChannel  # noqa: PLC0415  # importing aiogram takes seconds

    return TelegramChannel(settings, around.secrets["telegram_token"], around.secrets["telegram_webhook_secret"])


def _web(settings: WebSettings, around: Surroundings) -> Channel:
    return WebChannel(settings, around.history, around.files)


def _sign_telegram(_body: bytes, secrets: Mapping[str, str]) -> dict[str, str]:
    return {SECRET_HEADER: secret_for(secrets["telegram_token"], secrets["telegram_webhook_secret"])}


KINDS: Mapping[str, Kind] = {
    "telegram": Kind("Telegram", TelegramSettings, _telegram, needs=("telegram_token",), sign=_sign_telegram),
    "web": Kind("Чат на сайте", WebSettings, _web),
}
TITLES: Mapping[str, str] = {name: kind.title for name, kind in KINDS.items()}
