"""The lists of records: what each shows, and by what it is narrowed."""
