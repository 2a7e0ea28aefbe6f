"""How Telegram is configured. Imports nothing of aiogram, whose import alone takes seconds: only who talks pays it."""

import hmac
import re
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.channels.settings import ChannelSettings
from bot.errors import ConfigError

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  # a header's name


class TelegramSettings(ChannelSettings):
    """The block `channels.telegram` of config.yml; the token is a secret and comes from the environment."""

    mode: Literal["polling", "webhook"] = Field(
        default="polling",
        description="`polling`: we ask Telegram for updates, no public address is needed. "
        "`webhook`: Telegram calls us at `public_url`.",
    )
    api: str = Field(
        default="https://api.telegram.org",
        pattern=r"^https?://",
        description="The Bot API server; change it for a server of your own (without --local) or a proxy of it.",
    )
    public_url: str = Field(
        default="",
        pattern=r"^$|^https?://",
        description="Where Telegram reaches us in webhook mode, e.g. https://bot.example.org: "
        "it calls {public_url}/webhooks/telegram on port 443, 80, 88 or 8443.",
    )

    @property
    def webhook(self) -> str:
        """What Telegram calls; empty when nobody said where we can be reached."""
        return f"{self.public_url.rstrip('/')}/webhooks/telegram" if self.public_url else ""

    @model_validator(mode="after")
    def _webhook_has_address(self) -> Self:
        if self.mode == "webhook" and not self.public_url:
            raise ValueError('mode is "webhook", but public_url is empty; set it, e.g. https://bot.example.org')
        return self


def secret_for(token: str, given: str) -> str:
    """Nobody has to invent one: the token makes it, and does not follow from it."""
    if not given:
        return hmac.digest(token.strip().encode(), b"otklik telegram webhook", "sha256").hex()
    if not SECRET.fullmatch(given):
        raise ConfigError(["OTKLIK_TELEGRAM_WEBHOOK_SECRET must be 1 to 256 letters, digits, _ or -"])
    return given
