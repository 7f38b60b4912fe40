"""Paths of the queue, the threads and the desk's settings."""

from django.urls import path

from helpdesk.views import actions, appearance, notices, queue, thread

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
