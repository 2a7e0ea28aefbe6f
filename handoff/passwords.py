"""Passwords: Argon2 hashes, one-time passwords, what a good password is. Knows no agent and no database."""

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST = 10
LONGEST = 200
# Without letters and digits that look alike: people read these passwords aloud.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
HASHED_AT_ONCE = 2


class Passwords:
    """Hashing is slow and hungry by design, so a flood of logins may hold only a few threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = asyncio.Semaphore(HASHED_AT_ONCE)
        self._decoy = ""

    async def hash(self, password: str) -> str:
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Without a hash always False, in the time that a real comparison takes."""
        if not self._decoy:
            self._decoy = await self.hash(secrets.token_urlsafe())
        async with self._room:
            equal = await asyncio.to_thread(self._verify, password_hash or self._decoy, password)
        return equal and password_hash is not None

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False


def one_time_password() -> str:
    """Three groups of four, 59 bits: "kx7m-p4qd-9hwt"."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def fault_of(password: str, login: str) -> str | None:
    """What is wrong with a new password, in Russian; None when it is good."""
    if len(password) < SHORTEST:
        return f"Пароль короче {SHORTEST} знаков. Придумайте длиннее: подойдёт фраза из нескольких слов."
    if len(password) > LONGEST:
        return f"Пароль длиннее {LONGEST} знаков."
    if login in password.lower():
        return "В пароле есть ваш логин. Придумайте другой."
    if len(set(password)) < 5:
        return "В пароле слишком мало разных знаков. Придумайте другой."
    return None
