"""Django's entry for the app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The app portal."""

    name = "portal"
