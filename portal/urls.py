"""Paths that customers see."""

from django.urls import path

from portal.views import cart, contact, thread

app_name = "portal"
urlpatterns = [
    path("contact/", contact.show, name="contact"),
    path("contact/sent/<str:word>/", contact.sent, name="sent"),
    path("cart/<str:token>/", cart.restore, name="restore_cart"),
    path("t/<str:token>/", thread.show, name="thread"),
    path("t/<str:token>/solved/", thread.solved, name="solved"),
    path("t/<str:token>/link/", thread.new_link, name="new_link"),
    path("t/<str:token>/files/<int:attachment_id>/", thread.attachment, name="attachment"),
]
