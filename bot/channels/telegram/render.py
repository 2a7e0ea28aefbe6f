"""Outgoing -> sendMessage, sendPhoto, sendDocument. Pure. Telegram counts a text in UTF-16 code units, after its markup
is taken out."""

from html import escape

from aiogram.methods import SendDocument, SendMessage, SendPhoto
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

from bot import markdown
from bot.channels.channel import Capabilities, Rate
from bot.messages import Author, Button, File, Outgoing, button_key, one_line

MAX_UNITS = 4096
MAX_SIGNATURE = 100  # characters of the agent's name, at most two units each
MAX_FILE_BYTES = 20_000_000  # Telegram takes 50 MB; what we send must be as easy to get back
MAX_PHOTO_BYTES = 10_000_000
MAX_FILE_NAME = 120
PHOTO_TYPES = frozenset({"image/jpeg", "image/png"})


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


CAPABILITIES = Capabilities(
    max_text=MAX_UNITS - 2 * MAX_SIGNATURE - 56,  # room for the agent's name above the text
    max_buttons=8,
    max_button_text=40,
    chat_rate=Rate(3, per_s=3),
    total_rate=Rate(30, per_s=1),
    measure=units,
    max_file_bytes=MAX_FILE_BYTES,
)


def render(message: Outgoing) -> SendMessage:
    """Never above Telegram's limit: what is too long, which the core does not let happen, is cut as plain text."""
    if units(_plain(message)) > MAX_UNITS:
        return render_plain(message)
    text = markdown.to_telegram_html(markdown.parse(message.text))
    signature = _signature(message)
    return _method(message, f"<b>{escape(signature)}</b>\n{text}" if signature else text, "HTML")


def render_plain(message: Outgoing) -> SendMessage:
    """The same without markup: for a text whose markup Telegram refuses."""
    return _method(message, cut(_plain(message), MAX_UNITS), None)


def render_file(message: Outgoing, file: File) -> SendPhoto | SendDocument:
    """A picture that Telegram shows goes as a photo, anything else as a document."""
    if file.mime not in PHOTO_TYPES or len(file.content) > MAX_PHOTO_BYTES:
        return render_document(message, file)
    return SendPhoto(
        chat_id=message.chat_id,
        photo=_upload(file),
        caption=_caption(message),
        parse_mode="HTML",
        reply_markup=_keyboard(message),
    )


def render_document(message: Outgoing, file: File) -> SendDocument:
    """Any file, as it is: a document is not made smaller."""
    return SendDocument(
        chat_id=message.chat_id,
        document=_upload(file),
        caption=_caption(message),
        parse_mode="HTML",
        reply_markup=_keyboard(message),
    )


def cut(text: str, limit: int) -> str:
    if units(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)]
    return kept.decode("utf-16-le", "ignore") + "…"


def _plain(message: Outgoing) -> str:
    text = markdown.to_plain(markdown.parse(message.text))
    signature = _signature(message)
    return f"{signature}\n{text}" if signature else text


def _signature(message: Outgoing) -> str:
    """The agent's name on a line of its own, so that a person is told from the bot."""
    return " ".join(message.agent_name.split())[:MAX_SIGNATURE] if message.author is Author.AGENT else ""


def _caption(message: Outgoing) -> str | None:
    signature = _signature(message)
    return f"<b>{escape(signature)}</b>" if signature else None


def _upload(file: File) -> BufferedInputFile:
    """By the end of its name Telegram knows what a file is; a quotation mark would end the name in the form."""
    name = one_line(file.name.replace('"', "'").replace("\\", "_"), MAX_FILE_NAME)
    return BufferedInputFile(file.content, name or "file")


def _method(message: Outgoing, text: str, parse_mode: str | None) -> SendMessage:
    return SendMessage(
        chat_id=message.chat_id,
        text=text,
        parse_mode=parse_mode,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_markup=_keyboard(message),
    )


def _keyboard(message: Outgoing) -> InlineKeyboardMarkup | None:
    buttons = message.buttons[: CAPABILITIES.max_buttons]
    rows = [[_button(button, button_key(message.id, position))] for position, button in enumerate(buttons)]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _button(button: Button, key: str) -> InlineKeyboardButton:
    limit = CAPABILITIES.max_button_text
    label = button.text if len(button.text) <= limit else button.text[: limit - 1].rstrip() + "…"
    return InlineKeyboardButton(text=label, callback_data=key)
