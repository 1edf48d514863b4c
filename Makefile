# The commands of the book; `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= $(shell nproc)

export OMP_NUM_THREADS := 1
export PYTHONHASHSEED := 0

.PHONY: help book test full-scale epub pdf release lab serve refresh sources lock lint clean

help:  ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "expected Python 3.11 or newer, found $$($(PYTHON) --version)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "expected Python's venv module; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing the locked packages into $(VENV) (a few minutes, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

book: $(READY)  ## Build the book and print the file to open
	@$(BIN)/python -m casebook build

test: $(READY)  ## Run everything that must hold
	@echo "== format and lint" && $(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@echo "== the site" && $(BIN)/python -m casebook build
	@echo "== library, ledger, prose, site" && $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests
	@echo "== every stored output against a fresh one" && $(BIN)/python -m pytest --nbval --nbval-current-env -n $(WORKERS) --dist loadscope -p no:cacheprovider book

full-scale: $(READY)  ## Rerun the benches and the models at the scale of the sources
	@$(BIN)/python -m pytest -m slow tests

lab: $(READY)  ## Open JupyterLab on the book
	@$(BIN)/jupyter lab book/index.md

epub: $(READY)  ## Write the book as an EPUB
	@$(BIN)/python -m casebook epub

pdf: $(READY)  ## Print the book as one PDF (needs Chromium)
	@$(BIN)/python -m casebook pdf

release: $(READY)  ## Pack site, tables, results, PDF and EPUB with checksums
	@$(BIN)/python -m casebook release

serve: book  ## Serve the built site on this machine
	@echo "Serving on http://127.0.0.1:8000 (stop with Ctrl-C)"
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

refresh: $(READY)  ## Execute stale notebooks and store their outputs
	@$(BIN)/python -m casebook refresh

sources: $(READY)  ## Hold the ledger against the source texts: make sources TEXTS=folder
	@$(BIN)/python -m casebook sources $(TEXTS)

lock: $(READY)  ## Write requirements.lock anew from requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile requirements.txt --universal --python-version 3.11 --generate-hashes --no-emit-package casebook --no-header --quiet -o requirements.lock

lint: $(READY)  ## Format and lint
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

clean:  ## Remove everything that was built
	rm -rf _build
