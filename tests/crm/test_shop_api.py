"""A shop feeds the desk: what it says of its objects, and what is refused by field."""

from decimal import Decimal

import pytest
from django.utils import timezone

from crm.models import (
    Cart,
    Customer,
    CustomerGroup,
    Order,
    RecordSettings,
    SocialTitle,
    TitleUse,
)
from tests.crm.callers import ANA, BOWL, ORDER, Caller

pytestmark = pytest.mark.django_db


def test_a_shop_writes_a_customer_and_reads_them_back(call):
    made = call("put", "customers/17/", ANA)
    assert made.status_code == 201
    again = call("put", "customers/17/", ANA)
    assert again.status_code == 200
    assert again.headers["ETag"] == made.headers["ETag"]
    got = call("get", "customers/17/").json()
    assert (got["id"], got["email"], got["group"]) == ("17", "ana@example.com", "customer")
    assert got["number"] == Customer.objects.get().pk


def test_a_change_writes_what_it_names(call):
    assert call("patch", "customers/17/", {"phone": "600"}).status_code == 404
    call("put", "customers/17/", ANA)
    assert call("patch", "customers/17/", {"phone": "+34600000123"}).json()["first_name"] == "Ana"
    assert call("delete", "customers/17/").status_code == 204
    assert call("get", "customers/17/").status_code == 404
    assert call("put", "customers/17/", ANA).status_code == 200
    assert call("get", "customers/17/").status_code == 200


@pytest.mark.parametrize("noun", ["customers", "orders", "carts", "groups", "addresses", "vouchers", "visits"])
def test_another_shop_sees_and_touches_nothing(call, noun):
    bodies = {
        "orders": ORDER,
        "groups": {"name": "Club"},
        "addresses": {"customer": "17", "line1": "Calle Mayor 1", "city": "Madrid", "country": "ES"},
        "vouchers": {"customer": "17", "code": "GRACIAS"},
        "visits": {"customer": "17", "began_at": "2026-11-16T09:00:00Z"},
    }
    other, body = Caller("Taller Sur"), bodies.get(noun, {})
    call("put", "customers/17/", ANA)
    assert call("put", f"{noun}/5/", body).status_code in (200, 201)
    assert other("get", f"{noun}/5/").status_code == 404
    assert other("patch", f"{noun}/5/", {}).status_code == 404
    assert other("delete", f"{noun}/5/").status_code == 404
    assert other("get", f"{noun}/").json()["results"] == []
    if "customer" in body:
        assert other("put", f"{noun}/6/", body).status_code == 400
    assert len(call("get", f"{noun}/").json()["results"]) == (2 if noun == "customers" else 1)


def test_the_customer_of_another_shop_is_not_named(call):
    other = Caller("Taller Sur")
    other("put", "customers/secret/", ANA)
    call("put", "customers/17/", ANA)
    call("put", "carts/5/", {"customer": "17"})
    Customer.objects.filter(shop_id="17").update(merged_into=Customer.objects.get(shop_id="secret"))
    call("put", "carts/5/", {"customer": "17"})
    assert Cart.objects.get().customer.shop_id == "secret"
    assert call("get", "carts/5/").json()["customer"] is None


def test_many_at_once_are_told_one_by_one(call):
    told = [{"id": 17, **ANA}, {"id": "18", "fone": "600"}, {"id": "19", "email": "nobody"}, {"first_name": "X"}, 7]
    answer = call("post", "customers/", told)
    assert answer.status_code == 207
    said = answer.json()
    assert {name: said[name] for name in ("created", "changed", "unchanged", "refused")} == {
        "created": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": 4,
    }
    assert [(one["index"], one["id"], list(one.get("errors", ()))) for one in said["results"]] == [
        (0, "17", []),
        (1, "18", ["fone"]),
        (2, "19", ["email"]),
        (3, "", ["id"]),
        (4, "", ["non_field_errors"]),
    ]
    assert call("post", "customers/", told[:1]).json()["unchanged"] == 1
    assert Customer.objects.count() == 1


