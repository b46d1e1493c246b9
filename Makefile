# Everything a newcomer needs. Wants git, make and Python 3.11 or newer, nothing else.
#   PYTHON=...   the interpreter to use          HOST=... PORT=...   where make demo listens
#   WITHOUT=postgis   what make test leaves out   ARGS=...   further options of pytest (ARGS="-k router")
HOST ?= 127.0.0.1
PORT ?= 8000
WITHOUT ?=
ARGS ?=
# More than processors, or than four, gain nothing: each builds its own demo city and starts its own database server and browser.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$n -lt 4 ] && echo $$n || echo 4)
SETUP := PYTHON="$(PYTHON)" sh scripts/setup.sh
BIN := .venv/bin
# The tests start dozens of processes: they compile the program once, not each, also where somebody turned that off.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
RULES := rules-guarantees rules-types rules-console rules-style rules-imports
.PHONY: help demo test setup check bench soak pins openapi clean $(RULES)

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

demo: ## set up, build the demo city, route a report before your eyes, serve on HOST:PORT
	@$(SETUP) run
	@$(BIN)/python scripts/port.py "$(HOST)" "$(PORT)"
	@CITYGRID_DEMO=1 $(BIN)/citygrid demo start --host "$(HOST)" --port "$(PORT)"

test: ## set up and run all tests, on SQLite and on PostGIS
	@$(SETUP) test
	@$(if $(filter postgis,$(WITHOUT)),:,PYTHONPATH=. $(BIN)/python scripts/postgis.py)
	@PYTHONPATH=. $(BIN)/python scripts/chromium.py
	@$(BIN)/python scripts/console.py test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(addprefix --without ,$(WITHOUT)) $(ARGS)

setup: ## only set up: .venv with what the program and its tests need
	@$(SETUP) test

check: ## the rules: style, types, imports, guarantees (a minute; run it before you commit)
	@$(SETUP) test
	@$(MAKE) --no-print-directory -j2 $(RULES)

# Side by side: each waits for one processor. The longest first.
rules-guarantees:
	$(BIN)/python -m pytest -q tests/guarantees
rules-types:
	$(BIN)/mypy
rules-console:
	@$(BIN)/python scripts/console.py check
rules-style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
rules-imports:
	$(BIN)/lint-imports

bench: ## measure: every program of tests/bench
	@$(SETUP) test
	@sh scripts/programs.sh bench

soak: ## strain: every program of tests/soak (they take long)
	@$(SETUP) test
	@sh scripts/programs.sh soak

pins: ## write constraints.txt anew from what is installed in .venv
	@$(SETUP) test
	@$(BIN)/python scripts/pins.py > constraints.new && mv constraints.new constraints.txt

openapi: ## write the agreed description of the API anew, after a change that is meant
	@$(SETUP) test
	@PYTHONPATH=. $(BIN)/python scripts/openapi.py > openapi.new && mv openapi.new tests/guarantees/openapi.json

clean: ## remove .venv, caches and builds; your databases under var/ stay
	rm -rf .venv build dist map_ui/console_dist map_ui/console/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
