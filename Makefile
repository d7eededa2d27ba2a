# The portal's commands; `make` lists them. They need a Python 3.11 or newer and nothing else:
# what is missing is installed into .venv/ and .portal/, which git ignores.

ifndef PYTHON
PYTHON := $(firstword $(foreach python,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(python) -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1)' 2>/dev/null && echo $(python))) python3)
endif
STACK := $(PYTHON) -m devstack
BIN := .venv/bin
SPEED ?= 1
ARGS ?=
export PYTHONDONTWRITEBYTECODE ?= 1

CHECKS := lint formatted types templated directions migrations compose

.PHONY: help demo test check format install lock bench docs pictures services stop clean $(CHECKS)
.DEFAULT_GOAL := help

help: ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

demo: ## Run the portal: SPEED=60 for a faster clock, FRESH=1 to start over; Ctrl-C stops it
	@$(STACK) demo --speed $(SPEED) $(if $(FRESH),--fresh)

test: ## Run every test, or some: ARGS="tests/cases -k severity"; FAST=1 without browser and processes
	@$(STACK) test $(if $(FAST),--fast) $(if $(NO_SKIP),--no-skip) -- $(ARGS)

check: install ## Static checks: lint, format, types, import directions, migrations
	@$(MAKE) --no-print-directory --keep-going $(CHECKS)

# The settings are only read; there is nothing to connect to.
$(CHECKS): export SECRET_KEY = only-to-read-the-settings-for-the-checks
$(CHECKS): export DATABASE_URL = postgres://127.0.0.1:1/none
$(CHECKS): export REDIS_URL = redis://127.0.0.1:1
lint:
	$(BIN)/ruff check --quiet .
formatted:
	$(BIN)/ruff format --check --quiet .
types:
	$(BIN)/mypy
templated:
	$(BIN)/djlint templates --lint --quiet
directions:
	$(BIN)/lint-imports --no-logo
migrations:
	$(BIN)/python -W ignore manage.py makemigrations --check --dry-run
compose:
	@if docker compose version >/dev/null 2>&1; then docker compose config --quiet; else echo 'no docker compose here: its file is not checked'; fi

format: install ## Format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

install:
	@$(STACK) install

lock: ## Resolve the dependencies of pyproject.toml into requirements/; ARGS=--upgrade for newer ones
	@$(STACK) lock -- $(ARGS)

bench: ## Measure everything, or some: ARGS=business_time
	@$(STACK) run -- $(BIN)/python -m bench $(ARGS)

docs: install ## Write the tables of clauses and of access to .portal/docs/
	@$(BIN)/python -m tests.clauses
	@$(BIN)/python -m tests.access.matrix
	@ls .portal/docs/clauses.md .portal/docs/access.md

pictures: ## Take the README's pictures from a running demo
	@PORTAL_STATE=.portal/pictures $(STACK) demo --fresh -- $(BIN)/python -m docs.pictures $(ARGS)

services: ## Leave a PostgreSQL and a Redis running for test runs, and say how to use them
	@$(STACK) services

stop: ## Stop them, and a demo of this checkout
	@$(STACK) stop

clean: stop ## Remove all that was made by running: data, logs, caches, builds (not .venv)
	rm -rf .portal staticfiles static_build node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage
