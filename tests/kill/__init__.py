"""The gateway killed again and again: `make kill`."""
