"""The product's paths with the practice pages, as PRACTICE=1 mounts them."""

from django.urls import include, path

from config import urls

urlpatterns = [*urls.urlpatterns, path("practice/", include("mailgateway.practice.urls"))]
