"""Whatever a shop sends, the answer is one of ours: never a mistake of the server."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.api.bodies import Said
from crm.api.nouns import NOUNS
from tests.crm.callers import Caller

pytestmark = pytest.mark.django_db
LONG_AGO = "0001-01-01T00:00:00+14:00"
NASTY = st.sampled_from(
    ["", "\x00", "\ud800", "javascript:alert(1)", "9" * 400, "NaN", "1e308", "-1", "💥" * 300, LONG_AGO]
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([10**40, -(10**40), 2**31])
SCALARS = st.none() | st.booleans() | NUMBERS | NASTY | st.text(max_size=20)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PARTS = {
    "lines": {"name": st.just("Cuenco"), "quantity": SCALARS, "unit_price": SCALARS, "image_url": SCALARS},
    "states": {"state": st.just("Pagado"), "at": SCALARS},
    "category_discounts": {"category": st.just("Tazas"), "discount": SCALARS},
}
LIKELY = {
    "id": st.sampled_from(["1", "2", "?"]),
    "placed_at": st.just("2026-11-16T09:00:00Z"),
    "began_at": st.just("2026-11-16T09:00:00Z"),
    "customer": st.sampled_from(["17", "", "77"]),
    "order": st.sampled_from(["1", "", "77"]),
    "cart": st.sampled_from(["1", "", "77"]),
    "group": st.sampled_from(["customer", "77"]),
    "country": st.just("ES"),
}


def value_of(name: str) -> st.SearchStrategy:
    """What may stand at a field: something likely, or anything."""
    part = PARTS.get(name)
    likely = st.lists(st.fixed_dictionaries(part), max_size=3) if part else LIKELY.get(name, st.just("x"))
    return likely | likely | SCALARS | ANYTHING


def objects(body: type[Said]) -> st.SearchStrategy:
    """Objects of one kind, of which little is right."""
    return st.fixed_dictionaries({}, optional={name: value_of(name) for name in [*body().fields, "nothing"]})


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
def test_no_object_is_an_error_of_the_server(db, noun):
    call = Caller()
    call("put", "customers/17/", {"first_name": "Ana"})
    call.client.raise_request_exception = True

    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(objects(noun.body) | ANYTHING, max_size=4), st.data())
    def try_it(told, data):
        many = call("post", f"{noun.name}/", told)
        assert many.status_code in (200, 207, 400), many.content
        if many.status_code != 400:
            results = many.json()["results"]
            assert [one["index"] for one in results] == list(range(len(told)))
            assert all(bool(one.get("errors")) == (one["result"] == "refused") for one in results)
        for method in ("put", "patch"):
            one = call(method, f"{noun.name}/1/", data.draw(objects(noun.body)))
            assert one.status_code in (200, 201, 400, 404, 409), one.content
        assert call("get", f"{noun.name}/").status_code == 200

    try_it()
    json.dumps(call("get", f"{noun.name}/").json())
