"""Mounts each app's pages."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("helpdesk.urls")),
    path("", include("accounts.urls")),
    path("", include("mailgateway.urls")),
    path("", include("portal.urls")),
    path("", include("crm.urls")),
    path("api/", include("helpdesk.api.urls")),
    path("api/", include("crm.api.urls")),
    path("admin/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    path("first-run/", include("config.first_run.urls")),
]
if settings.PRACTICE:
    urlpatterns.append(path("practice/", include("mailgateway.practice.urls")))
