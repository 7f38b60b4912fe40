"""Paths of the first run."""

from django.urls import path

from config.first_run import views

app_name = "first_run"
urlpatterns = [
    path("", views.start, name="start"),
    path("account/", views.account, name="account"),
    path("shop/", views.shop, name="shop"),
    path("contacts/", views.contacts, name="contacts"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/test/", views.test, name="test"),
    path("ready/", views.ready, name="ready"),
]
