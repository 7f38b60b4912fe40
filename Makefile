PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help install run test test-fast check

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'
