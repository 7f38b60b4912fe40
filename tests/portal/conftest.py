"""What the portal's tests share: empty buckets, and a form as a browser without JavaScript fills it in."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.cache import cache


@pytest.fixture(autouse=True)
def empty_buckets() -> None:
    """No post of another test counts."""
    cache.clear()


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return unescape(found[1])


@pytest.fixture
def fill(client: Any, world: Any) -> Any:
    """fill(message=..., after=20, query="?lang=es") opens the form, waits and posts it; gives the answer."""

    def post(*, query: str = "", after: float = 20, token: str | None = None, **fields: Any) -> Any:
        headers = fields.pop("headers", {})
        page = client.get(f"/contact/{query}", headers=headers).content.decode()
        said = {
            "contact": "service",
            "name": "John Doe",
            "email": "john@example.com",
            "message": "Where is my order?",
            "token": token or hidden(page, "token"),
            **fields,
        }
        with time_machine.travel(_now() + timedelta(seconds=after), tick=True):
            return client.post(f"/contact/{query}", said, headers=headers)

    return post


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


PASSWORD = "a bowl of warm soup"


def link_in(mail: Any) -> str:
    """The path of the link in a letter."""
    found = re.search(r"http://testserver(/\S+)", mail.text)
    assert found, mail.text
    return found[1]


@pytest.fixture
def john(world: Any) -> Any:
    """John Doe with a password, an order and a language."""
    world.john.language = "en"
    world.john.save()
    world.john.set_password(PASSWORD)
    return world.john


@pytest.fixture
def inside(client: Any, john: Any) -> Any:
    """A browser in which John is signed in."""
    response = client.post("/area/sign-in/", {"name": "john@example.com", "password": PASSWORD, "do": "password"})
    assert response.status_code == 303
    return client
