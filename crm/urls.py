"""Paths of customers and what is theirs."""

from django.urls import URLPattern, URLResolver, path

from crm.views import access, panels, profile

app_name = "crm"
urlpatterns: list[URLPattern | URLResolver] = [
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
    # Beside a thread
    path("customers/<int:customer_id>/panel/cart/", panels.cart, name="panel_cart"),
]
