"""Agents, their passwords and their sessions."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.storage.tables import agent_sessions
from handoff.agents import Role
from handoff.errors import NotFound, Unacceptable
from handoff.passwords import fault_of, one_time_password
from handoff.sessions import Sessions
from tests.handoff.world import PASSWORD, World


async def test_the_first_start_makes_one_administrator_with_a_one_time_password(world: World) -> None:
    issued = await world.agents.ensure_first_admin()
    assert issued is not None
    admin = await world.agents.authenticate("admin", issued.password)
    assert admin is not None
    assert admin.role is Role.ADMIN
    assert admin.must_change_password
    assert await world.agents.ensure_first_admin() is None


async def test_a_password_never_shows_in_the_repr_of_what_holds_it(world: World) -> None:
    issued = await world.agents.create("anna", "Специалист Первый")
    assert issued.password not in repr(issued)
    assert "anna" not in repr(await world.stored_agent("anna"))


@pytest.mark.parametrize(("login", "name"), [("", "Имя"), ("a", "Имя"), ("анна", "Имя"), ("a b", "Имя"), ("anna", " ")])
async def test_a_malformed_login_or_an_empty_name_is_refused(world: World, login: str, name: str) -> None:
    with pytest.raises(Unacceptable):
        await world.agents.create(login, name)


async def test_a_login_exists_once_whatever_its_case(world: World) -> None:
    await world.agents.create("anna", "Специалист Первый")
    with pytest.raises(Unacceptable, match="refused"):
        await world.agents.create(" ANNA ", "Специалист Второй")


async def test_the_login_is_closed_after_five_wrong_passwords_and_open_again_in_a_quarter_of_an_hour(
    world: World,
) -> None:
    await world.agent()
    for _ in range(5):
        assert await world.agents.authenticate("anna", "не тот пароль") is None
    assert await world.agents.authenticate("anna", PASSWORD) is None
    world.clock.advance(15 * 60 - 1)
    assert await world.agents.authenticate("anna", PASSWORD) is None
    world.clock.advance(2)
    assert await world.agents.authenticate("Anna ", PASSWORD) is not None


async def test_a_right_password_forgives_the_wrong_ones_before_it(world: World) -> None:
    await world.agent()
    for _ in range(3):
        for _ in range(4):
            await world.agents.authenticate("anna", "не тот пароль")
        assert await world.agents.authenticate("anna", PASSWORD) is not None


async def test_many_guesses_at_once_are_no_more_than_five(world: World) -> None:
    await world.agent()
    await asyncio.gather(*(world.agents.authenticate("anna", f"догадка {number}") for number in range(20)))
    world.clock.advance(15 * 60 - 1)
    assert await world.agents.authenticate("anna", PASSWORD) is None


async def test_an_unknown_login_costs_a_comparison_like_a_known_one(world: World) -> None:
    compared: list[str] = []
    verify = world.passwords._hasher.verify

    class Counting:
        def verify(self, password_hash: str, password: str) -> bool:
            compared.append(password)
            return verify(password_hash, password)

        hash = world.passwords._hasher.hash

    world.passwords._hasher = Counting()  # type: ignore[assignment]  # counts, and compares as before
    await world.agent()
    compared.clear()
    assert await world.agents.authenticate("nobody", "пароль") is None
    assert await world.agents.authenticate("anna", "пароль") is None
    assert len(compared) == 2


@pytest.mark.parametrize("new", ["короткий", "anna-и-её-пароль", "аааааааааааа", "п" * 201, PASSWORD])
async def test_a_weak_or_unchanged_password_is_refused(world: World, new: str) -> None:
    agent = await world.agent()
    with pytest.raises(Unacceptable):
        await world.agents.change_password(agent, PASSWORD, new)
    assert await world.agents.authenticate("anna", PASSWORD) is not None


async def test_changing_the_password_takes_the_old_one(world: World) -> None:
    agent = await world.agent()
    with pytest.raises(Unacceptable):
        await world.agents.change_password(agent, "не тот пароль", "совсем новый пароль")
    await world.agents.change_password(agent, PASSWORD, "совсем новый пароль")
    assert await world.agents.authenticate("anna", "совсем новый пароль") is not None


async def test_a_reset_replaces_the_password_and_opens_a_closed_login(world: World) -> None:
    agent = await world.agent()
    for _ in range(5):
        await world.agents.authenticate("anna", "не тот пароль")
    issued = await world.agents.reset_password(agent.id)
    assert await world.agents.authenticate("anna", PASSWORD) is None
    found = await world.agents.authenticate("anna", issued.password)
    assert found is not None
    assert found.must_change_password
    with pytest.raises(NotFound):
        await world.agents.reset_password(404)


def test_one_time_passwords_differ_and_are_good_passwords() -> None:
    issued = {one_time_password() for _ in range(100)}
    assert len(issued) == 100
    assert not [password for password in issued if fault_of(password, "anna")]


async def test_a_session_is_stored_as_a_hash_and_ends_by_itself(world: World) -> None:
    agent = await world.agent()
    sessions = Sessions(world.database, world.clock, timedelta(hours=12))
    token = await sessions.start(agent.id)
    async with world.database.reading() as connection:
        stored = (await connection.execute(select(agent_sessions))).mappings().one()
    assert token not in str(dict(stored))
    world.clock.advance(12 * 3600 - 1)
    assert await sessions.find(token) is not None
    world.clock.advance(1)
    assert await sessions.find(token) is None


async def test_logging_out_ends_one_session_and_a_reset_ends_all(world: World) -> None:
    agent = await world.agent()
    sessions = Sessions(world.database, world.clock, timedelta(hours=12))
    first, second, third = [await sessions.start(agent.id) for _ in range(3)]
    await sessions.end(first)
    assert await sessions.find(first) is None
    assert await sessions.find(second) is not None
    await sessions.end_all(agent.id)
    assert await sessions.find(second) is None
    assert await sessions.find(third) is None
