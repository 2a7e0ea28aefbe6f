"""People helping people: agents, their desk, working hours. Imports bot; only bot.app imports it."""
