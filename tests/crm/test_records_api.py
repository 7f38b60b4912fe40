"""Agents' programs read records and change customers with the pages' verbs."""

from datetime import UTC, datetime

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from crm.models import Cart, Customer, CustomerGroup, Shop
from tests import make

pytestmark = pytest.mark.django_db


def api(agent=None) -> APIClient:
    client = APIClient()
    if agent is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=agent)[0].key}")
    return client


def ids(response) -> list[int]:
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


@pytest.mark.parametrize(
    "path", ["customers/", "customers/1/", "orders/", "carts/", "customers/1/notes/", "customers/1/enabled/"]
)
def test_only_agents_read_records(world, path):
    assert api().get(f"/api/records/{path}").status_code == 401


def test_an_agent_reads_a_customer_without_secrets(world):
    world.john.password = "pbkdf2$secret"
    world.john.save()
    got = api(world.bob).get(f"/api/records/customers/{world.john.pk}/").json()
    assert (got["name"], got["emails"], got["version"]) == ("John Doe", ["john@example.com"], world.john.version)
    assert got["page"].endswith(f"/customers/{world.john.pk}/")
    assert "pbkdf2" not in str(got)


def test_who_is_in_the_bin_or_erased_is_not_there(world):
    Customer.objects.update(deleted_at=datetime(2026, 11, 1, tzinfo=UTC))
    assert api(world.bob).get(f"/api/records/customers/{world.john.pk}/").status_code == 404
    assert ids(api(world.bob).get("/api/records/customers/")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("email=John@example.com", True),
        ("email=eva@example.com", False),
        ("q=doe john", True),
        ("q=doe jane", False),
        ("phone=600 000 123", True),
        ("phone=x", False),
        ("tag=vip", True),
        ("tag=new", False),
        ("is_active=true", True),
        ("shop_id=17", True),
        ("updated_since=2999-01-01T00:00:00Z", False),
        (f"group={10**30}", False),
    ],
)
def test_a_filter_finds_customers(world, query, found):
    world.john.tags.create(name="VIP")
    Customer.objects.update(phone="+34600000123", shop_id="17")
    assert bool(ids(api(world.bob).get(f"/api/records/customers/?{query}"))) is found


@pytest.mark.parametrize(
    "path", ["customers/?emial=x", "orders/?updated_since=then", "carts/?state=lost", "carts/?shop=x"]
)
def test_a_filter_that_makes_no_sense_is_refused(world, path):
    assert api(world.bob).get(f"/api/records/{path}").status_code == 400


def test_orders_and_carts_are_found_by_their_customer(world):
    order, cart, nameless = make.order(world.john), make.cart(world.john), make.cart()
    bob = api(world.bob)
    assert ids(bob.get(f"/api/records/orders/?customer={world.john.pk}")) == [order.pk]
    assert ids(bob.get(f"/api/records/orders/?reference={order.reference.lower()}")) == [order.pk]
    assert ids(bob.get(f"/api/records/carts/?customer={world.john.pk}")) == [cart.pk]
    assert ids(bob.get("/api/records/carts/?nameless=true")) == [nameless.pk]
    assert ids(bob.get(f"/api/records/orders/?customer={10**30}")) == []
    assert bob.get(f"/api/records/orders/{order.pk}/").json()["lines"][0]["name"] == "Cuenco Bruma"
    assert bob.get(f"/api/records/carts/{'9' * 18}/").status_code == 404


def test_a_record_that_somebody_changed_meanwhile_is_a_conflict(world):
    bob, path = api(world.bob), f"/api/records/customers/{world.john.pk}/"
    version = bob.get(path).json()["version"]
    changed = bob.patch(path, {"last_name": "Smith", "version": version}, format="json")
    assert (changed.status_code, changed.json()["last_name"]) == (200, "Smith")
    assert world.john.history.first().history_user == world.bob
    assert bob.patch(path, {"last_name": "Jones", "version": version}, format="json").status_code == 409
    assert bob.patch(path, {"phone": "12"}, format="json").json().keys() == {"phone"}


def test_an_agent_makes_a_customer(world):
    bob = api(world.bob)
    made = bob.post("/api/records/customers/", {"first_name": "Ana", "emails": ["Ana@example.com"]}, format="json")
    assert (made.status_code, made.json()["emails"]) == (201, ["ana@example.com"])
    assert made.json()["group"]["key"] == CustomerGroup.Key.CUSTOMER
    assert bob.post("/api/records/customers/", {"first_name": "Ana"}, format="json").status_code == 400


def test_notes_consents_and_the_account_go_through_the_verbs(world):
    bob, path = api(world.bob), f"/api/records/customers/{world.john.pk}"
    assert bob.post(f"{path}/notes/", {"text": " "}, format="json").status_code == 400
    assert bob.post(f"{path}/notes/", {"text": "Call first"}, format="json").json()["author"]["name"] == "Bob Agent"
    assert [one["text"] for one in bob.get(f"{path}/notes/").json()] == ["Call first"]
    assert bob.post(f"{path}/enabled/", {"is_active": False}, format="json").json()["is_active"] is False
    said = {"kind": "newsletter", "given": True, "source": "phone"}
    assert bob.post(f"{path}/consents/", said, format="json").json().keys() == {"detail"}
    allowed = bob.post(f"{path}/consents/", said | {"detail": "Asked me on Monday"}, format="json")
    assert allowed.json()["newsletter"] is True


def test_a_list_costs_the_same_whatever_its_length(world, django_assert_max_num_queries):
    shop = Shop.objects.create(name="Taller Norte")
    for n in range(12):
        make.order(make.customer(f"Ana {n}", f"ana{n}@example.com", source=shop, shop_id=str(n)))
        Cart.objects.create(customer=world.john, source=shop, shop_id=str(n))
    bob = api(world.bob)
    bob.get("/api/records/customers/")  # settings are known from here on
    for path in ("customers", "orders", "carts"):
        with django_assert_max_num_queries(10):
            assert len(ids(bob.get(f"/api/records/{path}/"))) >= 12
