"""Paths of mailboxes and raw mail."""

from django.urls import path

from mailgateway.views import health, incoming, mailboxes, permission

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
    path("settings/mailboxes/permission/", permission.given, name="permission_given"),
    path("settings/mailboxes/<int:mailbox_id>/permission/", permission.show, name="permission"),
    path("settings/mailboxes/<int:mailbox_id>/permission/ask/", permission.ask, name="permission_ask"),
    path("settings/mailboxes/<int:mailbox_id>/permission/end/", permission.end, name="permission_end"),
    path("settings/incoming/", incoming.index, name="incoming"),
    path("settings/incoming/retry/", incoming.retry_all, name="retry_all"),
    path("settings/incoming/<int:incoming_id>/", incoming.show, name="incoming_mail"),
    path("settings/incoming/<int:incoming_id>/thread/", incoming.make_thread, name="incoming_thread"),
    path("settings/incoming/<int:incoming_id>/discarded/", incoming.discard, name="incoming_discarded"),
    path("settings/incoming/<int:incoming_id>/raw/", incoming.raw, name="raw"),
    path("settings/incoming/<int:incoming_id>/retry/", incoming.retry, name="retry"),
    path("original/<int:message_id>/", incoming.original, name="original"),
]
