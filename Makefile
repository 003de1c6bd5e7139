# Every target works on a bare checkout: what is missing is installed first (apt, as root or sudo).
#
#   make demo          see it work          make test    everything that must pass
#   make check         the quick loop       make bench   the figures

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# The kernel is built again when one of these is newer than the last build; Python needs no build.
SOURCES := pyproject.toml constraints.txt $(shell find rust -path rust/target -prune -o -path rust/fuzz -prune -o \
	\( -name '*.rs' -o -name Cargo.toml -o -name Cargo.lock -o -name '*.json' \) -print 2>/dev/null)

PYTEST_FLAGS ?=
BENCH_FLAGS ?=
FUZZ_SECONDS ?= 60

.PHONY: help build venv demo test check lint fmt coverage bench evasion long clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.build/demo.stamp: $(SOURCES)
	@scripts/build.sh demo
	@mkdir -p .build && touch $@

.build/dev.stamp: $(SOURCES)
	@scripts/build.sh dev
	@mkdir -p .build && touch .build/demo.stamp $@

build: .build/demo.stamp ## Build scrim into .venv (release)

venv: .build/dev.stamp ## Build scrim and install what developing it takes

demo: .build/demo.stamp ## Show three principals the same data; ONCE=1 ends after the tables
	@exec .venv/bin/scrim demo $(if $(ONCE),--once)

test: .build/dev.stamp ## Install all that testing takes, and run every test
	@scripts/install-postgres.sh
	@scripts/install-clients.sh
	@PYTEST_FLAGS='$(PYTEST_FLAGS)' scripts/test.sh

check: .build/dev.stamp ## The quick loop: lint, types, layers, unit tests
	@scripts/lint.sh
	@.venv/bin/pytest -q tests/unit

lint: .build/dev.stamp ## Lint alone
	@scripts/lint.sh

fmt: .build/dev.stamp ## Format Python and Rust
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix --exit-zero --quiet .
	@. scripts/apt.sh; . scripts/rust.sh; need_rust_lints; cargo fmt --manifest-path rust/Cargo.toml --all

coverage: .build/dev.stamp ## Branch coverage of the unit tests
	@.venv/bin/coverage run -m pytest -q tests/unit
	@.venv/bin/coverage report

bench: .build/dev.stamp ## Run benchmarks/*.py into benchmarks/results/ (BENCH_FLAGS=--quick)
	@scripts/install-postgres.sh
	@scripts/install-peers.sh
	@.venv/bin/python scripts/bench.py $(BENCH_FLAGS)

evasion: .build/dev.stamp ## Try to get protected values out, and write the score
	@scripts/install-postgres.sh
	@.venv/bin/pytest -q -m 'not long' tests/evasion --deselect tests/evasion/test_score.py
	@.venv/bin/python scripts/evasion_score.py

long: .build/dev.stamp ## Fuzzing (FUZZ_SECONDS each) and soak tests
	@scripts/install-postgres.sh
	@scripts/fuzz.sh $(FUZZ_SECONDS)
	@.venv/bin/pytest -m long --timeout 0 tests

clean: ## Remove everything that was built
	rm -rf .build .venv .coverage htmlcov rust/target rust/fuzz/target benchmarks/results
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -f src/scrim/_kernel*.so
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
