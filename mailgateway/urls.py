"""Paths of mailboxes and raw mail."""

from django.urls import URLPattern, URLResolver, path

from mailgateway import health

app_name = "mailgateway"
urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health.show, name="health"),
]
