"""Every messenger there is, a line each. Adding one: its folder beside this file, and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from bot.channels.api import settings as api
from bot.channels.channel import Channel
from bot.channels.telegram.settings import SECRET_HEADER, TelegramSettings, secret_for
from bot.channels.viber.settings import SIGNATURE_HEADER, ViberSettings, signature
from bot.channels.vk import settings as vk
from bot.channels.vk.settings import VkSettings
from bot.channels.web import WebChannel, WebSettings
from bot.channels.web.history import History
from bot.dialogue.ports import Draft
from bot.errors import ConfigError
from bot.messages import WebhookCall
from bot.storage.cursors import Cursors
from bot.storage.files import Files


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a channel may need beside its own settings."""

    secrets: Mapping[str, str]  # by the name in Kind.needs
    files: Files
    history: History
    cursors: Cursors
    welcome: Callable[[], Draft]  # the greeting, for a messenger that wants it in the answer to its call


@dataclass(frozen=True, slots=True)
class Kind:
    """How a messenger is configured and made. It is off while one of its `needs` is empty."""

    title: str  # as people call it
    settings: type[BaseModel]
    build: Callable[[Any, Surroundings], Channel]
    needs: tuple[str, ...] = ()  # secrets without which it cannot work
    sign: Callable[[bytes, Mapping[str, str]], WebhookCall] | None = None  # the call the messenger would make of a body


def _api(settings: api.ApiSettings, around: Surroundings) -> Channel:
    from bot.channels.api.channel import NO_ADDRESS, ApiChannel  # noqa: PLC0415  # only who talks pays for HTTP

    if not settings.callback_url:
        raise ConfigError([NO_ADDRESS])
    return ApiChannel(settings, around.secrets["api_secret"])


def _telegram(settings: TelegramSettings, around: Surroundings) -> Channel:
    from bot.channels.telegram.channel import TelegramChannel  # noqa: PLC0415  # importing aiogram takes seconds

    return TelegramChannel(settings, around.secrets["telegram_token"], around.secrets["telegram_webhook_secret"])


def _viber(settings: ViberSettings, around: Surroundings) -> Channel:
    from bot.channels.viber.channel import NO_ADDRESS, ViberChannel  # noqa: PLC0415  # as above

    if not settings.public_url:
        raise ConfigError([NO_ADDRESS])
    return ViberChannel(settings, around.secrets["viber_token"], files=around.files, welcome=around.welcome)


def _vk(settings: VkSettings, around: Surroundings) -> Channel:
    from bot.channels.vk.channel import VkChannel  # noqa: PLC0415  # as above

    return VkChannel(settings, around.secrets["vk_token"], around.secrets["vk_webhook_secret"], around.cursors)


def _web(settings: WebSettings, around: Surroundings) -> Channel:
    return WebChannel(settings, around.history, around.files)


def _sign_api(body: bytes, secrets: Mapping[str, str]) -> WebhookCall:
    return WebhookCall({api.SIGNATURE_HEADER: api.signature(secrets["api_secret"], body)}, body)


def _sign_telegram(body: bytes, secrets: Mapping[str, str]) -> WebhookCall:
    secret = secret_for(secrets["telegram_token"], secrets["telegram_webhook_secret"])
    return WebhookCall({SECRET_HEADER: secret}, body)


def _sign_viber(body: bytes, secrets: Mapping[str, str]) -> WebhookCall:
    return WebhookCall({SIGNATURE_HEADER: signature(secrets["viber_token"], body)}, body)


def _sign_vk(body: bytes, secrets: Mapping[str, str]) -> WebhookCall:
    return WebhookCall({}, vk.with_secret(body, vk.secret_for(secrets["vk_token"], secrets["vk_webhook_secret"])))


KINDS: Mapping[str, Kind] = {
    "api": Kind("Приложение", api.ApiSettings, _api, needs=("api_secret",), sign=_sign_api),
    "telegram": Kind("Telegram", TelegramSettings, _telegram, needs=("telegram_token",), sign=_sign_telegram),
    "viber": Kind("Viber", ViberSettings, _viber, needs=("viber_token",), sign=_sign_viber),
    "vk": Kind("ВКонтакте", VkSettings, _vk, needs=("vk_token",), sign=_sign_vk),
    "web": Kind("Чат на сайте", WebSettings, _web),
}
TITLES: Mapping[str, str] = {name: kind.title for name, kind in KINDS.items()}
