"""What may be sent to a subscriber, and in which form. Knows no messenger and no page."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.dialogue.conversation import Conversation
from bot.dialogue.permission import Permission
from bot.dialogue.turn import Fit
from bot.messages import Sender

LARGEST_FILE = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reach:
    """`carries`: bytes of a file that the sender's messenger takes from us; 0: it takes none."""

    fit: Fit
    carries: Callable[[Sender], int]
    permission: Permission

    def permits(self, conversation: Conversation) -> bool:
        """Whether we may advise this subscriber in this messenger at all."""
        return self.permission.permits(conversation.sender.channel, conversation.audience)

    def largest_file(self, conversation: Conversation) -> int:
        return min(LARGEST_FILE, self.carries(conversation.sender))
