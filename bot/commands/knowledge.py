"""`otklik knowledge ...`: what the content team runs."""

import asyncio
import json
from typing import Annotated

import typer

from bot import log
from bot.app import open_library
from bot.commands.options import DEFAULT_CONFIG, ConfigOption, JsonOption, say, start
from bot.markdown import parse, to_plain
from knowledge.check import check as check_content
from knowledge.faults import KnowledgeError
from knowledge.finding import Level
from knowledge.loader import load
from knowledge.stats import statistics

app = typer.Typer(help="The topics, the catalogue and the index.", no_args_is_help=True)


@app.command()
def check(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Read all content and name what is wrong with its file and line; exit 1 for an error, 0 for mere warnings."""
    settings, _ = start(config, quiet=True)
    try:
        base = load(settings.knowledge.folder)
    except KnowledgeError as error:
        _report([str(fault) for fault in error.faults], errors=len(error.faults))
    else:
        findings = check_content(base)
        _report([str(finding) for finding in findings], errors=sum(f.level is Level.ERROR for f in findings))


@app.command()
def build(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Build the index, so that the next start need not."""
    settings, _ = start(config, quiet=True)
    log.configure(settings.log.level, settings.log.format)

    async def open_and_count() -> int:
        async with open_library(settings) as library:
            return len(library.topics())

    say(f"The index of {asyncio.run(open_and_count())} topics is in {settings.knowledge.index}.")


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
                say(f"{hit.probability:5.0%}  {hit.topic}  ({hit.title})\n       «{hit.phrasing}»")
            if hits:
                say("\n" + to_plain(parse(library.answer(hits[0].topic))))

    asyncio.run(find())


def _report(findings: list[str], *, errors: int) -> None:
    for finding in findings:
        say(finding)
    say(f"{errors} errors, {len(findings) - errors} warnings" if findings else "All is well.")
    raise typer.Exit(1 if errors else 0)
