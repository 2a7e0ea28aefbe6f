"""News of conversations, told after the commit: who needs to look again hears the conversation's id, and only that."""

from collections.abc import Callable

Listener = Callable[[int], None]


class Announcements:
    """Synchronous and cheap: a listener only wakes something of its own."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of every changed conversation until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def changed(self, conversation_id: int) -> None:
        for listener in tuple(self._listeners):
            listener(conversation_id)
