PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help install run test test-fast check mailscore

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

mailscore: ## how well the mails of ../shared/mail-corpus are understood
	$(PY) tests/mailscore.py
