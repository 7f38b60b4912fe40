"""Paths of mailboxes and raw mail."""

from django.urls import path

from mailgateway.views import health, incoming, mailboxes

app_name = "mailgateway"
urlpatterns = [
    path("health", health.show, name="health"),
    path("settings/mailboxes/", mailboxes.index, name="mailboxes"),
    path("settings/mailboxes/new/", mailboxes.edit, name="new_mailbox"),
    path("settings/mailboxes/test/", mailboxes.try_out, name="test_new_mailbox"),
    path("settings/mailboxes/<int:mailbox_id>/", mailboxes.edit, name="mailbox"),
    path("settings/mailboxes/<int:mailbox_id>/test/", mailboxes.try_out, name="test_mailbox"),
    path("settings/mailboxes/<int:mailbox_id>/fetch/", mailboxes.fetch, name="fetch"),
    path("settings/mailboxes/<int:mailbox_id>/pause/", mailboxes.pause, name="pause"),
    path("settings/incoming/", incoming.index, name="incoming"),
    path("settings/incoming/retry/", incoming.retry_all, name="retry_all"),
    path("settings/incoming/<int:incoming_id>/raw/", incoming.raw, name="raw"),
    path("settings/incoming/<int:incoming_id>/retry/", incoming.retry, name="retry"),
    path("original/<int:message_id>/", incoming.original, name="original"),
]
