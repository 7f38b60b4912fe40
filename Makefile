PY := .venv/bin/python
PORT ?= 8000
# The system's own Python where it is 3.11 and can make an environment: one that was compiled by a version manager
# mostly lacks the optimising passes of a distribution's, and pages take an eighth longer on it.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && \
  echo /usr/bin/python3 || command -v python3.11 || command -v python3)
# A file for each lock file that was installed: a changed lock has no such file, an unchanged one costs nothing.
STAMP := .venv/.installed-$(shell cksum < requirements.txt | tr ' ' '-')
STAMP_DEV := .venv/.installed-dev-$(shell cksum < requirements-dev.txt | tr ' ' '-')
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))

# Modules are compiled once, also where the machine says otherwise: each of the many processes of the tests reads 700 of ours.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install install-dev run test test-postgresql test-soak test-fast check rows bench bench-lists bench-import bench-search bench-statistics messages lock mailscore fuzz odd bench-hostile bench-mailbox kill services

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
	  { test -x $(PY) || $(PYTHON) -m venv .venv; } && { $(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null; } && \
	  $(PY) -m pip install -q --disable-pip-version-check -r $(1); \
	fi
	@touch $(2)
endef

$(STAMP): requirements.txt
	$(call set-up,requirements.txt,$(STAMP))

$(STAMP_DEV): requirements-dev.txt
	$(call set-up,requirements-dev.txt,$(STAMP_DEV) $(STAMP))
	@said=$$($(PY) -m pytest --collect-only -qq) || { echo "$$said" >&2; exit 1; }  # compiles what tests read once for all

%.mo: %.po $(STAMP)
	@.venv/bin/pybabel -q compile -i $< -o $@

# -- for those who change the code ------------------------------------------------------------------

# Three at a time on two cores: a test often waits for a browser or a server.
PYTEST := $(PY) -m pytest -n 3 --dist worksteal
PACKAGES := config accounts search live crm helpdesk mailgateway portal
CHECK_DATA := build/check
PRODUCTION := DATA_DIR=$(CHECK_DATA) SITE_URL=https://desk.example ALLOWED_HOSTS=desk.example

test: services install-dev ## SQLite with Chromium and Dovecot, then what rests on SQL on PostgreSQL; 5 to 7 minutes on 2 cores
	$(PYTEST) -m "not soak"
	$(PY) tests/servers/postgres.py $(PYTEST) -m "not browser" --database-only --reuse-db

test-soak: services install-dev ## what does the same for long, or migrates a great deal; CI runs it too
	$(PYTEST) -m soak

test-postgresql: services install-dev ## all on PostgreSQL but browsers and what is SQLite's own; CI runs it too
	$(PY) tests/servers/postgres.py $(PYTEST) -m "not browser" --reuse-db

test-fast: install-dev ## a test of each row and all that needs no database, without browser and servers; at most 60 s
	$(PYTEST) -m "not browser and not imap" --each-row-once

services: # what tests need of the system; quick when it is there
	@.ci/install

check: install-dev ## style, arrows between apps, types, templates, production settings, migrations, the API's schema
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports --no-cache --no-logo
	$(PY) -m mypy $(PACKAGES)
	.venv/bin/djlint templates --lint --quiet
	$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	$(PRODUCTION) $(PY) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PY) manage.py spectacular --validate --fail-on-warn --file $(CHECK_DATA)/schema.yml

rows: ## which rows of docs/features.md a test proves: ID covered|missing test, test ...
	@python3 tests/rows.py

bench: install-dev ## all that is measured; the bench-* alone too (WRITE=1 keeps docs/bench.md)
	@$(PY) tests/bench/run.py $(if $(WRITE),--write)
	@$(PY) tests/bench/nameless.py
	@for one in lists imports search weeks; do $(PY) tests/bench/$$one.py || over=1; done; exit $${over:-0}

bench-lists: install-dev ## lists of 200,000 customers and 100,000 carts, a customer with 500 orders; SQLite and PostgreSQL
	@$(PY) tests/bench/lists.py

bench-import: install-dev ## carts through the API in bulk, on SQLite and PostgreSQL
	@$(PY) tests/bench/imports.py

mailscore: install-dev ## how well strangers' mail is read, where the corpora are at hand (WRITE=1 keeps docs/mailscore.md)
	@$(PY) tests/mailscore.py $(if $(WRITE),--write)

fuzz: install-dev ## mails spoiled by chance, MINUTES=10: what they break is kept in tests/eml/found
	@MINUTES=$(or $(MINUTES),10) nice $(PY) tests/fuzz.py

odd: install-dev ## what tests send, with each value odd in turn, on PostgreSQL: nothing is an error of the server; 15 minutes
	$(PY) tests/servers/postgres.py $(PYTEST) -p tests.odd -m "not browser and not imap" --reuse-db $(TESTS)

bench-hostile: install-dev ## what hostile mails cost, each: at most 5 s of CPU and 200 MB; 100 KB of an attack at most 50 ms
	@$(PY) tests/bench/hostile.py

bench-mailbox: install-dev ## the second look at a mailbox of 50,000 mails, through Dovecot
	@$(PY) tests/bench/mailbox.py

bench-statistics: install-dev ## the week over 1,000,000 messages, an export of 100,000 threads; SQLite and PostgreSQL
	@$(PY) tests/bench/weeks.py

bench-search: install-dev ## searching 1,000,000 messages on SQLite and PostgreSQL; makes them the first time, some minutes
	@$(PY) tests/bench/search.py

messages: $(STAMP_DEV) ## the catalogues of sentences brought up to date; then translate what is empty
	@DJANGO_SETTINGS_MODULE=config.settings $(PY) tests/catalogues.py

lock: ## resolve requirements*.in into the lock files
	uv pip compile -q --no-header --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile -q --no-header --python-version 3.11 -c requirements.txt requirements-dev.in -o requirements-dev.txt

kill: install-dev ## kill the gateway at random: MAILS=1000 KILLS=20 SEED= DATABASE=sqlite|postgresql
	@$(PY) tests/kill/run.py --mails $(or $(MAILS),1000) --kills $(or $(KILLS),20) --seed $(or $(SEED),0) --database $(or $(DATABASE),sqlite)
