"""The API for agents and their programs: the same verbs and the same rights as the pages."""
