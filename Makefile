# Each target is the only command needed: it sets up what it lacks.
.PHONY: run test test-browser check fix setup lock

run: setup
	.venv/bin/otklik run

test: setup
	scripts/check
	.venv/bin/python -m pytest

# Drives the pages in the system's Chromium (Debian: apt-get install chromium).
test-browser: setup
	.venv/bin/python -m pytest -m browser

check: setup
	scripts/check

fix: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

setup:
	scripts/setup

# Pins the newest versions that pyproject.toml allows; commit the result.
lock: setup
	scripts/lock
