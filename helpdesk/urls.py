"""Paths of the queue, the threads and the desk's settings."""

from django.urls import path

from helpdesk.views import queue, thread

app_name = "helpdesk"
urlpatterns = [
    path("", queue.show, name="queue"),
    path("threads/<int:thread_id>/", thread.show, name="thread"),
]
