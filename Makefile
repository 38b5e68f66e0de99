# Two commands are enough: `make run` opens the studio, `make test` is all of what CI checks.
# The first Python that runs: a name on the PATH may be a version manager's, and fail where its version is not chosen.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	"$$python" -c '' >/dev/null 2>&1 && echo "$$python" && exit; done; echo python3)

.PHONY: help run setup test test-model bench chaos lint

help:
	@echo "make run     set everything up and open the studio"
	@echo "make test    set everything up and run every check and test"
	@echo "make test-model  the guided journey with the model at GENESIS_TEST_MODEL_BASE_URL"
	@echo "make setup   prepare .venv and the page, start nothing"
	@echo "make lint    format, lint, types and import rules only"
	@echo "make chaos   kill, cut and fill what the studio leans on while writers work, then audit (10 minutes)"
	@echo "make bench   measure what docs/benchmarks.md claims"

# exec: one process less between the terminal and the studio
run:
	@"$(PYTHON)" scripts/setup.py && exec .venv/bin/genesis run

setup:
	@"$(PYTHON)" scripts/setup.py

test:
	@"$(PYTHON)" scripts/setup.py --dev && exec .venv/bin/python scripts/check.py

# a model of one's own, which CI has none of: skipped with the reason where none is given
test-model:
	@"$(PYTHON)" scripts/setup.py --dev && exec .venv/bin/python -m pytest -n 0 -q -rs -p no:cacheprovider \
		tests/integration/given_model.py

lint:
	@"$(PYTHON)" scripts/setup.py --dev && exec .venv/bin/python scripts/check.py --no-tests

bench:
	@"$(PYTHON)" scripts/setup.py --dev && exec .venv/bin/python -m benchmarks

chaos:
	@"$(PYTHON)" scripts/setup.py --dev && exec .venv/bin/python -m tests.chaos
