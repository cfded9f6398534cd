# The commands a newcomer needs; `make` alone lists them.
#
# Without make: the three lines of README.md, for Windows and for macOS and Linux.

SHELL := /bin/sh
.DEFAULT_GOAL := help
# Every target brings the one environment in line first; two at a time would race for it.
.NOTPARALLEL:
# A newcomer's own module folders must not shadow what the environment holds.
unexport PYTHONPATH PYTHONHOME

BIN := $(if $(filter Windows_NT,$(OS)),.venv/Scripts,.venv/bin)
PREPARE := @sh scripts/environment.sh
TEST_EXTRAS := test,app,cluster,parquet,docs,calibrate,worlds
SCENARIO := zhaoqing
WORKERS := logical
ARGS :=

.PHONY: help environment run shell app lessons test coverage check audit bench clean

help: ## list these commands
	@echo "wushi (五势): how political momentum turns into governance"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'
	@echo
	@echo "  After make run, wushi is found in the shell that  make shell  opens, or as  $(BIN)/wushi"
	@echo "  PYTHON=/path/to/python3.12   the Python to make the environment with (found by itself otherwise)"
	@echo "  ARGS='...'                   passed on, e.g.  make run ARGS='--seed 7'  or  make test ARGS='-k ledger'"

run: ## run the Zhaoqing case into out/zhaoqing (another: make run SCENARIO=classroom)
	$(PREPARE)
	$(BIN)/wushi run $(SCENARIO) $(ARGS)
	@sh scripts/next_step.sh $(BIN)

shell: ## open a shell in which wushi and python are found (leave it with: exit)
	$(PREPARE)
	@sh scripts/shell.sh

app: ## open the classroom page in the browser (make app ARGS='--lang zh')
	$(PREPARE) app
	$(BIN)/wushi app $(ARGS)

# The language of commands: WUSHI_LANG, else the locale.
WORDS := $(firstword $(WUSHI_LANG) $(LC_ALL) $(LC_MESSAGES) $(LANG))
LESSONS := notebooks/$(if $(filter zh%,$(WORDS)),zh,en)/1-one-instruction.ipynb

lessons: ## open the lessons in Jupyter (make lessons WUSHI_LANG=zh for Chinese)
	$(PREPARE) notebooks
	$(BIN)/python -m jupyterlab $(LESSONS) $(ARGS)

environment: ## bring the environment in line with all that make check and make test need
	$(PREPARE) dev,$(TEST_EXTRAS)

test: ## run all tests (fewer processes: make test WORKERS=1)
	$(PREPARE) $(TEST_EXTRAS)
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

# What a compiled kernel runs is invisible to coverage: these tests of the kernels run a second time in plain Python.
# There, integers of numpy say that they overflow; for a hash they must.
PLAIN := $(patsubst %,tests/%.py,agents/test_downward citizens/test_network citizens/test_week \
	contracts/test_every_agent contracts/test_every_metric contracts/test_every_plan_kind contracts/test_every_stage \
	model/test_mechanisms stages/test_flows verification/test_reimplementation world/test_sites) \
	tests/citizens/test_threads.py::test_any_number_of_threads_gives_the_same_bits

# coverage.py's own threshold is of statements and branches together, of which statements are four in five.
BRANCHES := 'import json, sys; t = json.load(sys.stdin)["totals"]; taken = 100 * t["covered_branches"] / t["num_branches"]; \
	print(f"branches taken: {taken:.2f} %, at least 95 %"); sys.exit(taken < 95)'

coverage: ## run the tests (a long one in one language only) and measure which branches of simulation/ they take
	$(MAKE) test ARGS="--cov --cov-report= -m 'not again' $(ARGS)"
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -n $(WORKERS) --cov --cov-append --cov-report= \
		-m "not slow" -W "ignore:overflow encountered in scalar:RuntimeWarning" $(PLAIN)
	$(BIN)/python -m coverage report
	@$(BIN)/python -m coverage json -q -o - | $(BIN)/python -c $(BRANCHES)

check: ## lint, formatting, types, and the order of the rooms
	$(PREPARE) dev,$(TEST_EXTRAS)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

audit: ## ask whether a weakness is known of anything installed; what is installed must be declared and licensed
	$(PREPARE) dev,$(TEST_EXTRAS)
	$(BIN)/python .ci/audit.py $(ARGS)

# Longer work (pattern tables, benchmarks, documentation, bundle): prepare the extras, then one line of Python.

.PHONY: patterns
patterns: ## measure the pattern table again and write docs/patterns.md (some minutes)
	$(PREPARE)
	$(BIN)/python docs/making/patterns.py $(ARGS)

.PHONY: docs bundle
docs: ## build the documentation site into site/, strictly
	$(PREPARE) docs
	$(BIN)/python docs/making/docs.py --check
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict $(ARGS)
	$(BIN)/python docs/making/check_site.py site

bundle: ## make the archive for a model library: code, protocol, data, checksums, how to run
	$(PREPARE)
	$(BIN)/python docs/making/bundle.py $(ARGS)

bench: ## measure speed against what is promised, into docs/performance.md (a trial: make bench ARGS=--quick)
	$(PREPARE)
	$(BIN)/python benchmarks/bench.py $(if $(FRAMES),--mesa-frames $(FRAMES)) $(ARGS)
	$(if $(findstring --quick,$(ARGS)),,$(BIN)/python benchmarks/small.py)

.PHONY: fuzz endurance
fuzz: ## fuzz the loaders for an hour of processor time (fewer: make fuzz ARGS="scenario --minutes 5"; Linux)
	$(PREPARE) fuzz,$(TEST_EXTRAS)
	$(BIN)/python tests/long/fuzz.py $(ARGS)

endurance: ## the full lengths once: 2,000 years, 100,000 runs, 28,800 of a sweep, 5,200 weeks of a page (an hour)
	$(PREPARE) $(TEST_EXTRAS)
	$(BIN)/python tests/long/endurance.py $(ARGS)

clean: ## remove the environment and caches (results in out/ stay)
	rm -rf .venv .venv-unfinished build dist .pytest_cache .hypothesis .mypy_cache .ruff_cache .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
