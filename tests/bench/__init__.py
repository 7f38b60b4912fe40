"""Measurements: a report, never a test."""
