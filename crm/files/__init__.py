"""Customers from a spreadsheet: reading it, what its columns mean, and writing its lines down."""
