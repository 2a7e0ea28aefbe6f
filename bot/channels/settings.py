"""What every messenger's block of config.yml has."""

from pydantic import BaseModel, ConfigDict, Field

from bot.messages import Audience


class ChannelSettings(BaseModel):
    """Unknown keys are mistakes, as everywhere in config.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = Field(default=True, description="Whether the bot serves this messenger.")
    allowed_for: frozenset[Audience] = Field(
        default=frozenset(Audience),
        description="Whom the law lets us advise here: `private`, `business`, both, or `[]` for nobody. "
        "Everybody else only hears where we may advise, and nothing of what they write is kept.",
    )
