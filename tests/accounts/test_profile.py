"""One's own profile, password and API token."""

import re

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from tests.browser import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(world):
    client = Client()
    client.force_login(world.bob, backend="django.contrib.auth.backends.ModelBackend")
    return client


PROFILE = {"name": "Bob", "email": "bob@shop.test", "language": "es", "theme": "dark"}
PROFILE |= {"density": "compact", "queue_sort": "wait"}


def test_the_profile_is_saved_and_used(bob, world):
    assert bob.post("/profile/", {**PROFILE, "signature": "B."}).status_code == 302
    world.bob.refresh_from_db()
    assert (world.bob.signature, world.bob.theme, world.bob.single_keys) == ("B.", "dark", False)
    page = bob.get("/profile/").content.decode()
    assert '<html lang="es"' in page
    assert 'data-theme="dark"' in page


def test_how_the_queue_is_sorted_is_mine_to_choose(bob, world):
    bob.post("/profile/", PROFILE)
    world.bob.refresh_from_db()
    assert world.bob.queue_sort == "wait"
    page = bob.get("/profile/").content.decode()
    assert re.search(r'<option value="wait" selected', page)


@pytest.mark.browser
def test_the_page_of_the_profile_says_nothing_in_the_console(world_live, sign_in):
    page = sign_in(world_live.bob)
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto("/profile/")
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("heading", name="Password").is_visible()
    assert said == []


def test_an_address_of_a_colleague_is_refused_and_what_was_typed_is_kept(bob, world):
    page = bob.post("/profile/", {**PROFILE, "email": "ALICE@shop.test", "name": "Bobby"})
    assert page.status_code == 200
    assert "Another agent has this e-mail" in page.content.decode()
    assert 'value="Bobby"' in page.content.decode()


def test_another_password_ends_the_other_sessions(bob, world):
    elsewhere = Client()
    elsewhere.force_login(world.bob, backend="django.contrib.auth.backends.ModelBackend")
    new = "three words nobody joins"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert bob.post("/profile/password/", fields).status_code == 302
    assert bob.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302


def test_a_short_password_is_refused_with_a_sentence(bob):
    fields = {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"}
    assert "at least 12 characters" in bob.post("/profile/password/", fields).content.decode()


def test_a_token_is_shown_once_and_can_be_revoked(bob, world):
    page = bob.post("/profile/token/").content.decode()
    key = re.search(r'id="fresh-token">(\w+)<', page)[1]
    assert key == Token.objects.get(user=world.bob).key
    assert key not in bob.get("/profile/").content.decode()
    bob.post("/profile/token/revoke/")
    assert not Token.objects.exists()


def test_a_stranger_is_sent_to_sign_in(client, world):
    assert client.get("/profile/").headers["Location"] == "/sign-in/?next=/profile/"
