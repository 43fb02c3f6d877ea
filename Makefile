# Two commands: `make demo` runs the main job, `make test` passes every check. Both make .venv first.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

.PHONY: demo test lint certify soak bench bench-peers clean

demo: $(VENV)/demo.installed
	$(BIN)/grade demo demo

test: $(VENV)/test.installed lint
	$(BIN)/python -m pytest -m "not slow" --numprocesses auto --dist loadfile
	$(BIN)/grade audit --mutants

lint: $(VENV)/test.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# What takes minutes: twenty other seeds with Keras asked live, twenty runs with the same outcomes.
certify: $(VENV)/test.installed
	$(BIN)/grade audit --mutants --seeds 20 --repeat 20

# Kills at random moments, generated submissions and examples of properties, many of them.
soak: $(VENV)/test.installed
	$(BIN)/python -m pytest -m slow
	$(BIN)/python -m pytest -m hypothesis --hypothesis-profile search

bench: $(VENV)/demo.installed
	$(BIN)/python benchmarks/throughput.py

# Other graders on the same assignment, each in an environment of its own, where pip can have it.
bench-peers: $(VENV)/test.installed
	for peer in otter-grader gradescope-utils; do \
		test -d $(VENV)/peers/$$peer || { $(PYTHON) -m venv $(VENV)/peers/$$peer && \
		$(VENV)/peers/$$peer/bin/pip install --quiet $$peer "numpy>=2.1" ipykernel || rm -rf $(VENV)/peers/$$peer; }; done
	$(BIN)/python benchmarks/peers.py --environments $(VENV)/peers

$(VENV)/demo.installed: pyproject.toml constraints.txt
	@echo "Installing deepgrade into $(VENV), without TensorFlow …"
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("deepgrade needs Python 3.11 or newer; $(PYTHON) is %d.%d. Try: make PYTHON=python3.12 demo" % v[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(INSTALL) ".[instructor,plot]"
	@touch $@

$(VENV)/test.installed: $(VENV)/demo.installed
	@echo "Installing everything into $(VENV), TensorFlow included; this takes a few minutes …"
	@$(INSTALL) ".[instructor,plot,cluster,keras,nbgrader,postgresql,dev]"
	@touch $@

clean:
	rm -rf $(VENV) demo build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
