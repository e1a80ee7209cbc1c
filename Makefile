# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

PYTHON3 ?= python3
PYTHON := .venv/bin/python
CHECKS := env PYTHONPATH=scripts PYTHONDONTWRITEBYTECODE=1 $(PYTHON3) -m checks
GROUPS := unit sanity integration molecule lint build

.PHONY: help setup demo test matrix soak bench bench-docs $(GROUPS) steps clean

help:
	@echo 'make demo         provision, repeat and tear down both products against the simulator'
	@echo 'make test         run every check'
	@echo 'make matrix       every test on every version of ansible-core'
	@echo 'make soak         kill processes and draw faults for hours, each time others (ROUNDS=10; FIRST=7: again from there)'
	@echo 'make bench        measure speed and number of requests (QUICK=1: in 2 minutes; ONLY="lag quota": a part)'
	@echo 'make bench-docs   take the figures of the last benchmark into the documentation'
	@echo 'make GROUP        run one group of checks: $(GROUPS)'
	@echo 'make setup        make .venv with everything that the demo and the checks need'
	@echo 'make steps        name the single steps; make test STEPS="mypy ruff" runs only those'
	@echo 'make clean        remove .venv and .cache'

setup:
	@$(CHECKS) setup test

demo:
	@$(CHECKS) setup demo
	@ANSIBLE_COLLECTIONS_PATH='$(CURDIR)/.cache/collections' $(PYTHON) tests/demo/demo.py

test:
	@$(CHECKS) run $(STEPS)

matrix:
	@$(CHECKS) run matrix

soak:
	@$(CHECKS) soak $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(FIRST),--first $(FIRST))

bench:
	@env PYTHONPATH=scripts:tests PYTHONDONTWRITEBYTECODE=1 $(PYTHON3) -m benchmark $(if $(QUICK),--quick) $(ONLY)

bench-docs:
	@env PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 $(PYTHON3) -m benchmark.docs

steps:
	@$(CHECKS) list

$(GROUPS):
	@$(CHECKS) run $@

clean:
	rm -rf .venv .cache
