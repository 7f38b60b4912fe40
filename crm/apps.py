"""Django's entry for the app."""

from django.apps import AppConfig


class CrmConfig(AppConfig):
    """The app crm."""

    name = "crm"

    def ready(self) -> None:
        """Keep the search in step with the records."""
        from crm import indexing

        indexing.connect()
