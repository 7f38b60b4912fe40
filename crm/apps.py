"""Django's entry for the app."""

from django.apps import AppConfig


class CrmConfig(AppConfig):
    """The app crm."""

    name = "crm"
