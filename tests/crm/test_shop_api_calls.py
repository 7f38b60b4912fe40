"""Calls of a shop: its token, the same call again, versions, reading back, limits."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from crm.api.answers import forget_answers
from crm.models import (
    Cart,
    Customer,
    Shop,
    ShopAnswer,
    ShopTally,
)
from tests import make
from tests.crm.callers import ANA, BOWL, ORDER, Caller

pytestmark = pytest.mark.django_db


def test_without_a_token_or_with_an_ended_one_the_answer_is_401(call, world):
    assert APIClient().get("/api/customers/").status_code == 401
    agent = APIClient()
    agent.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=world.alice).key}")
    assert agent.get("/api/customers/").status_code == 401
    agent.force_login(world.alice)
    assert agent.get("/api/customers/").status_code == 401
    call.shop.renew_token()
    assert call("get", "customers/").status_code == 401
    switched_off = Caller("Taller Sur")
    Shop.objects.filter(pk=switched_off.shop.pk).update(is_active=False)
    refused = switched_off("get", "customers/")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_shops_token_opens_nothing_of_the_agents(call, world):
    make.thread(world.service)
    assert call("get", "threads/").status_code == 401
    assert call("get", "schema/").status_code == 401
    assert call("get", "records/customers/").status_code == 401


def test_the_desk_knows_when_it_last_heard_of_a_shop(call):
    call("get", "customers/")
    assert timezone.now() - Shop.objects.get(pk=call.shop.pk).heard_at < timedelta(minutes=1)


@pytest.mark.parametrize("path", ["customers/a b/", "customers/%00/", "customers/a%2Fb/", f"customers/{'9' * 65}/"])
def test_an_id_that_no_shop_has_is_not_there(call, path):
    assert call("put", path, ANA).status_code == 404
    assert call("get", path).status_code == 404


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}', b"1" * 5000, b""])
def test_what_is_no_json_is_refused(call, body):
    answer = call.client.post("/api/customers/", body, content_type="application/json")
    assert answer.status_code == 400
    assert call.client.post("/api/customers/", "a=b", content_type="text/plain").status_code == 415


def test_a_call_that_is_too_large_is_refused(call, settings):
    settings.SHOP_CALL_BYTES = 1024
    assert call("put", "customers/17/", {"first_name": "A" * 2000}).status_code == 413


def test_a_shop_that_calls_too_often_is_told_when_to_come_back(call, settings):
    settings.SHOP_CALLS_PER_MINUTE = 3
    answers = [call("get", "customers/") for _ in range(4)]
    assert [one.status_code for one in answers[:1] + answers[-1:]] == [200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert Caller("Taller Sur")("get", "customers/").status_code == 200
    cache.clear()


def test_the_same_key_gives_the_same_answer_and_writes_once(call):
    first = call("post", "carts/", [{"id": "1", "lines": [BOWL]}], idempotency_key="k-1")
    Cart.objects.update(step="paying")
    again = call("post", "carts/", [{"id": "1", "lines": [BOWL]}], idempotency_key="k-1")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    other = call("post", "carts/", [{"id": "2"}], idempotency_key="k-1")
    assert other.status_code == 422
    assert Cart.objects.count() == 1
    assert Caller("Taller Sur")("post", "carts/", [{"id": "2"}], idempotency_key="k-1").status_code == 200


def test_a_deletion_that_is_repeated_with_its_key_is_answered_again(call):
    call("put", "carts/1/", {})
    assert call("delete", "carts/1/", idempotency_key="k-2").status_code == 204
    assert call("delete", "carts/1/", idempotency_key="k-2").status_code == 204
    assert call("delete", "carts/1/").status_code == 404


def test_a_refused_call_does_not_use_its_key_up(call):
    assert call("put", "orders/1/", ORDER | {"customer": "17"}, idempotency_key="k-3").status_code == 400
    call("put", "customers/17/", ANA)
    assert call("put", "orders/1/", ORDER | {"customer": "17"}, idempotency_key="k-3").status_code == 201


def test_answers_are_kept_for_a_day(call):
    call("put", "carts/1/", {}, idempotency_key="k-4")
    ShopAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert call("put", "carts/2/", {}, idempotency_key="k-4").status_code == 201
    assert forget_answers() == 0
    ShopAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert forget_answers() == 1


def test_a_change_for_a_version_that_is_gone_is_refused(call):
    etag = call("put", "customers/17/", ANA).headers["ETag"]
    assert call("get", "customers/17/", if_none_match=etag).status_code == 304
    changed = call("put", "customers/17/", ANA | {"last_name": "Sanz"}, if_match=etag)
    assert changed.status_code == 200
    assert call("put", "customers/17/", ANA | {"last_name": "Vega"}, if_match=etag).status_code == 412
    assert call("delete", "customers/17/", if_match=etag).status_code == 412
    assert call("put", "customers/17/", ANA, if_none_match="*").status_code == 412
    assert call("put", "customers/18/", {}, if_none_match="*").status_code == 201
    assert call("put", "customers/19/", {}, if_match="*").status_code == 412
    assert call("get", "customers/17/", if_none_match=etag).json()["last_name"] == "Sanz"


def test_reading_back_goes_on_where_it_stopped_whatever_changes_meanwhile(call):
    call("post", "customers/", [{"id": str(n), "first_name": f"N{n}"} for n in range(5)])
    page = call("get", "customers/?limit=2").json()
    seen = [one["id"] for one in page["results"]]
    assert (seen, page["has_more"]) == (["0", "1"], True)
    call("patch", "customers/0/", {"first_name": "Again"})
    while page["has_more"]:
        page = call("get", f"customers/?limit=2&cursor={page['cursor']}").json()
        seen += [one["id"] for one in page["results"]]
    assert seen == ["0", "1", "2", "3", "4", "0"]
    later = call("get", f"customers/?cursor={page['cursor']}").json()
    assert (later["results"], later["cursor"]) == ([], page["cursor"])
    since = Customer.objects.get(shop_id="0").updated_at.isoformat()
    assert [one["id"] for one in call("get", f"customers/?updated_since={since}").json()["results"]] == ["0"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "cursor=x", "cursor=MXwy", "updated_since=then", "limit=²"]
)
def test_a_query_that_makes_no_sense_is_refused(call, query):
    answer = call("get", f"customers/?{query}")
    assert answer.status_code == 400
    assert list(answer.json()) == [query.split("=")[0]]
    assert call("get", "groups/?updated_since=2026-11-16").status_code == 400


def test_the_desk_counts_what_a_shop_sends(call):
    call("post", "carts/", [{"id": "1"}, {"id": "2"}, {"id": "?"}])
    call("put", "carts/1/", {})
    call("put", "carts/1/", {"step": 7, "nothing": 1})
    call("delete", "carts/2/")
    tally = ShopTally.objects.get(shop=call.shop, noun="carts")
    assert (tally.written, tally.unchanged, tally.refused, tally.deleted) == (2, 1, 2, 1)


def test_no_answer_holds_the_token(call):
    call("put", "customers/17/", ANA)
    assert "mst_" not in json.dumps(call("get", "customers/").json())
    assert call.shop.token_digest not in json.dumps(call("get", "customers/").json())


@pytest.mark.row("CF10")
def test_who_is_erased_is_in_no_kept_answer_either(call, world):
    call("put", "customers/17/", ANA, idempotency_key="k-9")
    call("put", "customers/18/", {"first_name": "Eva"}, idempotency_key="k-10")
    Customer.objects.get(shop_id="17").erase(by=world.alice)
    assert "ana@example.com" not in "".join(ShopAnswer.objects.values_list("body", flat=True))
    assert ShopAnswer.objects.count() == 1
    assert call("put", "customers/17/", ANA).status_code == 409
