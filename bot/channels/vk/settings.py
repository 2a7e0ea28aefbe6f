"""How VK is configured. Imports nothing of vk-api: only who talks pays for it."""

import hmac
import json
import re
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.channels.settings import ChannelSettings
from bot.errors import ConfigError

SECRET = re.compile(r"[A-Za-z0-9]{1,50}")


class VkSettings(ChannelSettings):
    """The block `channels.vk` of config.yml; the token is a secret and comes from the environment."""

    mode: Literal["polling", "webhook"] = Field(
        default="polling",
        description="`polling`: we ask VK for events (Bots Long Poll), no public address is needed. "
        "`webhook`: VK calls us at `public_url` (Callback API).",
    )
    api: str = Field(
        default="https://api.vk.ru",
        pattern=r"^https?://",
        description="The API server; change it for a proxy of it.",
    )
    public_url: str = Field(
        default="",
        pattern=r"^$|^https?://",
        description="Where VK reaches us in webhook mode, e.g. https://bot.example.org: "
        "it calls {public_url}/webhooks/vk.",
    )

    @model_validator(mode="after")
    def _webhook_has_address(self) -> Self:
        if self.mode == "webhook" and not self.public_url:
            raise ValueError('mode is "webhook", but public_url is empty; set it, e.g. https://bot.example.org')
        return self


def secret_for(token: str, given: str) -> str:
    """Nobody has to invent one: the token makes it, and does not follow from it. VK takes 50 letters and digits."""
    if not given:
        return hmac.digest(token.strip().encode(), b"otklik vk callback", "sha256").hex()[:50]
    if not SECRET.fullmatch(given):
        raise ConfigError(["OTKLIK_VK_WEBHOOK_SECRET must be 1 to 50 Latin letters and digits"])
    return given


def with_secret(body: bytes, secret: str) -> bytes:
    """The body as VK would send it: the secret is a part of the event. What is no event stays as it is."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return json.dumps({**event, "secret": secret}).encode() if isinstance(event, dict) else body
