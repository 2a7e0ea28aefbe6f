"""`otklik model ...`: how well the bot understands."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.app import limits_of, open_library
from bot.commands.assess import assess, write_confidence
from bot.commands.options import DEFAULT_CONFIG, ConfigOption, JsonOption, say, start
from bot.commands.progress import shown
from bot.config import Config
from bot.dialogue.ask import ask
from bot.dialogue.interpret import Interpreter
from bot.dialogue.replies import Replies
from bot.errors import ConfigError
from knowledge.build import phrasings
from knowledge.library import Library
from knowledge.loader import load
from knowledge.parametric import without_row
from nlu.encoder import MANIFEST, MODEL_FOLDER, SHIPPED
from nlu.evaluation.outcome import Outcome, Question
from nlu.evaluation.report import Report, as_markdown, measure
from nlu.normalize import normalize
from nlu.rasa.export import files

QUESTIONS = Path("tests/questions/dev.jsonl")
SMALL_TALK = "smalltalk."

app = typer.Typer(help="How well the bot understands.", no_args_is_help=True)


@app.command("eval")
def evaluate(
    questions: Annotated[
        Path, typer.Option(help="Questions with their right topics, a JSON object a line.")
    ] = QUESTIONS,
    report_to: Annotated[
        Path | None, typer.Option("--report", help="A folder for report.md, report.json and two pictures.")
    ] = None,
    json_lines: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Ask questions of known answer, each as a subscriber's first, and measure what becomes of them."""
    settings, _ = start(config, quiet=True)
    asked = list(read_questions(questions))
    outcomes = asyncio.run(_ask_all(settings, asked))
    knowledge = load(settings.knowledge.folder)
    report = measure(
        outcomes,
        harmless=lambda topic: topic.startswith(SMALL_TALK),
        linked=lambda topic: knowledge.topics[topic].leads_to if topic in knowledge.topics else (),
    )
    say(json.dumps(report.to_dict(), ensure_ascii=False) if json_lines else as_markdown(report))
    if report_to:
        _write(report, outcomes, report_to, settings.dialogue.wrong_answers)


@app.command()
def train(  # noqa: PLR0913, PLR0917  # one option each
    base: Annotated[str, typer.Option(help="The encoder to tune: a sentence-transformers folder or hub name.")],
    epochs: Annotated[int, typer.Option(min=1, help="How often each phrasing is seen.")] = 4,
    frozen: Annotated[int, typer.Option(min=0, help="So many of the lowest layers are not tuned.")] = 6,
    layers: Annotated[int, typer.Option(min=0, help="So many of the lowest layers are kept; 0: all.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same encoder.")] = 1,
    workshop: Annotated[Path, typer.Option(help="Where the new encoder is made.")] = Path("var/training"),
    questions: Annotated[
        Path, typer.Option(help="Questions of known answer that decide whether it is better, and fit its confidence.")
    ] = QUESTIONS,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Tune an encoder on the knowledge; it replaces the shipped one only if it finds at least as much."""
    settings, _ = start(config, quiet=True)
    try:
        from bot.commands import train as training  # noqa: PLC0415  torch is not installed to serve
        from nlu.training.tune import Settings  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError([f"training needs {error.name}: pip install otklik[train]"]) from None
    asked = list(read_questions(questions))
    knowledge, folder = load(settings.knowledge.folder), settings.knowledge.folder
    made = training.Workshop(workshop)
    training.tune(base, made, knowledge, Settings(epochs=epochs, layers=layers, frozen=frozen, seed=seed), say)
    confidence, new = assess(asked, knowledge, str(made.encoder), made.index, folder)
    write_confidence(made.encoder, confidence, new, questions.name)
    _, old = assess(asked, knowledge, SHIPPED, settings.knowledge.index, folder)
    say(f"the new encoder: {new.to_dict()}\nthe shipped one: {old.to_dict()}")
    if new.top1 < old.top1:
        say(f"Refused: the new one finds less. It stays in {made.encoder}; nlu.encoder in config.yml can name it.")
        raise typer.Exit(1)
    training.replace_shipped(made, folder)
    say("It replaces the shipped one. Run otklik model eval, and commit nlu/model and knowledge/vectors together.")


@app.command()
def calibrate(
    questions: Annotated[
        Path, typer.Option(help="Questions with their right topics, a JSON object a line.")
    ] = QUESTIONS,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Fit the probabilities of the encoder in use to questions of known answer, and tell how they do on others."""
    settings, _ = start(config, quiet=True)
    model = settings.nlu.encoder
    target = MODEL_FOLDER if model == SHIPPED else Path(model)
    if not (target / MANIFEST).is_file():
        raise ConfigError([f"nlu.encoder: {model!r} is no folder that could keep its own confidence.json"])
    asked, folder = list(read_questions(questions)), settings.knowledge.folder
    confidence, quality = assess(asked, load(folder), model, settings.knowledge.index, folder)
    write_confidence(target, confidence, quality, questions.name)
    say(f"{quality.to_dict()}, left out of the fit fold by fold; written to {target}.")


@app.command("export-rasa")
def export_rasa(
    folder: Annotated[Path, typer.Argument(help="Where nlu.yml, domain.yml and config.yml are written.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write what a Rasa NLU server is trained on, from the same topics."""
    settings, _ = start(config, quiet=True)
    knowledge = load(settings.knowledge.folder)
    topics: dict[str, list[str]] = {}
    for phrasing in phrasings(knowledge):
        topics.setdefault(phrasing.topic, []).append(phrasing.text)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files(topics, list(map(normalize, knowledge.asked.get("", ())))).items():
        (folder / name).write_text(text, encoding="utf-8")
    say(f"{sum(map(len, topics.values()))} phrasings of {len(topics)} topics are in {folder}.")


def _write(report: Report, outcomes: Sequence[Outcome], folder: Path, risk: float) -> None:
    try:
        from nlu.evaluation.pictures import draw  # noqa: PLC0415  matplotlib is not installed to serve
    except ImportError:
        raise ConfigError(["the pictures of a report need matplotlib: pip install otklik[train]"]) from None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(as_markdown(report), encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(report.to_dict(), indent=2) + "\n", encoding="utf-8")
    draw(outcomes, folder, risk)


def read_questions(path: Path) -> Iterator[Question]:
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
        interpreter = Interpreter(library, limits_of(config))
        replies = Replies(library, config.dialogue.menu)
        asked = shown(questions, len(questions), "Asking")
        return [await _outcome(question, library, interpreter, replies) for question in asked]


async def _outcome(question: Question, library: Library, interpreter: Interpreter, replies: Replies) -> Outcome:
    asked = await ask(question.text, library, interpreter, replies)
    is_courtesy = asked.decision == "answer" and not asked.topic
    found = () if is_courtesy else tuple(without_row(hit.topic) for hit in asked.hits)
    confidence = asked.hits[0].probability if found else 0.0
    return Outcome(question, found, confidence, asked.decision, asked.ms)
