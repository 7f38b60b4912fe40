"""Websocket paths and who answers them."""

from django.urls import path

from crm.consumers import CartConsumer, CartsConsumer, CustomerConsumer
from helpdesk.consumers import QueueConsumer, ThreadConsumer

websocket_urlpatterns = [
    path("ws/queue/", QueueConsumer.as_asgi()),
    path("ws/customers/<int:customer_id>/", CustomerConsumer.as_asgi()),
    path("ws/carts/", CartsConsumer.as_asgi()),
    path("ws/carts/<int:cart_id>/", CartConsumer.as_asgi()),
    path("ws/threads/<int:thread_id>/", ThreadConsumer.as_asgi()),
]
