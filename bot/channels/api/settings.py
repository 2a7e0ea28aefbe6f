"""How the operator's own app is configured, and what signs the calls of both sides."""

import hmac

from pydantic import Field

from bot.channels.settings import ChannelSettings

SIGNATURE_HEADER = "x-otklik-signature"


class ApiSettings(ChannelSettings):
    """The block `channels.api` of config.yml; the secret comes from the environment."""

    callback_url: str = Field(
        default="",
        pattern=r"^$|^https?://[^/]",
        description="Where the app takes our messages: https://app.example.org/otklik. Without it the channel is down.",
    )


def signature(secret: str, body: bytes) -> str:
    """What stands in SIGNATURE_HEADER of a call with this body, whichever side makes it."""
    return hmac.digest(secret.strip().encode(), body, "sha256").hex()
