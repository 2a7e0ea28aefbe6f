"""Cuts a draft to what a messenger can carry: text in parts, the buttons under the last one."""

from bot.channels.channel import Capabilities
from bot.dialogue.ports import Draft
from bot.markdown import split
from bot.messages import Button


def fit(draft: Draft, capabilities: Capabilities) -> tuple[Draft, ...]:
    """Never empty: a draft without text is still one message."""
    if draft.attachment:
        return (draft,)
    parts = split(draft.text, capabilities.max_text, capabilities.measure) or [draft.text]
    buttons = tuple(_shortened(button, capabilities.max_button_text) for button in draft.buttons)
    last = Draft(parts[-1], buttons[: capabilities.max_buttons])
    return (*(Draft(part) for part in parts[:-1]), last)


def _shortened(button: Button, limit: int) -> Button:
    return button if len(button.text) <= limit else Button(button.text[: limit - 1].rstrip() + "…", button.action)
