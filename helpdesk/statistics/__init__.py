"""The supervisor's numbers, each with one definition.

`life` reads one thread's story into facts (pure); `counting` keeps the facts of all threads as rows, and `days` what
each day of a contact adds up to; `reports` adds days up for any range; `behind` says which threads a number is about;
`definitions` says in words what each means. docs/statistics.md tells the whole.
"""
