"""Paths that customers see."""

from django.urls import path

from portal.views import access, area, cart, contact, details, entrance, rating, subscription, thread, verbs

app_name = "portal"
urlpatterns = [
    path("contact/", contact.show, name="contact"),
    path("contact/answered/", contact.answered, name="answered"),
    path("contact/sent/<str:word>/", contact.sent, name="sent"),
    path("cart/<str:token>/", cart.restore, name="restore_cart"),
    path("unsubscribe/<str:token>/", subscription.end, name="unsubscribe"),
    path("t/<str:token>/", thread.show, name="thread"),
    path("t/<str:token>/rating/", rating.show, name="rating"),
    path("t/<str:token>/solved/", thread.solved, name="solved"),
    path("t/<str:token>/arrival/", verbs.arrival, name="arrival"),
    path("t/<str:token>/wait/", verbs.wait, name="wait"),
    path("t/<str:token>/photos/", verbs.photos, name="photos"),
    path("t/<str:token>/address/", verbs.address, name="propose_address"),
    path("t/<str:token>/link/", thread.new_link, name="new_link"),
    path("t/<str:token>/files/<int:attachment_id>/", thread.attachment, name="attachment"),
    # The private area: coming in. Pages that a mailed link leads to are named as the letter is.
    path("area/sign-in/", entrance.sign_in, name="area_sign_in"),
    path("area/link/<str:token>/", entrance.by_link, name="area_link"),
    path("area/welcome/<str:token>/", entrance.choose_password, name="area_invitation"),
    path("area/new-password/<str:token>/", entrance.choose_password, name="area_reset"),
    path("area/address/<str:token>/", entrance.confirm_address, name="area_address"),
    path("area/sessions/", access.sessions, name="area_sessions"),
    # What is in it
    path("area/", area.home, name="area"),
    path("area/messages/", area.threads, name="area_threads"),
    path("area/messages/<int:thread_id>/", area.thread, name="area_thread"),
    path("area/orders/", area.orders, name="area_orders"),
    path("area/orders/<int:order_id>/", area.order, name="area_order"),
    path("area/details/", details.show, name="area_details"),
    path("area/details/consents/", details.consents, name="area_consents"),
    path("area/details/emails/", details.emails, name="area_emails"),
    path("area/details/addresses/new/", details.address, name="area_address_new"),
    path("area/details/addresses/<int:address_id>/", details.address, name="area_address_edit"),
    path("area/access/", access.show, name="area_access"),
    path("area/access/password/", access.password, name="area_password"),
    path("area/access/username/", access.username, name="area_username"),
    path("area/access/data/", access.data, name="area_data"),
]
