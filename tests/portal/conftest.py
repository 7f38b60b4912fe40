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
