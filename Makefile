# `make` alone lists the targets. Set-up is remembered by stamp files
# (.venv/.run, .venv/.dev, node_modules/.ok, web/vendor/.ok), so that it is
# quick the second time and needs no network then.

HOST ?= 127.0.0.1
PORT ?= 8080
DATA ?= ./data
PYTHON ?= python3
ONLY ?=
ARGS ?=
WORKERS ?= 2

VENV := .venv/bin/python
PIP := $(VENV) -m pip install --quiet --disable-pip-version-check --no-input \
	--require-hashes --only-binary :all:
CODE := $(wildcard run.py controller devices web config)
SCRIPTS = $(shell find web/static -name '*.js' 2>/dev/null)
SCRIPT_TESTS = $(shell find tests -name '*.test.js' 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test check format soak bench lock clean setup-run setup-test

help: ## list the targets
	@echo "Yimen 一门"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

run: setup-run ## serve the demo hall with simulated devices (HOST=, PORT=, DATA=)
	@exec $(VENV) run.py demo --host '$(HOST)' --port '$(PORT)' --data '$(DATA)'

test: setup-test check ## set up all that tests need, then lint, types and all tests (ARGS= for pytest)
	$(VENV) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: .venv/.dev node_modules/.ok ## lint and types only
	$(VENV) -m ruff check .
	$(if $(CODE),$(VENV) -m mypy $(CODE))
	$(if $(SCRIPTS),@set -e; for file in $(SCRIPTS); do node --check "$$file"; done)
	$(if $(SCRIPTS),node_modules/.bin/tsc -p tsconfig.json)
	$(if $(SCRIPT_TESTS),node --test $(SCRIPT_TESTS))

format: .venv/.dev ## lay out the Python code and mend what ruff can
	$(VENV) -m ruff check --fix-only --quiet .
	$(VENV) -m ruff format .

soak: setup-test ## the long tests (marker slow)
	$(VENV) -m pytest -m slow --timeout=3600 $(ARGS)

bench: setup-test ## measure the figures into build/bench.json (ONLY=name,name)
	$(VENV) -m tests.bench $(if $(ONLY),--only '$(ONLY)')

lock: ## pin requirements/*.in and package.json again (maintainers; UPGRADE=1 for newer versions)
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && \
	$(PYTHON) -m venv "$$tools" && \
	"$$tools/bin/pip" install --quiet --disable-pip-version-check uv && \
	for name in runtime dev; do \
		"$$tools/bin/uv" pip compile --quiet $(if $(UPGRADE),--upgrade) \
			--python-version 3.11 --python-platform x86_64-manylinux_2_28 --only-binary :all: \
			--generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
			requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done
	npm $(if $(UPGRADE),update,install) --package-lock-only --silent

clean: ## remove what set-up and tests made; the hall's data stays
	rm -rf .venv node_modules web/vendor build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up ------------------------------------------------------------------

setup-run: .venv/.run
	@requirements/system run
	@$(MAKE) --no-print-directory --silent NPM_RETRIES=0 web/vendor/.ok 2>/dev/null || \
		echo "The icons could not be fetched with npm; the pages do without them." >&2

setup-test:
	@requirements/system test
	@$(MAKE) --no-print-directory --silent .venv/.dev node_modules/.ok web/vendor/.ok

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Yimen needs Python 3.11 or newer; $(PYTHON) is not. Name another: make PYTHON=python3.12" >&2; exit 1; }
	@PYTHON='$(PYTHON)' requirements/system venv
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: requirements/runtime.txt | .venv/.made
	@echo "Installing what Yimen runs on into .venv (about 10 s)"
	@$(PIP) -r requirements/runtime.txt
	@touch $@

.venv/.dev: requirements/dev.txt | .venv/.run
	@echo "Installing what its tests need into .venv (about 10 s)"
	@$(PIP) -r requirements/dev.txt
	@touch $@

# npm ci empties node_modules, so a stamp inside it tells the truth.
NPM_RETRIES ?= 2
NPM_CI = timeout 120 npm ci --silent --fetch-retries=$(NPM_RETRIES) --fetch-timeout=20000

node_modules/.ok: package-lock.json .npmrc
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer." >&2; exit 1; }
	@echo "Installing the type checker and the accessibility checker into node_modules"
	@$(NPM_CI)
	@touch $@

# The pages need the icons only. Without the tests' packages, fetch nothing else.
web/vendor/.ok: package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer." >&2; exit 1; }
	@[ node_modules/.ok -nt package-lock.json ] || $(NPM_CI) --omit=dev
	@rm -rf web/vendor && mkdir -p web/vendor/lucide
	@cp node_modules/lucide-static/icons/*.svg node_modules/lucide-static/LICENSE web/vendor/lucide/
	@touch $@
