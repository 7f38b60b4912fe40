"""Django's entry for the app."""

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    """The app helpdesk."""

    name = "helpdesk"
