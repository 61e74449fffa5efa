# Two commands are enough for most days: `make run` and `make test`. `make` alone lists the rest.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT   ?= 8000
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := DEMO-1 DEMO-2 DEMO-3

export PORT
# Packages are compiled when they are installed: without bytecode every start would cost double.
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += -j2
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(VENV)/ready api/static/index.html ## Set up, fill three demo customers and serve at http://127.0.0.1:8000 (PORT=… to change)
	@$(BIN)/python tests/tooling/demo.py $(DEMO)
	@echo; echo "Open this link; it signs you in once (Ctrl-C stops the service):"
	@exec $(BIN)/bahi serve --port $(PORT)

.PHONY: test
test: $(VENV)/ready api/static/index.html system-packages ## Everything a change must pass, in ten minutes on two cores
	@$(BIN)/python tests/tooling/checks.py test

.PHONY: test-full
test-full: $(VENV)/ready api/static/index.html system-packages ## The long run too; what already passed on this code is not run again
	@$(BIN)/python tests/tooling/checks.py full

.PHONY: check
check: $(VENV)/ready frontend/node_modules/ready ## Lint, format, types, import contracts and drift, without running tests
	@$(BIN)/python tests/tooling/checks.py check

.PHONY: generate
generate: $(VENV)/ready frontend/node_modules/ready ## Write schemas/, the TypeScript types and docs/dictionary.md from the code
	@$(BIN)/python -m pipeline.generated

.PHONY: bench
bench: $(VENV)/ready ## Print speed and memory as ratios, both sides measured in the same run
	@$(BIN)/python -m tests.bench

.PHONY: mutants
mutants: $(VENV)/ready ## Change the consent modules in one place at a time; prints what no test notices and nothing explains
	@$(BIN)/python tests/tooling/mutants.py

.PHONY: format
format: $(VENV)/ready ## Put the Python code in its one format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

.PHONY: lock
lock: $(VENV)/ready ## Write requirements.lock from pyproject.toml, with hashes and without a registry address
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --extra dev --no-annotate \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

.PHONY: clean
clean: ## Remove what was built; your data (raw/, clean/, logs/, the ledger) stays
	rm -rf $(VENV) frontend/node_modules api/static .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

.PHONY: system-packages
system-packages: $(VENV)/ready
	@$(BIN)/python tests/tooling/system_packages.py

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	  || { echo "Bahi needs Python 3.11 as $(PYTHON). Install it, or name it: make PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

frontend/node_modules/ready: frontend/package.json frontend/package-lock.json
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null \
	  || { echo "Bahi needs Node 20 or later with npm. Install it and run the same command again."; exit 2; }
	cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

api/static/index.html: frontend/node_modules/ready $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/e2e/*')
	cd frontend && npm run --silent build -- --logLevel warn
	@touch $@
