"""Django's entry for the app."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """The app live."""

    name = "live"
