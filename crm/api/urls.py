"""Paths of the API for shops."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from crm.api.paths import VIEWS, heartbeat

router = SimpleRouter()
for name, view in VIEWS.items():
    router.register(name, view, basename=name)

app_name = "shop_api"
urlpatterns = [
    path("carts/<str:shop_id>/heartbeat/", heartbeat, name="heartbeat"),
    path("", include(router.urls)),
]
