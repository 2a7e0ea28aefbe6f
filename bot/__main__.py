"""The command line: `otklik`. Errors of ours end in one plain line each, never in a traceback."""

import sys

import typer

from bot.commands import check, desk, knowledge, migrate, model, replay, run, talk, webhook
from bot.errors import OtklikError
from knowledge.faults import KnowledgeError
from nlu.confidence import ConfidenceError
from nlu.encoder import EncoderError

app = typer.Typer(
    help="Otklik: a support chatbot for a mobile operator.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(run.run)
app.command()(talk.chat)
app.command()(talk.ask)
app.command()(check.check)
app.command()(replay.replay)
app.command()(migrate.migrate)
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(model.app, name="model")
app.add_typer(desk.app, name="desk")
app.add_typer(webhook.app, name="webhook")


def main() -> None:
    try:
        app()
    except (OtklikError, KnowledgeError, EncoderError, ConfidenceError) as error:
        print(error, file=sys.stderr)  # noqa: T201  # this is the command line
        sys.exit(1)


if __name__ == "__main__":
    main()
