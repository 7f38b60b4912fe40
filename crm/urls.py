"""Paths of customers and what is theirs."""

from django.urls import URLPattern, URLResolver, path

from crm.views import bulk, customers, panels, profile, shops, switches, tables, webhooks

HOOK = "settings/shops/<int:shop_id>/webhooks/<int:webhook_id>/"

app_name = "crm"
urlpatterns: list[URLPattern | URLResolver] = [
    # The list of customers
    path("customers/", customers.index, name="customers"),
    path("customers/export/", customers.export, name="customers_export"),
    path("customers/bulk/", bulk.change, name="customers_bulk"),
    path("customers/changes/", bulk.index, name="customers_changes"),
    path("customers/changes/<int:change_id>/undo/", bulk.undo, name="customers_undo"),
    path("customers/<int:customer_id>/account/", switches.account, name="customer_account"),
    path("customers/<int:customer_id>/consents/<slug:kind>/", switches.consent, name="customer_consent"),
    path("customers/<int:customer_id>/tags/", switches.tags, name="customer_tags"),
    # The customer's page
    path("customers/<int:customer_id>/", profile.show, name="customer"),
    path("customers/<int:customer_id>/products/", profile.products, name="customer_products"),
    path("customers/<int:customer_id>/carts/", profile.carts, name="customer_carts"),
    path("customers/<int:customer_id>/here/", profile.here, name="customer_here"),
    path("customers/<int:customer_id>/aside/", profile.aside, name="customer_aside"),
    path("customers/<int:customer_id>/orders/", profile.orders, name="customer_orders"),
    path("customers/<int:customer_id>/history/", profile.story, name="customer_history"),
    path("customers/<int:customer_id>/history/put-back/", profile.put_back, name="customer_put_back"),
    path("customers/<int:customer_id>/notes/", profile.write_note, name="customer_notes"),
    path("customers/<int:customer_id>/notes/<int:note_id>/", profile.change_note, name="customer_note"),
    path("orders/<int:order_id>/", profile.order, name="order"),
    # Lists
    path("lists/<slug:table>/columns/", tables.columns, name="table_columns"),
    # Beside a thread
    path("customers/<int:customer_id>/panel/cart/", panels.cart, name="panel_cart"),
    # Settings: the shops that feed the desk
    path("settings/shops/", shops.index, name="shops"),
    path("settings/shops/new/", shops.edit, name="new_shop"),
    path("settings/shops/<int:shop_id>/", shops.edit, name="shop"),
    path("settings/shops/<int:shop_id>/token/", shops.renew_token, name="shop_token"),
    path("settings/shops/<int:shop_id>/token/end/", shops.end_token, name="shop_token_end"),
    path("settings/shops/<int:shop_id>/webhooks/new/", webhooks.new, name="new_webhook"),
    path(HOOK, webhooks.edit, name="webhook"),
    path(f"{HOOK}secret/", webhooks.renew_secret, name="webhook_secret"),
    path(f"{HOOK}switch/", webhooks.switch, name="webhook_switch"),
    path(f"{HOOK}delete/", webhooks.remove, name="webhook_delete"),
    path(
        f"{HOOK}log/<int:delivery_id>/",
        webhooks.send_again,
        name="webhook_again",
    ),
]
