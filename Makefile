PY := .venv/bin/python
PORT ?= 8000
PYTHON ?= $(shell command -v python3.11 || command -v python3)
# A file for each lock file that was installed: a changed lock has no such file, an unchanged one costs nothing.
STAMP := .venv/.installed-$(shell cksum < requirements.txt | tr ' ' '-')
STAMP_DEV := .venv/.installed-dev-$(shell cksum < requirements-dev.txt | tr ' ' '-')
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))

.DEFAULT_GOAL := help
.PHONY: help install install-dev run test test-fast check

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

install: $(STAMP) $(TRANSLATIONS) ## packages into .venv, and translations

install-dev: $(STAMP_DEV) $(TRANSLATIONS) ## the same with what tests and checks need

run: install ## the practice shop on http://localhost:8000/ (PORT=8123 takes another port)
	@$(PY) -m config.run --port $(PORT)

define set-up
	@test -x $(PY) || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Mostrador needs Python 3.11: install it, or name it: make PYTHON=/path/to/python3.11 $@" >&2; exit 1; }
	@if command -v uv >/dev/null; then \
	  { test -x $(PY) || uv venv -q --python $(PYTHON) .venv; } && uv pip install -q -p $(PY) -r $(1); \
	else \
	  { test -x $(PY) || $(PYTHON) -m venv .venv; } && $(PY) -m pip install -q --disable-pip-version-check -r $(1); \
	fi
	@touch $(2)
endef

$(STAMP): requirements.txt
	$(call set-up,requirements.txt,$(STAMP))

$(STAMP_DEV): requirements-dev.txt
	$(call set-up,requirements-dev.txt,$(STAMP_DEV) $(STAMP))

%.mo: %.po $(STAMP)
	@.venv/bin/pybabel -q compile -i $< -o $@
