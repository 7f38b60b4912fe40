"""Paths of signing in and of one's own profile."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import profile, views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-in/link/", views.ask_for_link, name="ask_for_link"),
    path("sign-in/link/<str:token>/", views.enter_by_link, name="enter_by_link"),
    path("sign-in/password/<str:token>/", views.choose_password, name="choose_password"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("profile/", profile.show, name="profile"),
    path("profile/password/", profile.change_password, name="change_password"),
    path("profile/token/", profile.make_token, name="make_token"),
    path("profile/token/revoke/", profile.revoke_token, name="revoke_token"),
]
