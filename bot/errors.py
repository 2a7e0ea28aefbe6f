"""Every error the product raises on purpose.

OtklikError
├── ConfigError         the configuration or a secret is wrong; lists every fault
├── IllegalMove         a conversation status may not change that way
├── ChannelDown         a messenger cannot be reached or refuses our token
├── WebhookError        what came to a webhook is refused
│   ├── Untrusted       it does not come from the messenger (secret, signature)
│   └── BadPayload      it is not what the messenger's documentation promises
└── SendError           a message was not delivered, and what to do about it
    ├── TryLater        the messenger asks to wait; costs no attempt
    ├── Unreachable     nothing was sent: try again with back-off
    ├── Uncertain       sent, but no answer came: it may have arrived
    ├── Blocked         the subscriber left or blocked the bot
    └── Rejected        the messenger refuses this very message: a fault of ours

Texts of messages, names, phones, tokens never get into an error.
`knowledge.faults.KnowledgeError` stands apart: knowledge does not know the bot.
"""


class OtklikError(Exception):
    """The root: catching it catches everything we raise on purpose."""


class ConfigError(OtklikError):
    """Everything that is wrong with the configuration, a line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class IllegalMove(OtklikError):
    """A conversation cannot go from one status to the other; see `bot.dialogue.conversation.MOVES`."""

    def __init__(self, conversation_id: int, old: str, new: str) -> None:
        super().__init__(f"conversation {conversation_id}: status '{old}' cannot become '{new}'")


class ChannelDown(OtklikError):
    """A messenger does not accept us now; the text says why and what to do."""


class WebhookError(OtklikError):
    """A webhook call is refused and changes nothing."""


class Untrusted(WebhookError):
    """The call does not carry the messenger's secret or signature."""


class BadPayload(WebhookError):
    """The body is not a payload of this messenger."""


class SendError(OtklikError):
    """A send failed. The class says what the delivery does next."""


class TryLater(SendError):
    """The messenger asks us to wait `after_s` seconds."""

    def __init__(self, after_s: float) -> None:
        super().__init__(f"the messenger asks to wait {after_s:g} s")
        self.after_s = after_s


class Unreachable(SendError):
    """The messenger could not be reached or failed before taking the message."""


class Uncertain(SendError):
    """The message went out and nothing came back: repeating it could double it."""


class Blocked(SendError):
    """The subscriber blocked the bot, or the chat is gone."""


class Rejected(SendError):
    """The messenger refuses this message for good."""
