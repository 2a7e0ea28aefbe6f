"""How Viber is configured and what signs its calls. Imports nothing of viberbot: every command reads this."""

import hmac

from pydantic import Field

from bot.channels.settings import ChannelSettings

SIGNATURE_HEADER = "x-viber-content-signature"


class ViberSettings(ChannelSettings):
    """The block `channels.viber` of config.yml; the token is a secret and comes from the environment."""

    api: str = Field(
        default="https://chatapi.viber.com/pa",
        pattern=r"^https?://",
        description="The Viber API; change it for a proxy of it.",
    )
    public_url: str = Field(
        default="",
        max_length=500,
        pattern=r"^$|^https?://",
        description="Where Viber reaches us, e.g. https://bot.example.org. Viber works by webhook only: without this "
        "address the channel stays down. It calls {public_url}/webhooks/viber and takes agents' files from below it.",
    )
    sender_name: str = Field(
        default="Otklik",
        max_length=28,
        pattern=r"\S",
        description="The name above the bot's messages, at most 28 characters; above an agent's stands the agent's.",
    )
    avatar: str = Field(
        default="",
        max_length=500,
        pattern=r"^$|^https://",
        description="The address of a picture beside the name, at most 100 KB; empty: the picture of the account.",
    )

    @property
    def webhook(self) -> str:
        """What Viber calls; empty when nobody said where we can be reached."""
        return f"{self.public_url.rstrip('/')}/webhooks/viber" if self.public_url else ""


def signature(token: str, body: bytes) -> str:
    """What Viber puts into SIGNATURE_HEADER of a call."""
    return hmac.digest(token.strip().encode(), body, "sha256").hex()
