"""In which messengers we may advise whom. A law may bar an operator from advising private persons in a foreign one
(Russia: Federal Law 41 of 2025); then the bot only says where it may. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.messages import Audience, Incoming, IncomingKind, Sender


@dataclass(frozen=True, slots=True)
class Permission:
    """`allowed` by channel; a channel that is not in it is open to everybody."""

    allowed: Mapping[str, frozenset[Audience]] = field(default_factory=dict)

    def permits(self, channel: str, audience: Audience) -> bool:
        return audience in self.allowed.get(channel, frozenset(Audience))

    def is_open(self, channel: str) -> bool:
        """To everybody."""
        return all(self.permits(channel, audience) for audience in Audience)

    def open_to(self, audience: Audience, titles: Mapping[str, str]) -> list[str]:
        """Where the audience may be advised, as people call it. `titles`: of the channels that run."""
        return [title for channel, title in titles.items() if self.permits(channel, audience)]


OPEN = Permission()


def without_content(incoming: Incoming) -> Incoming:
    """All that may be kept of a message we may not answer: that there was one, and where to say so."""
    sender = Sender(incoming.sender.channel, incoming.sender.account, incoming.sender.chat_id)
    kind = IncomingKind.TEXT
    return Incoming(incoming.external_id, sender, kind, incoming.sent_at, is_greeted=incoming.is_greeted)
