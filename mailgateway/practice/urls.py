"""Paths of the practice pages."""

from django.urls import path

from mailgateway.practice import views

app_name = "practice"
urlpatterns = [
    path("", views.show, name="index"),
    path("<str:account>/", views.show, name="show"),
    path("<str:account>/letters/", views.letters, name="letters"),
    path("<str:account>/write/", views.write, name="write"),
    path("<str:account>/area/", views.area, name="area"),
    path("<str:account>/order/", views.order, name="order"),
    path("<str:account>/cart/", views.cart, name="cart"),
    path("<str:account>/situations/<slug:key>/", views.situation, name="situation"),
    path("<str:account>/files/<str:box>/<int:uid>/<int:number>/", views.file, name="file"),
]
