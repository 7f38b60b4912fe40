"""Paths of mailboxes and raw mail."""

from django.urls import URLPattern, URLResolver

app_name = "mailgateway"
urlpatterns: list[URLPattern | URLResolver] = []
