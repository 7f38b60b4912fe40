"""Django's entry for the app."""

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    """The app helpdesk."""

    name = "helpdesk"

    def ready(self) -> None:
        """Hear of customers who turn out to be one."""
        from helpdesk import people

        people.connect()