def test_a_thousand_objects_are_the_most(call):
    assert call("post", "carts/", [{"id": str(n)} for n in range(1001)]).status_code == 400
    assert call("post", "carts/", []).status_code == 400
    assert call("post", "carts/", {"id": "1"}).status_code == 400


def test_an_error_in_a_line_says_where_it_is(call):
    answer = call("put", "carts/5/", {"lines": [BOWL, {"quantity": "many", "image_url": "javascript:alert(1)"}]})
    assert answer.status_code == 400
    assert set(answer.json()["lines"]["1"]) == {"name"}
    answer = call("put", "carts/5/", {"lines": [BOWL | {"quantity": -1, "image_url": "javascript:alert(1)"}]})
    assert set(answer.json()["lines"]["0"]) == {"quantity", "image_url"}


@pytest.mark.parametrize(
    ("noun", "field", "value"),
    [
        ("customers", "first_name", "A" * 256),
        ("customers", "first_name", "A\x00B"),
        ("customers", "first_name", "\ud800"),
        ("customers", "first_name", ["Ana"]),
        ("customers", "website", "javascript:alert(1)"),
        ("customers", "birthday", "1850-01-01"),
        ("customers", "birthday", "2999-01-01"),
        ("customers", "credit_limit", "1e999999999"),
        ("customers", "credit_limit", "NaN"),
        ("customers", "payment_days", 10**400),
        ("customers", "payment_days", True),
        ("customers", "emails", "ana@example.com"),
        ("customers", "group", "nobody-has-it"),
        ("customers", "registered_at", "0001-01-01T00:00:00+14:00"),
        ("orders", "currency", "XXQ"),
        ("orders", "rate", 0),
        ("orders", "total", 10**11),
        ("orders", "placed_at", "2999-01-01T00:00:00Z"),
        ("orders", "placed_at", "yesterday"),
        ("orders", "tracking_url", "data:text/html,x"),
        ("orders", "lines", {"name": "x"}),
        ("orders", "cart", "77"),
        ("orders", "state_color", "red;background:url(x)"),
        ("carts", "ip_address", "999.1.1.1"),
        ("carts", "lines", [{"name": "Oro", "quantity": 1_000_000, "unit_price": "9999999999.99"}]),
        ("carts", "order", "77"),
        ("carts", "total", -(10**12)),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(call, noun, field, value):
    good = ORDER if noun == "orders" else {}
    answer = call("put", f"{noun}/1/", good | {field: value})
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


@pytest.mark.row("AR12", "CA5", "GR1")
def test_deletions_that_are_refused_say_why(call):
    call("put", "customers/17/", ANA)
    call("put", "orders/900/", ORDER | {"customer": "17"})
    call("put", "carts/5/", {"customer": "17", "order": "900"})
    call("put", "groups/1/", {"key": "visitor", "name": "Visitantes"})
    call("put", "groups/4/", {"name": "Club"})
    call("patch", "customers/17/", {"group": "4"})
    for path in ("customers/17/", "carts/5/", "groups/1/", "groups/4/"):
        refused = call("delete", path)
        assert refused.status_code == 409, path
        assert refused.json()["detail"].endswith(".")
    assert (Customer.objects.count(), Cart.objects.count()) == (1, 1)
    assert CustomerGroup.objects.filter(key="visitor", shop_id="1").exists()


def test_who_was_erased_is_a_conflict_and_stays_erased(call):
    call("put", "customers/17/", ANA)
    Customer.objects.update(erased_at=timezone.now(), first_name="")
    assert call("put", "customers/17/", ANA).status_code == 409
    assert call("get", "customers/17/").status_code == 404
    assert Customer.objects.get().first_name == ""


def test_a_title_is_one_of_the_teams(call):
    SocialTitle.objects.create(names={"es": "Sra.", "en": "Mrs"})
    assert call("put", "customers/17/", ANA | {"title": "sra."}).json().get("title") is None  # titles are off
    records = RecordSettings.fresh()
    records.title_use = TitleUse.TEAM
    records.save()
    assert call("put", "customers/17/", ANA | {"title": "sra."}).json()["title"] == "Mrs"
    assert list(call("put", "customers/17/", ANA | {"title": "Majesty"}).json()) == ["title"]


def test_a_moment_without_an_offset_is_the_shops_own_time(call):
    call("put", "orders/900/", ORDER | {"placed_at": "2026-07-16T09:00:00"})
    assert Order.objects.get().placed_at.isoformat() == "2026-07-16T07:00:00+00:00"


def test_an_amount_is_rounded_to_cents(call):
    call("put", "orders/900/", ORDER | {"total": "42.505000", "rate": 1.1})
    order = Order.objects.get()
    assert (order.total, order.rate) == (Decimal("42.51"), Decimal("1.100000"))


def test_a_cart_that_adds_up_to_too_much_is_refused(call):
    call("put", "carts/5/", {"lines": [BOWL]})
    answer = call("patch", "carts/5/", {"total_shipping": "9999999999.99"})
    assert (answer.status_code, list(answer.json())) == (400, ["total"])


def test_sums_that_no_column_holds_stop_at_the_largest_number(call):
    call("put", "customers/17/", ANA)
    many = [ORDER | {"id": str(n), "customer": "17", "total": "9999999999.99", "rate": "0.001"} for n in range(3)]
    assert call("post", "orders/", many).json()["created"] == 3
    assert Customer.objects.get().spent == Decimal("999999999999.99")


@pytest.mark.row("CL10", "AD3")
def test_what_the_shop_requires_is_required_here_too(call):
    records = RecordSettings.fresh()
    records.required_customer, records.required_address = ["phone", "emails"], ["phone"]
    records.save()
    assert set(call("put", "customers/17/", {"first_name": "Ana"}).json()) == {"phone", "emails"}
    assert call("put", "customers/17/", ANA | {"phone": "+34600000123"}).status_code == 201
    assert call("put", "customers/17/", {"first_name": "Eva"}).status_code == 200
    assert list(call("patch", "customers/17/", {"phone": ""}).json()) == ["phone"]
    home = {"customer": "17", "line1": "Calle Mayor 1", "city": "Madrid", "country": "ES"}
    assert list(call("put", "addresses/1/", home).json()) == ["phone"]
    assert call("put", "addresses/1/", home | {"phone": "600"}).status_code == 201


@pytest.mark.row("CF3")
def test_a_birthday_that_is_not_asked_for_is_neither_taken_nor_told(call):
    call("put", "customers/17/", ANA | {"birthday": "1990-05-06"})
    assert call("get", "customers/17/").json()["birthday"] == "1990-05-06"
    records = RecordSettings.fresh()
    records.birthdays = False
    records.save()
    assert call("put", "customers/17/", ANA | {"birthday": "1991-05-06"}).status_code == 200
    assert "birthday" not in call("get", "customers/17/").json()
    assert Customer.objects.get().birthday.year == 1990


@pytest.mark.row("CA4")
def test_a_heartbeat_says_that_the_customer_is_there(call):
    call("put", "carts/5/", {"lines": [BOWL], "changed_at": "2026-11-16T09:00:00Z"})
    assert not Cart.objects.get().is_online
    assert call("post", "carts/5/heartbeat/", {"page": "Taza Alba", "step": "Envío"}).status_code == 204
    cart = Cart.objects.get()
    assert (cart.is_online, cart.page, cart.step) == (True, "Taza Alba", "Envío")
    assert call("post", "carts/5/heartbeat/").status_code == 204
    assert call("post", "carts/6/heartbeat/", {}).status_code == 404
    assert call("post", "carts/5/heartbeat/", {"page": "x" * 256}).status_code == 400


def test_an_order_names_the_addresses_it_went_to(call):
    call("put", "customers/17/", ANA)
    home = {"customer": "17", "line1": "Calle Mayor 1", "city": "Madrid", "country": "ES"}
    call("put", "addresses/1/", home)
    told = ORDER | {"customer": "17", "delivered_to": "1"}
    assert call("put", "orders/900/", told).json()["delivered_to"] == "1"
    assert list(call("put", "orders/900/", told | {"invoiced_to": "2"}).json()) == ["invoiced_to"]
