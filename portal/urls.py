"""Paths that customers see."""

from django.urls import path

from portal.views import thread

app_name = "portal"
urlpatterns = [
    path("t/<str:token>/", thread.show, name="thread"),
]
