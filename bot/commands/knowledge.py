"""`otklik knowledge ...`: what the content team runs."""

import asyncio
import json
import os
from typing import Annotated

import typer

from bot.app import open_library
from bot.commands.options import DEFAULT_CONFIG, ConfigOption, JsonOption, say, start
from bot.commands.progress import EncoderWithProgress, shown
from bot.config import Config
from bot.markdown import parse, to_plain
from knowledge.base import KnowledgeBase
from knowledge.build import SHIPPED, Built, written_by_editors
from knowledge.build import build as build_index
from knowledge.checks.answers import answer_findings
from knowledge.checks.closeness import closeness_findings, stray_findings
from knowledge.checks.content import check as check_content
from knowledge.checks.finding import Level
from knowledge.checks.held_out import Found, HeldOut
from knowledge.checks.report import Report, retrieval_report
from knowledge.faults import KnowledgeError
from knowledge.json_schema import schemas
from knowledge.loader import load
from knowledge.skeleton import CannotMake, new_topic
from knowledge.stats import statistics
from nlu.confidence import shipped_confidence
from nlu.encoder import build_encoder

app = typer.Typer(help="The topics, the catalogue and the index.", no_args_is_help=True)


@app.command()
def check(
    report: Annotated[
        bool, typer.Option("--report", help="Also how often a question finds its topic, by area.")
    ] = False,
    strays: Annotated[
        bool, typer.Option("--strays", help="Also each question that finds another topic first.")
    ] = False,
    fast: Annotated[bool, typer.Option("--fast", help="Without the encoder: no questions are compared.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Read all content and name what is wrong with its file and line; exit 1 for an error, 0 for mere warnings."""
    settings, _ = start(config, quiet=True)
    try:
        base = load(settings.knowledge.folder)
    except KnowledgeError as error:
        _report([str(fault) for fault in error.faults], errors=len(error.faults))
        return
    findings = check_content(base)
    if report or strays or not fast:
        built, found = _searched(settings, base)
        findings += [*closeness_findings(base, built, found), *answer_findings(base, built)]
        if report:
            _print_retrieval(retrieval_report(base, built, found))
        if strays:
            say("\n".join(map(str, stray_findings(base, built, found))))
    _report(
        [str(finding) for finding in sorted(findings)], errors=sum(finding.level is Level.ERROR for finding in findings)
    )


def _searched(settings: Config, base: KnowledgeBase) -> tuple[Built, list[Found]]:
    shipped = settings.knowledge.folder / SHIPPED
    built = written_by_editors(build_index(base, _encoder(settings), settings.knowledge.index, shipped=shipped), base)
    searched = HeldOut(built, shipped_confidence().mix).search_all()
    return built, list(shown(searched, len(built.phrasings), "Searching"))


def _encoder(settings: Config) -> EncoderWithProgress:
    return EncoderWithProgress(build_encoder(settings.nlu.encoder, os.cpu_count() or 1))


def _print_retrieval(report: Report) -> None:
    say("questions searched without themselves:")
    say(f"  {'area':<14} {'questions':>9} {'top-1':>7} {'top-3':>7}")
    for area, score in [*sorted(report.areas.items()), ("all", report.total)]:
        say(f"  {area:<14} {score.questions:>9} {score.top1:>7.1%} {score.top3:>7.1%}")


@app.command()
def build(
    ship: Annotated[bool, typer.Option("--ship", help="Into the knowledge folder, for new installations.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Build the index, so that the next start need not."""
    settings, _ = start(config, quiet=True)
    folder = settings.knowledge.folder
    index = folder / SHIPPED if ship else settings.knowledge.index
    built = build_index(load(folder), _encoder(settings), index, shipped=folder / SHIPPED)
    say(f"{built.encoded} texts encoded; the index of {len(built.topics)} topics is in {index}.")


@app.command()
def stats(json_lines: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Count topics, phrasings, languages and sample facts."""
    settings, _ = start(config, quiet=True)
    counted = statistics(load(settings.knowledge.folder)).to_dict()
    if json_lines:
        say(json.dumps(counted, ensure_ascii=False))
        return
    for name, value in counted.items():
        say(f"{name}: {value}" if not isinstance(value, dict) else f"{name}:")
        for key, number in value.items() if isinstance(value, dict) else ():
            say(f"  {key}: {number}")


@app.command("new")
def new(
    topic: Annotated[str, typer.Argument(help="The id: area.name, as market.sell-minutes.")],
    title: Annotated[str, typer.Argument(help="The title, in Russian, as it will stand on a button.")],
    file: Annotated[str, typer.Option("--file", help="Of the area's folder; by default named like the topic.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Add a topic to fill in."""
    settings, _ = start(config, quiet=True)
    try:
        path = new_topic(load(settings.knowledge.folder), settings.knowledge.folder, topic, title, file)
    except CannotMake as error:
        say(str(error))
        raise typer.Exit(1) from error
    say(f"{path}: впишите вопросы и ответ, потом: otklik knowledge check")


@app.command()
def schema(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Write the JSON Schemas by which editors' programs complete and check the YAML files."""
    settings, _ = start(config, quiet=True)
    folder = settings.knowledge.folder / "schema"
    folder.mkdir(exist_ok=True)
    for name, content in schemas().items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    say(f"{len(schemas())} schemas are in {folder}.")


@app.command("try")
def try_question(
    question: Annotated[str, typer.Argument(help="A question as a subscriber would write it.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show which topics a question finds, with the nearest phrasing of each and the answer of the first."""
    settings, _ = start(config, quiet=True)

    async def find() -> None:
        async with open_library(settings) as library:
            hits = await library.find(question)
            for hit in hits:
                nearest = f"\n       «{hit.phrasing}»" if hit.phrasing else ""  # Rasa knows none
                say(f"{hit.probability:5.0%}  {hit.topic}  ({hit.title}){nearest}")
            if hits:
                say("\n" + to_plain(parse(library.answer(hits[0].topic))))

    asyncio.run(find())


def _report(findings: list[str], *, errors: int) -> None:
    for finding in findings:
        say(finding)
    say(f"{errors} errors, {len(findings) - errors} warnings" if findings else "All is well.")
    raise typer.Exit(1 if errors else 0)
