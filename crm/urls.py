"""Paths of customers and what is theirs."""

from django.urls import URLPattern, URLResolver, path

from crm.views import (
    access,
    addresses,
    bulk,
    customers,
    editing,
    ending,
    groups,
    households,
    members,
    panels,
    preferences,
    privacy,
    profile,
    switches,
    tables,
    titles,
)

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
    path("customers/<int:customer_id>/invitation/", access.invite, name="customer_invitation"),
    path("customers/<int:customer_id>/sessions/", access.sign_out, name="customer_sessions"),
    path("orders/<int:order_id>/", profile.order, name="order"),
    # The record itself
    path("customers/new/", editing.new, name="customer_new"),
    path("customers/<int:customer_id>/edit/", editing.edit, name="customer_edit"),
    path("customers/<int:customer_id>/registration/", editing.register, name="customer_registration"),
    path("customers/<int:customer_id>/delete/", ending.delete, name="customer_delete"),
    path("customers/<int:customer_id>/restore/", ending.restore, name="customer_restore"),
    path("customers/<int:customer_id>/data/", ending.data, name="customer_data"),
    path("customers/<int:customer_id>/erase/", ending.erase, name="customer_erase"),
    # Several people under one account
    path("customers/<int:customer_id>/household/", households.of_customer, name="customer_household"),
    path("households/<int:household_id>/", households.show, name="household"),
    path("households/<int:household_id>/name/", households.rename, name="household_name"),
    path("households/<int:household_id>/people/", households.add, name="household_people"),
    path("households/<int:household_id>/people/<int:customer_id>/", households.remove, name="household_person"),
    # Settings
    path("settings/records/", preferences.edit, name="preferences"),
    path("settings/records/preview/", preferences.preview, name="preferences_preview"),
    path("settings/privacy/", privacy.show, name="privacy"),
    path("settings/privacy/requests/", privacy.note, name="privacy_requests"),
    path("settings/privacy/requests/<int:request_id>/", privacy.finish, name="privacy_request"),
    path("settings/privacy/bin/", ending.bin_, name="customer_bin"),
    # Addresses
    path("addresses/", addresses.index, name="addresses"),
    path("addresses/new/", addresses.edit, name="address_new"),
    path("addresses/fields/", addresses.fields, name="address_fields"),
    path("addresses/deletion/", addresses.remove_many, name="addresses_delete"),
    path("addresses/restoration/", addresses.restore_many, name="addresses_restore"),
    path("addresses/<int:address_id>/", addresses.edit, name="address_edit"),
    path("addresses/<int:address_id>/delete/", addresses.remove, name="address_delete"),
    path("addresses/<int:address_id>/restore/", addresses.restore, name="address_restore"),
    # Groups
    path("groups/", groups.index, name="groups"),
    path("groups/new/", groups.edit, name="group_new"),
    path("groups/usual/", groups.usual, name="groups_usual"),
    path("groups/<int:group_id>/", members.index, name="group"),
    path("groups/<int:group_id>/edit/", groups.edit, name="group_edit"),
    path("groups/<int:group_id>/prices/", groups.prices, name="group_prices"),
    path("groups/<int:group_id>/delete/", groups.delete, name="group_delete"),
    # Social titles
    path("titles/", titles.index, name="titles"),
    path("titles/new/", titles.edit, name="title_new"),
    path("titles/use/", titles.use, name="titles_use"),
    path("titles/<int:title_id>/", titles.edit, name="title_edit"),
    path("titles/<int:title_id>/delete/", titles.delete, name="title_delete"),
    path("titles/<int:title_id>/picture/", titles.picture, name="title_picture"),
    # Lists
    path("lists/<slug:table>/columns/", tables.columns, name="table_columns"),
    # Beside a thread
    path("customers/<int:customer_id>/panel/cart/", panels.cart, name="panel_cart"),
]
