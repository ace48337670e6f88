# Every verb of this repository. `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$p && break; done)
WORKERS ?= 2
LIBRARY ?= $(if $(PICTURES),my-library,demo-library)
PICTURES ?=
PORT ?= 8765
DEMO := .cache/demo-pictures

.DEFAULT_GOAL := help
.PHONY: help run test check fix bench screenshots train train-heads train-parts clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.installed ## the library in the browser: make run [PICTURES=dir] [LIBRARY=dir] [PORT=8765]
	@BIN=$(BIN) LIBRARY="$(LIBRARY)" PICTURES="$(PICTURES)" DEMO=$(DEMO) PORT=$(PORT) sh examples/run.sh

test: check ## everything that CI checks: format, lint, types, tests
	@sh .ci/have-chromium
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

check: $(VENV)/.installed-dev ## format, lint and types, without the tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

fix: $(VENV)/.installed-dev ## repair format and lint where a tool can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Relevance needs captioned pictures: make bench DATA=folder, with flickr8k-dev.tsv and .zip in it.
bench: $(VENV)/.installed-dev ## the measurements in evaluation/: make bench [BENCH=name] [ARGS=...] [DATA=folder]
ifdef BENCH
	$(BIN)/python -m evaluation.$(BENCH) $(ARGS)
else
	$(BIN)/python -m evaluation.vector_search
	$(BIN)/python -m evaluation.ingest_throughput
ifdef DATA
	$(BIN)/python -m evaluation.relevance --bands --tsv $(DATA)/flickr8k-dev.tsv --pictures $(DATA)/flickr8k-dev.zip
endif
endif

screenshots: $(VENV)/.installed-dev ## every page, wide and narrow, light and dark, into .cache/screenshots
	@sh .ci/have-chromium
	$(BIN)/python examples/own_pictures.py .cache/own-pictures
	$(BIN)/lookalike --library .cache/own-library index .cache/own-pictures
	$(BIN)/lookalike --library .cache/own-library duplicates --json > .cache/own-duplicates.json
	$(BIN)/lookalike --library .cache/own-library groups --json > .cache/own-groups.json
	$(BIN)/python docs/make_screenshots.py .cache/own-library .cache/screenshots

TRAIN := MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=8589934592 $(BIN)/python -m training

train: train-parts ## train a model from the pretrained networks; see training/README.md
	$(TRAIN).train $(ARGS)

train-heads: train-parts ## train the heads of the shipped model once more; see training/README.md
	$(TRAIN).again $(ARGS)

train-parts: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[train]'
	npm install --silent --prefix .cache/icons openmoji@17.0.0 @tabler/icons@3.51.0 \
		@iconify-json/lucide@1.2.137 @iconify-json/ph@1.2.2 @iconify-json/mdi@1.2.3 \
		@iconify-json/fluent-emoji-flat@1.2.6 @iconify-json/noto@1.2.9 @iconify-json/twemoji@1.2.5 \
		@iconify-json/game-icons@1.2.4 @iconify-json/icon-park-outline@1.2.4 \
		@iconify-json/hugeicons@1.2.35 @iconify-json/mingcute@1.2.8 \
		@iconify-json/iconoir@1.2.11 @iconify-json/healthicons@1.2.13 \
		@iconify-json/streamline-kameleon-color@1.2.2 \
		@iconify-json/streamline-ultimate-color@1.2.2 \
		@iconify-json/streamline-freehand-color@1.2.2

clean: ## remove what was built or cached here; libraries stay
	rm -rf $(VENV) .cache build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps make a second call quick: pip runs again only when pyproject.toml has changed.
$(VENV)/.installed-dev: pyproject.toml $(VENV)/.made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed: pyproject.toml $(VENV)/.made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.made:
	@sh .ci/make-venv "$(PYTHON)" $(VENV)
	@touch $@
