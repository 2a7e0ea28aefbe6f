"""`otklik desk ...`: the people of the desk."""

import asyncio
from typing import Annotated

import typer

from bot.clock import SystemClock
from bot.commands.options import DEFAULT_CONFIG, ConfigOption, say, start
from bot.config import database_url
from bot.storage.database import Database
from bot.storage.migrate import upgrade
from handoff.agents import Agents, OneTimePassword, Role

app = typer.Typer(help="The people of the desk.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The people of the desk."""


@app.command("add-agent")
def add_agent(
    login: Annotated[str, typer.Argument(help="Latin letters and digits, e.g. m.sidorova.")],
    name: Annotated[str, typer.Option(help="As subscribers see it, e.g. Мария.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.AGENT,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Add a person and print a one-time password for the first login."""
    settings, secrets = start(config, quiet=True)
    created = asyncio.run(_add(database_url(settings, secrets), login, name, role))
    say(f"login {created.login}, one-time password {created.password}")


async def _add(url: str, login: str, name: str, role: Role) -> OneTimePassword:
    database = Database(url)
    try:
        await upgrade(database)
        return await Agents(database, SystemClock()).create(login, name, role)
    finally:
        await database.close()
