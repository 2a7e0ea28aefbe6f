"""Questions read by a Rasa NLU server instead of the built-in search. Knows no HTTP: `bot.rasa` calls the server."""
