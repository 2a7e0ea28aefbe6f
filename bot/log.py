"""Structured logs. Event names are words, values are ids and kinds: never texts, names, phones or tokens."""

import logging
import sys

import structlog

QUIET = {
    "httpx": logging.WARNING,
    "aiogram": logging.WARNING,
    "vk_api": logging.WARNING,
    "urllib3": logging.WARNING,
    "viber.bot.api": logging.CRITICAL,  # its errors quote whole requests, and those the token
    "uvicorn.access": logging.WARNING,
    "alembic": logging.WARNING,
}


def configure(level: str, form: str) -> None:
    """One line an event on standard error; standard output stays for answers (`ask --json`)."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=threshold, force=True)
    for name, floor in QUIET.items():
        logging.getLogger(name).setLevel(max(floor, threshold))
