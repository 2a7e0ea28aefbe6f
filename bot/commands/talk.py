"""`otklik ask` and `otklik chat`: the bot in the terminal. `--json` is a documented, stable format: docs/cli.md."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import SecretStr

from bot.app import App, build, limits_of, open_library, running
from bot.channels.terminal import SENDER, Terminal
from bot.commands.options import DEFAULT_CONFIG, ConfigOption, JsonOption, say, start
from bot.config import Config, Secrets
from bot.dialogue.ask import Asked
from bot.dialogue.ask import ask as ask_bot
from bot.dialogue.interpret import Interpreter
from bot.dialogue.replies import Replies
from bot.errors import ConfigError
from bot.markdown import parse, to_plain
from bot.messages import Outgoing
from bot.storage.inbox import last_turn
from knowledge.library import Library


def ask(
    text: Annotated[str | None, typer.Argument(help="The question.", show_default=False)] = None,
    batch: Annotated[
        Path | None, typer.Option(help='A file with one {"text": ...} a line; "-" reads the input.')
    ] = None,
    json_lines: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Ask one question, or a file of them, outside any conversation."""
    if (text is None) == (batch is None):
        raise typer.BadParameter('give either a question ("как узнать баланс") or --batch FILE.jsonl')
    settings, _ = start(config, quiet=True)
    questions = [text] if text is not None else list(_questions(batch or Path("-")))
    asyncio.run(_ask_all(settings, questions, json_lines=json_lines or batch is not None))


def chat(json_lines: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Talk to the bot in the terminal; it remembers the conversation. Ctrl-D ends."""
    settings, _ = start(config, quiet=True)
    asyncio.run(_chat(settings, json_lines=json_lines))


def _questions(path: Path) -> Iterator[str]:
    try:
        lines = sys.stdin if str(path) == "-" else path.open(encoding="utf-8")
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    with lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                text = json.loads(line)["text"]
            except (ValueError, KeyError, TypeError):
                text = None
            if not isinstance(text, str):
                raise ConfigError([f'{path}:{number}: expected a JSON object with "text", like {{"text": "..."}}'])
            yield text


async def _ask_all(config: Config, questions: list[str], *, json_lines: bool) -> None:
    async with open_library(config) as library:
        replies = Replies(library, config.dialogue.menu)
        interpreter = Interpreter(library, limits_of(config))
        for question in questions:
            asked = await ask_bot(question, library, interpreter, replies)
            told = json.dumps(_as_json(question, asked), ensure_ascii=False) if json_lines else _as_text(asked, library)
            say(told)


def _as_json(text: str, asked: Asked) -> dict[str, Any]:
    return {
        "text": text,
        "decision": asked.decision,
        "topic": asked.topic or None,
        "confidence": round(asked.confidence, 4),
        "reply": to_plain(parse(asked.reply)),
        "hits": [
            {"topic": hit.topic, "title": hit.title, "probability": round(hit.probability, 4)} for hit in asked.hits
        ],
        "ms": round(asked.ms, 2),
    }


def _as_text(asked: Asked, library: Library) -> str:
    topic = library.topic(asked.topic)
    head = f"[{asked.decision}] {topic.title if topic else ''} {asked.confidence:.0%}"
    hits = "\n".join(f"  {hit.probability:.0%} {hit.topic}: {hit.title}" for hit in asked.hits)
    return f"{head}\n\n{to_plain(parse(asked.reply))}\n\n{hits}"


async def _chat(config: Config, *, json_lines: bool) -> None:
    """A real bot on a database of its own, which goes with the talk."""
    with tempfile.TemporaryDirectory() as folder:
        secrets = Secrets(database_url=SecretStr(f"sqlite+aiosqlite:///{folder}/chat.db"))
        terminal = Terminal()
        async with open_library(config) as library:
            app = build(config, secrets, library, channels={terminal.name: terminal})
            async with running(app):
                await _talk(app, terminal, json_lines=json_lines)


async def _talk(app: App, terminal: Terminal, *, json_lines: bool) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        if not line.strip():
            continue
        await app.inbox.accept(terminal.read(line.rstrip("\n")))
        await app.settled()
        said = terminal.take()
        say(json.dumps(await _turn_as_json(app, said), ensure_ascii=False) if json_lines else _turn_as_text(said))


async def _turn_as_json(app: App, said: list[Outgoing]) -> dict[str, Any]:
    async with app.database.reading() as connection:
        status, verdict = await last_turn(connection, SENDER)
    return {
        "replies": [to_plain(parse(message.text)) for message in said],
        "buttons": [button.text for message in said for button in message.buttons],
        "decision": verdict.decision,
        "topic": verdict.topic or None,
        "confidence": round(verdict.confidence, 4),
        "status": status,
    }


def _turn_as_text(said: list[Outgoing]) -> str:
    texts = "\n\n".join(to_plain(parse(message.text)) for message in said)
    buttons = [button.text for message in said for button in message.buttons]
    return texts + "".join(f"\n  [{number}] {label}" for number, label in enumerate(buttons, 1)) + "\n"
