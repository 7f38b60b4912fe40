"""Finding rows by words."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """The index of words; knows no nouns of ours."""

    name = "search"
