"""Who is on duty."""

from pathlib import Path

from handoff.duty import Presence, Roster
from handoff.settings import DeskSettings
from tests.handoff.world import World, open_world


def roster(world: World, presence: Presence, settings: DeskSettings) -> Roster:
    return Roster(database=world.database, hours=settings.opening_hours(), presence=presence, clock=world.clock)


async def test_an_agent_is_on_duty_only_with_the_switch_on_and_the_desk_open(world: World) -> None:
    agent = await world.agent()
    presence = Presence(world.clock)
    duty = roster(world, presence, DeskSettings())
    with presence.connected(agent.id):
        assert (await duty.duty()).people == 0
        await world.agents.set_duty(agent.id, on=True)
        assert (await duty.duty()).people == 1


async def test_who_closed_the_browser_counts_for_a_minute_more_and_not_for_ever(world: World) -> None:
    agent = await world.agent()
    await world.agents.set_duty(agent.id, on=True)
    presence = Presence(world.clock)
    duty = roster(world, presence, DeskSettings())
    with presence.connected(agent.id), presence.connected(agent.id):
        world.clock.advance(3600)
        assert await duty.people() == 1
    world.clock.advance(59)
    assert await duty.people() == 1
    world.clock.advance(2)
    assert await duty.people() == 0


async def test_one_of_two_windows_closed_leaves_the_agent_on_duty(world: World) -> None:
    agent = await world.agent()
    await world.agents.set_duty(agent.id, on=True)
    presence = Presence(world.clock)
    with presence.connected(agent.id):
        with presence.connected(agent.id):
            pass
        world.clock.advance(600)
        assert await roster(world, presence, DeskSettings()).people() == 1


async def test_outside_the_hours_nobody_is_on_duty_and_the_opening_is_told(tmp_path: Path) -> None:
    settings = DeskSettings.model_validate({"timezone": "UTC", "hours": {"sat": ["10:00-18:00"]}})  # now is a Friday
    async with open_world(tmp_path, settings=settings) as world:
        agent = await world.agent()
        await world.agents.set_duty(agent.id, on=True)
        presence = Presence(world.clock)
        with presence.connected(agent.id):
            duty = await roster(world, presence, settings).duty()
        assert duty.people == 0
        assert duty.opens_at is not None
        assert duty.opens_at.isoformat() == "2026-11-21T10:00:00+00:00"
