# make run, make test: everything else follows from these two.
PYTHON ?= python3
HOST := $(or $(HOST),$(POLICYQA_HOST),127.0.0.1)
PORT := $(or $(PORT),$(POLICYQA_PORT),7860)
# Where pip should look for PyTorch's CPU build, for example
#   make run TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=

BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: run venv weights test test-fast lint

run: weights
	POLICYQA_HOST=$(HOST) POLICYQA_PORT=$(PORT) $(BIN)/python app.py

venv: $(INSTALLED)

weights: $(INSTALLED)
	@$(BIN)/python -m index.weights fetch > /dev/null

test: weights
	$(BIN)/python -m pytest

test-fast: $(INSTALLED)
	$(BIN)/python -m pytest -m "not model and not browser"

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Policy QA needs Python 3.11 or newer; name one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) \
	  -c constraints.txt -e '.[test]'
	@touch $@
