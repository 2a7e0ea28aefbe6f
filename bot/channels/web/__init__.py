"""Web chat: a channel of our own, with its page and its widget. `router` serves them; `WebChannel` is the port."""

from bot.channels.web.channel import WebChannel, WebSettings
from bot.channels.web.history import History, ShownMessage
from bot.channels.web.routes import router

__all__ = ["History", "ShownMessage", "WebChannel", "WebSettings", "router"]
