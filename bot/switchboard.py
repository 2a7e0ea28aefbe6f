"""Reaches the channel of a sender, for those who know senders and no channels."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.background import Background
from bot.channels.channel import Channel
from bot.channels.fitting import fit
from bot.dialogue.ports import Draft
from bot.errors import ChannelDown, Rejected
from bot.messages import Attachment, File, Sender
from bot.storage.files import Files


class Switchboard:
    """A channel that is switched off is no fault: old conversations still name it."""

    def __init__(self, channels: Mapping[str, Channel], files: Files, background: Background) -> None:
        self._channels = channels
        self._files = files
        self._background = background

    def fit(self, sender: Sender, draft: Draft) -> Sequence[Draft]:
        """The draft in parts that the sender's messenger can carry."""
        channel = self._channels.get(sender.channel)
        return fit(draft, channel.capabilities) if channel else (draft,)

    async def fetch(self, channel: str, attachment: Attachment) -> File:
        """From our own files when it is kept, else from the messenger. Raises ChannelDown or SendError."""
        if attachment.kept and (file := await asyncio.to_thread(self._files.read, attachment.kept)):
            return file
        if not attachment.ref:  # sent by an agent or in the web chat: no messenger has it
            raise Rejected(f"{channel}: the file is gone; it was erased or the files folder has changed")
        if channel not in self._channels:
            raise ChannelDown(f"{channel} is switched off: its files cannot be fetched")
        return await self._channels[channel].fetch(attachment)

    def largest_file(self, sender: Sender) -> int:
        """Bytes of a file that the sender's messenger takes from us; 0: it takes none."""
        channel = self._channels.get(sender.channel)
        return channel.capabilities.max_file_bytes if channel else 0

    def show(self, sender: Sender) -> None:
        """Implements bot.dialogue.ports.Typing."""
        if channel := self._channels.get(sender.channel):
            self._background.spawn(channel.show_typing(sender.chat_id), f"typing:{sender.channel}")
