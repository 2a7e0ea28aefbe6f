"""`otklik model ...`: how well the bot understands."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.app import open_library
from bot.commands.options import DEFAULT_CONFIG, ConfigOption, JsonOption, say, start
from bot.commands.progress import shown
from bot.config import Config
from bot.dialogue.ask import ask
from bot.dialogue.decide import Thresholds
from bot.dialogue.interpret import Interpreter
from bot.dialogue.replies import Replies
from bot.errors import ConfigError
from knowledge.library import Library
from knowledge.parametric import without_row
from nlu.evaluation.outcome import Outcome, Question
from nlu.evaluation.report import as_markdown, measure

QUESTIONS = Path("tests/questions/dev.jsonl")
SMALL_TALK = "smalltalk."

app = typer.Typer(help="How well the bot understands.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Without this, typer would make the only command the group itself."""


@app.command("eval")
def evaluate(
    questions: Annotated[
        Path, typer.Option(help="Questions with their right topics, a JSON object a line.")
    ] = QUESTIONS,
    json_lines: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Ask questions of known answer, each as a subscriber's first, and measure what becomes of them."""
    settings, _ = start(config, quiet=True)
    asked = list(_questions(questions))
    report = measure(asyncio.run(_ask_all(settings, asked)), lambda topic: topic.startswith(SMALL_TALK))
    say(json.dumps(report.to_dict(), ensure_ascii=False) if json_lines else as_markdown(report))


def _questions(path: Path) -> Iterator[Question]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            right = frozenset(row[key] for key in ("topic", "also") if row.get(key))
            yield Question(str(row["text"]), right, row.get("register", "plain"), row.get("language", "ru"))
        except (ValueError, KeyError, TypeError, AttributeError):
            expected = 'a JSON object with "text" and "topic" (null when no topic answers it)'
            raise ConfigError([f"{path}:{number}: expected {expected}"]) from None


async def _ask_all(config: Config, questions: list[Question]) -> list[Outcome]:
    async with open_library(config) as library:
        interpreter = Interpreter(library, Thresholds(config.dialogue.answer, config.dialogue.clarify))
        replies = Replies(library, config.dialogue.menu)
        asked = shown(questions, len(questions), "Asking")
        return [await _outcome(question, library, interpreter, replies) for question in asked]


async def _outcome(question: Question, library: Library, interpreter: Interpreter, replies: Replies) -> Outcome:
    started = time.perf_counter()
    asked = await ask(question.text, library, interpreter, replies)
    ms = (time.perf_counter() - started) * 1000
    is_courtesy = asked.decision == "answer" and not asked.topic
    found = () if is_courtesy else tuple(without_row(hit.topic) for hit in asked.hits)
    confidence = asked.hits[0].probability if found else 0.0
    return Outcome(question, found, confidence, asked.decision, ms)
