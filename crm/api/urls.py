"""Paths of the API: a shop's objects by its own ids, and the records for agents by Mostrador's numbers."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from crm.api import (
    access,
    addresses,
    belonging,
    carts,
    changes,
    ending,
    follow_ups,
    groups,
    imports,
    merging,
    notes,
    prestashop,
    records,
    settings,
    shops,
    vouchers,
    webhooks,
)
from crm.api.fields import SHOP_ID
from crm.api.paths import VIEWS, heartbeat

router = SimpleRouter()
for name, view in VIEWS.items():
    router.register(name, view, basename=name)
for name, agents_view in {
    "customer": records.Customers,
    "order": records.Orders,
    "cart": records.Carts,
    "group": groups.Groups,
    "title": groups.Titles,
}.items():
    router.register(f"records/{name}s", agents_view, basename=f"{name}-record")
router.register("records/imports", imports.Imports, basename="import")
router.register("records/addresses", addresses.Addresses, basename="address-record")

app_name = "records_api"
below_customer = [
    path("notes/", notes.notes, name="notes"),
    path("notes/<int:note_id>/", notes.note, name="note"),
    path("enabled/", records.enabled, name="enabled"),
    path("consents/", records.consents, name="consents"),
    path("tags/", belonging.tags, name="tags"),
    path("groups/", belonging.groups, name="groups"),
    path("household/", belonging.household, name="household"),
    path("vouchers/", vouchers.vouchers, name="vouchers"),
    path("vouchers/<int:voucher_id>/withdrawal/", vouchers.withdrawal, name="voucher_withdrawal"),
    path("registration/", access.registration, name="registration"),
    path("invitation/", access.invitation, name="invitation"),
    path("sessions/", access.sessions, name="sessions"),
    path("alike/", merging.likeness, name="alike"),
    path("merges/", merging.merges, name="merges"),
    path("merges/<int:merge_id>/split/", merging.split, name="split"),
    path("different/", merging.different, name="different"),
    path("history/", ending.story, name="history"),
    path("copy/", ending.copy, name="copy"),
    path("restoration/", ending.restoration, name="restoration"),
    path("erasure/", ending.erasure, name="erasure"),
]
below_cart = [
    path("owners/", carts.owners, name="cart_owners"),
    path("owner/", carts.owner, name="cart_owner"),
    path("refusals/", carts.refusals, name="cart_refusals"),
    path("watch/", carts.watch, name="cart_watch"),
]
below_shop = [
    path("", shops.shop, name="one_shop"),
    path("token/", shops.token, name="shop_token"),
    path("arrived/", shops.arrived, name="arrived"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/<int:webhook_id>/", webhooks.webhook, name="one_webhook"),
    path("webhooks/<int:webhook_id>/secret/", webhooks.secret, name="webhook_secret"),
    path("webhooks/<int:webhook_id>/tellings/", webhooks.tellings, name="tellings"),
    path("webhooks/<int:webhook_id>/tellings/<int:telling_id>/again/", webhooks.again, name="telling_again"),
    path("prestashop/", prestashop.connection, name="prestashop"),
]
urlpatterns = [
    re_path(rf"^carts/(?P<shop_id>{SHOP_ID})/heartbeat/$", heartbeat, name="heartbeat"),
    path("records/customers/<int:customer_id>/", include(below_customer)),
    path("records/carts/<int:cart_id>/", include(below_cart)),
    path("records/tags/", belonging.all_tags, name="all_tags"),
    path("records/tags/<int:tag_id>/", belonging.tag, name="tag"),
    path("records/households/<int:household_id>/", belonging.shared_account, name="shared_account"),
    path("records/shops/", shops.shops, name="all_shops"),
    path("records/shops/<int:shop_id>/", include(below_shop)),
    path("records/follow-ups/", follow_ups.follow_ups, name="follow_ups"),
    path("records/follow-ups/<int:rule_id>/", follow_ups.rule, name="one_follow_up"),
    path("records/settings/", settings.settings, name="record_settings"),
    path("records/changes/", changes.changes, name="changes"),
    path("records/changes/<int:change_id>/undo/", changes.undo, name="undo"),
    path("records/privacy-requests/", ending.requests, name="privacy_requests"),
    path("records/privacy-requests/<int:request_id>/done/", ending.answered, name="privacy_request_done"),
    path("", include(router.urls)),
]
