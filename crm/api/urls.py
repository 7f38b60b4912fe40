"""Paths of the API: a shop's objects by its own ids, and the records for agents by Mostrador's numbers."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from crm.api import records
from crm.api.fields import SHOP_ID
from crm.api.paths import VIEWS, heartbeat

router = SimpleRouter()
for name, view in VIEWS.items():
    router.register(name, view, basename=name)
router.register("records/customers", records.Customers, basename="customer-record")
router.register("records/orders", records.Orders, basename="order-record")
router.register("records/carts", records.Carts, basename="cart-record")

app_name = "records_api"
below_customer = [
    path("notes/", records.notes, name="notes"),
    path("enabled/", records.enabled, name="enabled"),
    path("consents/", records.consents, name="consents"),
]
urlpatterns = [
    re_path(rf"^carts/(?P<shop_id>{SHOP_ID})/heartbeat/$", heartbeat, name="heartbeat"),
    path("records/customers/<int:customer_id>/", include(below_customer)),
    path("", include(router.urls)),
]
