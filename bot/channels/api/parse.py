"""A call of the app -> event. Pure; raises BadPayload and nothing else. What the app wrote never gets into an error."""

from datetime import UTC
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bot.errors import BadPayload
from bot.messages import Event, Incoming, IncomingKind, Receipt, Report, Sender, SubscriberLeft, one_line


class Call(BaseModel):
    """What docs/api-channel.md says that we take; unknown fields are passed over."""

    model_config = ConfigDict(strict=True, frozen=True)

    kind: Literal["start", "text", "press", "delivered", "read", "failed", "left"]
    id: str = Field(min_length=1, max_length=200)
    chat: str = Field(min_length=1, max_length=128)
    sent_at: Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
    name: str = ""
    text: str = Field(default="", max_length=10_000)
    press: str = Field(default="", max_length=64)
    referral: str = Field(default="", max_length=500)
    reason: str = ""


def parse(body: bytes) -> Event:
    call = _read(body)
    sender = Sender("api", "app", call.chat, one_line(call.name, 200))
    match call.kind:
        case "left":
            return SubscriberLeft(sender, call.sent_at)
        case "delivered" | "read" | "failed":
            return Report(sender, call.id, Receipt(call.kind), one_line(call.reason, 150))
    return Incoming(
        call.id, sender, IncomingKind(call.kind), call.sent_at, call.text, call.press, referral=call.referral
    )


def _read(body: bytes) -> Call:
    try:
        return Call.model_validate_json(body)
    except ValidationError as error:
        places = {".".join(map(str, fault["loc"])) for fault in error.errors(include_input=False)}
    except OverflowError:
        places = {"sent_at"}
    raise BadPayload(f"api: missing or not as documented: {', '.join(sorted(places)) or 'the JSON'}")
