# Each target is a task of tools/dev.py, which makes and updates .venv itself.
# Without make, `python tools/dev.py <task>` does the same. ARGS goes to the tool behind the task:
#   make test ARGS="-k quota -n 0"

PYTHON ?= python3
ARGS ?=

TASKS := setup demo test lint format format-check types notebooks wheel-check bench lab clean

.PHONY: help $(TASKS)
.NOTPARALLEL:

help:
	@$(PYTHON) tools/dev.py help

$(TASKS):
	@$(PYTHON) tools/dev.py $@ $(ARGS)
