"""Paths of customers and what is theirs."""

from django.urls import URLPattern, URLResolver, path

from crm.views import bulk, customers, merging, orphans, panels, profile, switches, tables

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
    # One person, several records
    path("customers/<int:customer_id>/people/", merging.likeness, name="customer_people"),
    path("customers/<int:customer_id>/merge/", merging.merge, name="customer_merge"),
    path("customers/<int:customer_id>/merges/", merging.merges, name="customer_merges"),
    path("customers/<int:customer_id>/merges/<int:merge_id>/split/", merging.split, name="customer_split"),
    path("customers/<int:customer_id>/different/", merging.different, name="customer_different"),
    # Carts that nobody has
    path("carts/watch/", orphans.watched, name="carts_watch"),
    path("carts/watch/settings/", orphans.settings, name="carts_watch_settings"),
    path("carts/<int:cart_id>/candidates/", orphans.candidates, name="cart_candidates"),
    path("carts/<int:cart_id>/owner/", orphans.link, name="cart_owner"),
    path("carts/<int:cart_id>/owner/undo/", orphans.unlink, name="cart_owner_undo"),
    path("carts/<int:cart_id>/refusal/", orphans.refuse, name="cart_refusal"),
    path("carts/<int:cart_id>/watch/", orphans.watch, name="cart_watch"),
    # Lists
    path("lists/<slug:table>/columns/", tables.columns, name="table_columns"),
    # Beside a thread
    path("customers/<int:customer_id>/panel/cart/", panels.cart, name="panel_cart"),
]
