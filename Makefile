# Two commands for a fresh machine: `make run` and `make test`. Needed: Python 3.11 to 3.15 with venv, and make.

PYTHON ?= python3
VENV ?= .venv
PEERS ?= .peers
UV ?= uv
ARGS ?=
BIN = $(VENV)/bin
INSTALL = $(BIN)/python -m pip --disable-pip-version-check install -q --no-deps --no-compile
# pip would compile to bytecode on one processor, for most of the time that it takes
COMPILE = $(BIN)/python -m compileall -q -j 0 $(VENV)/lib > /dev/null || true
TEST = $(BIN)/python -m pytest -n 2 --dist worksteal
LOCK = $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: run test test-all lint bench wasm page notebook lock clean help

run: $(VENV)/.run ## set up everything, then run the default sweep with its figures (ARGS="runs=20" for less)
	$(BIN)/tariffsim sweep $(ARGS)

test: $(VENV)/.dev ## set up everything, then pass the tests (under five minutes)
	$(TEST) $(ARGS)

test-all: $(VENV)/.dev $(PEERS)/.done ## every test, the slow ones and the comparison with other software too (nightly)
	TARIFFSIM_PEERS=$(PEERS)/bin/python $(TEST) -m "nightly or not nightly" $(ARGS)

lint: $(VENV)/.dev ## format, lint, types, import directions, stripped notebooks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	find notebooks -name '*.ipynb' -exec $(BIN)/nbstripout --verify {} +

bench: $(VENV)/.dev ## measure speed; table and figure land in outputs/
	$(BIN)/python -m benchmarks $(ARGS)

wasm: $(VENV)/.dev ## build the rules as one WebAssembly module into the package (docs/browser.md)
	$(BIN)/python -m sim.browser

page: wasm ## build the workshop page, one HTML file, into the package (docs/workshop_page.md)
	$(BIN)/python -m sim.page

notebook: $(VENV)/.dev ## execute the notebooks; the copies with their outputs land in outputs/notebooks/
	mkdir -p outputs/notebooks
	for page in notebooks/*.ipynb; do $(BIN)/jupyter-execute "$$page" --output="$(CURDIR)/outputs/$$page" || exit 1; done

lock: ## resolve requirements/*.txt anew from pyproject.toml (needs uv; ARGS=--upgrade for the newest)
	$(LOCK) pyproject.toml --extra discover --extra salib --group build -o requirements/run.txt $(ARGS)
	$(LOCK) pyproject.toml --extra discover --extra salib --group dev -c requirements/run.txt -o requirements/dev.txt $(ARGS)
	$(LOCK) --group peers -o requirements/peers.txt $(ARGS)
	$(PYTHON) requirements/sbom.py

clean: ## remove the environments and caches; results in outputs/ stay
	rm -rf $(VENV) $(PEERS) sim/browser/built sim/page/built .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find sim tests -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1	/' | expand -t 12

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 16) else f"Python 3.11 to 3.15 is needed, this is {v[0]}.{v[1]}: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(INSTALL) --require-hashes -r requirements/run.txt
	$(INSTALL) --no-build-isolation -e .
	$(COMPILE)
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(INSTALL) --require-hashes -r requirements/dev.txt
	$(INSTALL) --no-build-isolation -e .
	$(COMPILE)
	@touch $@ $(VENV)/.run

# NegMAS and Gambit, for tests/peers alone: tariffsim is not installed here, nor they beside it; files go between.
$(PEERS)/.done: requirements/peers.txt
	$(PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip --disable-pip-version-check install -q --no-deps --require-hashes -r requirements/peers.txt
	@touch $@
