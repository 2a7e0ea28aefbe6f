# Each target is the only command needed: it sets up what it lacks.
.PHONY: run demo test test-browser check fix setup lock bench rasa

run: setup
	.venv/bin/otklik run

# The bot with stand-ins for the messengers: phones and the desk on one page, nobody outside is called.
demo: setup
	.venv/bin/python -m demo

test: setup
	scripts/check
	.venv/bin/python -m pytest

# Drives the pages in the system's Chromium (Debian: apt-get install chromium).
test-browser: setup
	.venv/bin/python -m pytest -m browser

check: setup
	scripts/check

# How fast this machine decides, takes and answers; see docs/benchmarks.md.
bench: setup
	.venv/bin/python -m bench

# Rasa in an environment of its own (Python 3.10), trained on the topics; its server: scripts/rasa serve.
rasa: setup
	scripts/rasa

fix: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

setup:
	scripts/setup

# Pins the newest versions that pyproject.toml allows; commit the result.
lock: setup
	scripts/lock
