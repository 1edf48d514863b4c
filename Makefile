# The commands of the book; `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= auto
export WORKERS
ifneq ($(shell [[ '$(subst ','\'',$(WORKERS))' =~ ^([1-9][0-9]{0,2}|auto)$$ ]] && echo fine),fine)
$(error WORKERS: expected a whole number from 1 to 999, or auto, found "$(WORKERS)")
endif

# The library of this folder, even where the environment was copied or linked from another.
export PYTHONPATH := $(CURDIR)/src
export OMP_NUM_THREADS := 1
export PYTHONHASHSEED := 0
# For a user without a home.
ifneq ($(shell [ -w "$$HOME" ] && echo home),home)
export HOME := $(CURDIR)/_build/home
endif

# The instructions of 2008: nothing that is printed may hang on how a newer processor rounds a last bit.
ifeq ($(shell uname -m),x86_64)
OLDER := OPENBLAS_CORETYPE=Nehalem NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4 AVX512_ICL AVX512_SPR" \
  GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX,-AVX2,-FMA,-FMA4,-AVX512F NUMBA_CPU_NAME=nehalem NUMBA_CPU_FEATURES=
endif

.PHONY: help book check test bench full-scale epub pdf release lab serve refresh sources lock lint clean

help:  ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

ifeq ($(shell [ -L $(VENV) ] && echo link),link)
$(READY): FORCE  # the environment of another folder is used where it holds these packages, and never written to
	@cmp -s requirements.lock $@ || { echo "expected the link $(VENV) to lead to an environment that make installed from this requirements.lock; remove the link, then run make again"; exit 1; }
FORCE:
else
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "expected Python 3.11, 3.12 or 3.13, found $$($(PYTHON) --version)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "expected Python's venv module; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing the locked packages into $(VENV) (a few minutes, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@cp requirements.lock $@
endif

book: $(READY)  ## Build the book and print the file to open
	@$(BIN)/python -m casebook build

check: $(READY)  ## Format, lint, tables, prose and the tests of what changed, in under a minute
	@$(BIN)/python -m ruff format --check --quiet . && $(BIN)/python -m ruff check --quiet .
	@$(BIN)/python -m casebook prose
	@$(BIN)/python -m pytest -q -n $(WORKERS) $$($(BIN)/python tests/changed.py)

test: $(READY)  ## Run everything that must hold
	@echo "== format and lint" && $(BIN)/python -m ruff format --check --quiet . && $(BIN)/python -m ruff check --quiet .
	@echo "== the site" && $(BIN)/python -m casebook build
	@echo "== library, ledger, prose, site" && $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests
	@echo "== every stored output against a fresh one of an older processor" && $(OLDER) $(BIN)/python -m pytest --nbval --nbval-current-env -n $(WORKERS) --dist loadscope -p no:cacheprovider book

bench: $(READY)  ## Measure a model against its peers: make bench NAME=orders
	@$(if $(NAME),$(BIN)/python -m casebook bench $(NAME),echo "expected the name of a model: make bench NAME=orders"; exit 2)

full-scale: $(READY)  ## Rerun the benches and the models at the scale of the sources
	@$(BIN)/python -m pytest -m slow tests

lab: $(READY)  ## Open JupyterLab on the book
	@JUPYTER_CONFIG_PATH=$(CURDIR) $(BIN)/python -m jupyter lab --LabApp.default_url=/lab/tree/book/index.ipynb

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
	@$(if $(TEXTS),$(BIN)/python -m casebook sources "$(TEXTS)",echo "expected the folder of the texts: make sources TEXTS=folder"; exit 2)

lock: $(READY)  ## Write requirements.lock anew from requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/python -m uv pip compile requirements.txt --universal --python-version 3.11 --generate-hashes --no-emit-package casebook --no-header --quiet -o requirements.lock

lint: $(READY)  ## Format and lint
	@$(BIN)/python -m ruff format . && $(BIN)/python -m ruff check --fix .

clean:  ## Remove everything that was built
	rm -rf _build
