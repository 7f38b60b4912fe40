"""Django's entry for the app."""

from django.apps import AppConfig


class MailgatewayConfig(AppConfig):
    """The app mailgateway."""

    name = "mailgateway"
