"""Tickets: names under which Viber may take a kept file from us for a day. Pure; knows neither files nor HTTP."""

import hmac
import re
from datetime import datetime, timedelta

from bot.errors import Untrusted

LIFETIME = timedelta(hours=24)
TICKET = re.compile(r"([0-9]{1,12})-([0-9a-f]{64})-([0-9a-f]{32})-([0-9a-f]{64})(?:\.[a-z0-9]{1,8})?")


def issue(key: bytes, kept: str, ending: str, now: datetime) -> str:
    """`ending` (".jpg") is for Viber, which takes a picture by the end of its address; nothing trusts it."""
    expires = int((now + LIFETIME).timestamp())
    return f"{expires}-{kept.replace('/', '-')}-{_signature(key, kept, expires)}{ending}"


def redeem(key: bytes, ticket: str, now: datetime) -> str:
    """The key of the kept file. Raises Untrusted."""
    found = TICKET.fullmatch(ticket)
    if not found:
        raise Untrusted("viber: not a ticket for a file")
    expires, kept = int(found[1]), f"{found[2]}/{found[3]}"
    if not hmac.compare_digest(found[4], _signature(key, kept, expires)):
        raise Untrusted("viber: the ticket for a file is not ours")
    if now.timestamp() > expires:
        raise Untrusted("viber: the ticket for a file has expired")
    return kept


def key_of(token: str) -> bytes:
    return hmac.digest(token.encode(), b"otklik viber files", "sha256")


def _signature(key: bytes, kept: str, expires: int) -> str:
    return hmac.digest(key, f"{expires}:{kept}".encode(), "sha256").hex()
