# Two commands for a newcomer: `make demo` and `make test`. Everything is installed into .venv from requirements.lock.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo
# the tests' folders lie in memory where it has room: the ledger waits for the disk at every write
MEMORY := $(shell [ "$$(df --output=avail -BG /dev/shm 2>/dev/null | tail -1 | tr -dc 0-9)" -ge 6 ] 2>/dev/null && echo TMPDIR=/dev/shm)
PYTEST := $(MEMORY) $(BIN)/python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder
unexport PYTHONDONTWRITEBYTECODE  # else every process that is started compiles all modules again

.PHONY: demo test test-full bench bench-smoke lint lock setup test-tools peers clean

demo: setup
	$(BIN)/hatangso demo --out $(DEMO)

test: setup test-tools
	$(PYTEST) -m "not full"

test-full: setup test-tools lint
	HATANGSO_FULL=1 $(PYTEST)

bench: setup peers
	HATANGSO_BENCH=full $(BIN)/python -m pytest benchmarks --benchmark-only -s -p no:xdist

bench-smoke: setup
	HATANGSO_BENCH=smoke $(BIN)/python -m pytest benchmarks --benchmark-only -q -p no:xdist

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Cần Python 3.11 trở lên (lệnh python3). / Python 3.11 or newer is needed (python3)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Thiếu mô-đun venv: apt install python3-venv / module venv is missing."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

test-tools:
	@bash tools/test_tools.sh

peers:
	BENCH=1 bash tools/test_tools.sh
	bash tools/peers.sh

lock: setup
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-annotate --group dev pyproject.toml -o requirements.lock --custom-compile-command "make lock"
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-annotate pyproject.toml -c requirements.lock -o requirements-run.lock --custom-compile-command "make lock"

clean:
	rm -rf $(VENV) .peers $(DEMO) build dist
