"""Paths of customers."""

from django.urls import URLPattern, URLResolver, path

from crm.views import panels

app_name = "crm"
urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/<int:customer_id>/panel/", panels.show, name="panel"),
    path("customers/<int:customer_id>/panel/cart/", panels.cart, name="panel_cart"),
]
