"""Paths of the queue, the threads and the desk's settings."""

from django.urls import path

from helpdesk.views import actions, appearance, notices, queue, thread
from helpdesk.views.settings import contacts, desk, replies, statuses, team

app_name = "helpdesk"
urlpatterns = [
    path("", queue.show, name="queue"),
    path("queue/counts/", queue.counts, name="counts"),
    path("boxes/", queue.boxes, name="boxes"),
    path("notices/", notices.index, name="notices"),
    path("notices/bell/", notices.bell, name="bell"),
    path("notices/read/", notices.read_all, name="read_notices"),
    path("appearance/", appearance.change, name="appearance"),
    path("threads/<int:thread_id>/", thread.show, name="thread"),
    path("threads/<int:thread_id>/status/", actions.status, name="status"),
    path("threads/<int:thread_id>/assignment/", actions.assignment, name="assignment"),
    path("threads/<int:thread_id>/unread/", queue.unread, name="unread"),
]

urlpatterns += [
    path("settings/contacts/", contacts.index, name="contacts"),
    path("settings/contacts/new/", contacts.edit, name="new_contact"),
    path("settings/contacts/<int:contact_id>/", contacts.edit, name="contact"),
    path("settings/contacts/<int:contact_id>/position/", contacts.move, name="contact_position"),
    path("settings/contacts/<int:contact_id>/archive/", contacts.archive, name="contact_archive"),
    path("settings/contacts/<int:contact_id>/restore/", contacts.restore, name="contact_restore"),
    path("settings/replies/", replies.index, name="replies"),
    path("settings/replies/new/", replies.edit, name="new_reply"),
    path("settings/replies/restore/", replies.restore, name="reply_restore"),
    path("settings/replies/<int:reply_id>/", replies.edit, name="reply"),
    path("settings/replies/<int:reply_id>/delete/", replies.delete, name="reply_delete"),
    path("settings/statuses/", statuses.edit, name="statuses"),
    path("settings/desk/", desk.edit, name="desk"),
    path("settings/team/", team.index, name="team"),
    path("settings/team/invitation/", team.invite, name="invite"),
    path("settings/team/<int:agent_id>/", team.edit, name="agent"),
    path("settings/team/<int:agent_id>/link/", team.new_link, name="agent_link"),
    path("settings/team/<int:agent_id>/deactivation/", team.deactivate, name="agent_deactivation"),
    path("settings/team/<int:agent_id>/activation/", team.activate, name="agent_activation"),
]
