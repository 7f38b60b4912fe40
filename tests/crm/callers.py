"""A program that feeds the desk with a shop's token, and what it says."""

import json

import pytest
from rest_framework.test import APIClient

from crm.models import Shop

ANA = {"first_name": "Ana", "last_name": "Ruiz", "email": "Ana@Example.com"}
BOWL = {"product_ref": "BOWL", "name": "Cuenco Bruma", "quantity": 2, "unit_price": "15.00"}
ORDER = {"reference": "MK-900", "state": "Pagado", "placed_at": "2026-11-16T09:00:00Z", "total": 30, "lines": [BOWL]}


class Caller:
    """A program that holds a shop's token."""

    def __init__(self, name: str = "Taller Norte") -> None:
        self.shop = Shop.objects.create(name=name, url="https://shop.example")
        self.client = APIClient()
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {self.shop.renew_token()}")

    def __call__(self, method: str, path: str, body=None, **headers):
        words = {"HTTP_" + name.upper(): value for name, value in headers.items()}
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(self.client, method)(f"/api/{path}", **sent, **words)


@pytest.fixture
def call(db) -> Caller:
    """A shop that calls."""
    return Caller()
