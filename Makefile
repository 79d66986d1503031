# The commands people and CI use; what they need is fetched by bootstrap.py on first use.
.DEFAULT_GOAL := help
.PHONY: help setup run demo-real test check bench test-setup lint types imports js-types js-tests

BIN := .venv/bin
SPEED ?= 60
EVENTS_MAPPING ?= boston311
FIXES_MAPPING ?= geolife

# Any Python 3 can start the set-up, which then finds one that is new enough for the wall.
define bootstrap
for python in python3 python3.13 python3.12 python3.11 python; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then \
		exec $$python bootstrap.py $(1); \
	fi; \
done; \
echo 'The wall needs Python 3.11 or newer: install it (Debian: apt-get install python3-venv).' >&2; exit 1
endef

pytest = WALL_CHROMIUM="$$(cat .venv/chromium)" $(BIN)/python -m pytest $(1) $(PYTEST_ARGS)

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## fetch what running the wall needs (.venv/, node_modules/, assets/vendor/)
	@$(call bootstrap,)

run: setup ## set up, then run the demo wall at http://127.0.0.1:8050/ (more options: ARGS="...")
	@$(BIN)/python app.py run $(ARGS)

demo-real: ## run the wall on recorded data: EVENTS=file FIXES=file [SPEED=60] [EVENTS_MAPPING=yaml FIXES_MAPPING=yaml]
	@test -f "$(EVENTS)" && test -f "$(FIXES)" || { \
		echo 'Say which records to replay: make demo-real EVENTS=events-file FIXES=positions-file (both must exist).' >&2; \
		exit 2; }
	@$(call bootstrap,)
	@WALL_DATA_DIR="$${WALL_DATA_DIR:-data/real}" $(BIN)/python app.py run --no-simulator --speed $(SPEED) \
		--replay "$(EVENTS)=$(EVENTS_MAPPING)" --replay "$(FIXES)=$(FIXES_MAPPING)" $(ARGS)

# All but tests/e2e on two processes; tests/e2e one by one, for each of them keeps several processes busy. Options may
# leave one of the two without a test (pytest ends with 5), but not both.
test: test-setup ## set up, then all checks and all tests (pytest options: PYTEST_ARGS="...")
	@failed=; \
	$(MAKE) --no-print-directory --keep-going lint types imports js-types js-tests || failed=checks; \
	$(call pytest,-n 2 --dist loadfile --deselect tests/e2e); unit=$$?; \
	$(call pytest,$(addprefix --deselect ,$(filter-out tests/e2e,$(wildcard tests/*)))); e2e=$$?; \
	case $$unit in 0 | 5) ;; *) failed="$$failed tests" ;; esac; \
	case $$e2e in 0 | 5) ;; *) failed="$$failed e2e-tests" ;; esac; \
	test $$unit$$e2e != 55 || failed="$$failed no-test-found"; \
	test -z "$$failed" || { echo "Failed: $$failed (see above)." >&2; exit 1; }

check: test-setup ## lint, types, architecture, browser code
	@$(MAKE) --no-print-directory --keep-going lint types imports js-types js-tests

bench: test-setup ## measure speed and memory (some of it: BENCH="fold wire glass")
	@WALL_CHROMIUM="$$(cat .venv/chromium)" $(BIN)/python -m tests.bench $(BENCH)

test-setup:
	@$(call bootstrap,--dev)

lint:
	$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .

types:
	$(BIN)/mypy

imports:
	$(BIN)/lint-imports --no-logo

js-types:
	$(BIN)/node node_modules/typescript/bin/tsc -p tsconfig.json

# By name, because versions of Node disagree on what a folder means here; finding none is a failure.
js-tests:
	@tests=$$(find tests/assets -name '*.test.mjs' -o -name 'test_*.mjs'); \
	test -n "$$tests" || { echo 'tests/assets/ has no *.test.mjs or test_*.mjs' >&2; exit 1; }; \
	set -x; $(BIN)/node --test --test-reporter=spec $$tests
