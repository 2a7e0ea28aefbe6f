"""Why the desk refuses something.

OtklikError
└── DeskError
    ├── NoSession           nobody is logged in with this cookie
    ├── PasswordExpired     a one-time password must be changed first
    ├── Forbidden           a foreign page, a stale token, or a page of admins
    ├── NotFound            there is no such thing, or this agent may not see it
    ├── AlreadyTaken        another agent took the conversation first
    ├── NotHeld             only the agent who holds the conversation may do this
    ├── WrongStatus         the conversation is not in a status that allows this
    ├── Barred              the law does not let us advise this subscriber in this messenger
    └── Unacceptable        what a person entered cannot be used

Names, logins and texts never get into the text of an error that may be logged.
"""

from bot.errors import OtklikError


class DeskError(OtklikError):
    """The desk refuses; nothing was changed."""


class NoSession(DeskError):
    """The cookie is missing, unknown, expired or revoked."""


class PasswordExpired(DeskError):
    """Logged in with a one-time password, which opens nothing but the page that changes it."""


class Forbidden(DeskError):
    """The request does not come from our own page, or the agent's role does not allow it."""


class NotFound(DeskError):
    """Not there, or not for this agent: the two look the same on purpose."""


class AlreadyTaken(DeskError):
    """`by` is the name of the agent who has it."""

    def __init__(self, conversation_id: int, by: str) -> None:
        super().__init__(f"conversation {conversation_id} is taken by another agent")
        self.by = by


class NotHeld(DeskError):
    """The conversation belongs to another agent, or to none."""


class WrongStatus(DeskError):
    """The conversation left the queue or was closed meanwhile."""


class Barred(DeskError):
    """See bot.dialogue.permission."""


class Unacceptable(DeskError):
    """`reason` is shown to the person who entered it: Russian, without what they entered."""

    def __init__(self, reason: str) -> None:
        super().__init__("the input was refused")
        self.reason = reason
