PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help install run test test-fast check rows bench lock mailscore

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

# -- for those who change the code ------------------------------------------------------------------

PYTEST := $(PY) -m pytest -n 2 --dist loadfile
PACKAGES := config accounts live crm helpdesk mailgateway portal
CHECK_DATA := build/check

test: ## every test: SQLite with Chromium and Dovecot, then PostgreSQL; at most 6 minutes
	@.ci/install
	@.ci/dev
	$(PYTEST)
	$(PY) tests/servers/postgres.py $(PYTEST) -m "not browser"

test-fast: ## SQLite only, without browser and servers; at most 60 s
	@.ci/dev
	$(PYTEST) -m "not browser and not imap"

check: ## style, arrows between apps, types, templates, settings for production, migrations
	@.ci/dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports --no-cache
	$(PY) -m mypy $(PACKAGES)
	.venv/bin/djlint templates --lint --quiet
	DATA_DIR=$(CHECK_DATA) SITE_URL=https://desk.example ALLOWED_HOSTS=desk.example $(PY) manage.py check --deploy --fail-level WARNING
	DATA_DIR=$(CHECK_DATA) $(PY) manage.py makemigrations --check --dry-run
	DATA_DIR=$(CHECK_DATA) $(PY) manage.py spectacular --validate --fail-on-warn --file $(CHECK_DATA)/schema.yml

rows: ## which rows of docs/features.md a test proves: ID covered|missing test, test ...
	@python3 tests/rows.py

bench: ## queue, thread page and ingest at 20,000 threads, beside their floors (WRITE=1 keeps docs/bench.md)
	@.ci/dev
	$(PY) tests/bench/run.py $(if $(WRITE),--write)

lock: ## resolve requirements*.in into the lock files
	uv pip compile -q --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile -q --python-version 3.11 -c requirements.txt requirements-dev.in -o requirements-dev.txt
