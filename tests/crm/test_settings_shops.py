"""Supervisors connect shops: keys, links, what arrived, webhooks with their log."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from crm import telling
from crm.models import Shop, Webhook
from crm.outbound import announce

pytestmark = pytest.mark.django_db
PAGE = "/settings/shops/"


@pytest.fixture
def shop() -> Shop:
    return Shop.objects.create(name="Taller Norte", url="https://shop.example")


@pytest.fixture
def alice(client, world):
    client.force_login(world.alice)
    return client


def form_of(shop: Shop, **changes) -> dict:
    links = {name: getattr(shop, name) for name in ("customer_link", "order_link", "cart_link", "restore_link")}
    return {"name": shop.name, "url": shop.url, "time_zone": shop.time_zone, "is_active": "on", **links, **changes}


def paths_of(shop: Shop, webhook: Webhook) -> list[str]:
    own = f"{PAGE}{shop.pk}/"
    hook = f"{own}webhooks/{webhook.pk}/"
    return [PAGE, f"{PAGE}new/", own, f"{own}webhooks/new/", hook]


def test_only_supervisors_connect_shops(client, world, shop):
    webhook = Webhook.objects.create(shop=shop, url="https://hear.example/", events=[])
    paths = paths_of(shop, webhook)
    assert all(client.get(path).status_code == 302 for path in paths)
    client.force_login(world.bob)
    assert all(client.get(path).status_code == 403 for path in paths)
    writes = ["token/", "token/end/", *(f"webhooks/{webhook.pk}/{what}/" for what in ("secret", "switch", "delete"))]
    assert all(client.post(f"{PAGE}{shop.pk}/{path}").status_code == 403 for path in writes)
    client.force_login(world.alice)
    assert all(client.get(path).status_code == 200 for path in paths)
    assert all(client.get(f"{PAGE}{shop.pk}/{path}").status_code == 405 for path in writes)


def test_the_key_is_shown_once_and_the_one_before_ends(alice, shop):
    def opens(token: str) -> bool:
        return APIClient().get("/api/carts/", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200

    tokens = []
    for _ in range(2):
        answer = alice.post(f"{PAGE}{shop.pk}/token/")
        tokens.append(re.search(r"mst_[\w-]{40,}", answer.content.decode()).group())
        assert "no-store" in answer.headers["Cache-Control"]
    assert [opens(token) for token in tokens] == [False, True]
    page = alice.get(f"{PAGE}{shop.pk}/").content.decode()
    assert tokens[1] not in page
    assert f"Ends in {tokens[1][-4:]}" in page
    alice.post(f"{PAGE}{shop.pk}/token/end/")
    assert not opens(tokens[1])
    assert not opens("")


@pytest.mark.row("CV16")
def test_the_link_to_an_order_is_the_supervisors_to_choose(alice, world, shop):
    answer = alice.post(f"{PAGE}{shop.pk}/", form_of(shop, order_link="{shop}/order/{reference}"))
    assert answer.status_code == 302
    shop.refresh_from_db()
    assert shop.link(shop.order_link, reference="MK 1") == "https://shop.example/order/MK%201"
    assert shop.history.first().history_user == world.alice


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("order_link", "javascript:alert(1)"),
        ("cart_link", "//elsewhere.example"),
        ("url", "ftp://shop.example"),
        ("url", ""),
        ("name", ""),
        ("time_zone", "Mars/Olympus"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(alice, shop, field, value):
    sent = form_of(shop, customer_link="{shop}/c/{id}", **{field: value})
    answer = alice.post(f"{PAGE}{shop.pk}/", sent)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    if value:
        assert f'value="{value}"' in answer.content.decode() or field == "time_zone"
    shop.refresh_from_db()
    assert shop.customer_link == ""


def test_a_new_shop_is_made_here(alice):
    answer = alice.post(f"{PAGE}new/", {"name": "Taller Sur", "time_zone": "Europe/Madrid", "is_active": "on"})
    assert answer.headers["Location"] == f"{PAGE}{Shop.objects.get().pk}/"
    assert "Taller Sur" in alice.get(PAGE).content.decode()


def test_the_page_says_what_arrived(alice, shop):
    token = shop.renew_token()
    assert "Nothing yet." in alice.get(f"{PAGE}{shop.pk}/").content.decode()
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    api.post("/api/carts/", [{"id": "1"}, {"id": "2"}, {"id": "?"}], format="json")
    [row] = alice.get(f"{PAGE}{shop.pk}/").context["arrived"]
    assert (row["noun"], row["written"], row["refused"]) == ("carts", 2, 1)
    shop.tallies.update(day=timezone.now().date() - timedelta(days=8))
    assert alice.get(f"{PAGE}{shop.pk}/").context["arrived"] == []


def test_a_webhook_is_made_with_a_secret_that_is_shown_once(alice, shop):
    sent = {"url": "https://hear.example/desk", "events": ["thread.closed"]}
    answer = alice.post(f"{PAGE}{shop.pk}/webhooks/new/", sent)
    secret = re.search(r"msw_[\w-]{40,}", answer.content.decode()).group()
    webhook = Webhook.objects.get()
    assert (webhook.secret, webhook.events) == (secret, ["thread.closed"])
    page = f"{PAGE}{shop.pk}/webhooks/{webhook.pk}/"
    assert secret not in alice.get(page).content.decode()
    fresh = alice.post(f"{page}secret/").content.decode()
    webhook.refresh_from_db()
    assert webhook.secret in fresh
    assert webhook.secret != secret


@pytest.mark.parametrize(
    "url", ["http://hear.example/", "https://10.0.0.5/", "https://localhost/", "javascript:alert(1)", "https://", "x"]
)
def test_an_address_that_the_desk_would_not_call_is_refused(alice, shop, url):
    answer = alice.post(f"{PAGE}{shop.pk}/webhooks/new/", {"url": url, "events": ["thread.closed"]})
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["url"])


def test_the_log_shows_what_was_sent_and_answered_and_sends_again(alice, shop, listener, settings):
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    webhook = Webhook.objects.create(shop=shop, url=listener.url, events=["thread.closed"])
    listener.text = b"<script>alert(1)</script>"
    announce("thread.closed", {"thread": 12})
    telling.send_due()
    path = f"{PAGE}{shop.pk}/webhooks/{webhook.pk}/"
    page = alice.get(path).content.decode()
    assert "&quot;thread&quot;: 12" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    again = alice.post(f"{path}log/{webhook.deliveries.get().pk}/")
    assert again.status_code == 302
    assert telling.send_due() == 1
    assert len(listener.heard) == 2


def test_a_webhook_that_was_given_up_is_marked_and_switched_on_again(alice, shop):
    webhook = Webhook.objects.create(shop=shop, url="https://hear.example/", events=["thread.closed"])
    webhook.give_up()
    assert 'class="setdot"' in alice.get(PAGE).content.decode()
    path = f"{PAGE}{shop.pk}/webhooks/{webhook.pk}/"
    assert "five days" in alice.get(path).content.decode()
    alice.post(f"{path}switch/", {"on": "1"})
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.disabled_at) == (True, None)
    assert 'class="setdot"' not in alice.get(PAGE).content.decode()
    alice.post(f"{path}delete/")
    assert not Webhook.objects.exists()


def test_a_webhook_of_another_shop_is_not_there(alice, shop):
    other = Shop.objects.create(name="Taller Sur")
    webhook = Webhook.objects.create(shop=other, url="https://hear.example/", events=[])
    assert alice.get(f"{PAGE}{shop.pk}/webhooks/{webhook.pk}/").status_code == 404
    assert alice.post(f"{PAGE}{shop.pk}/webhooks/{webhook.pk}/delete/").status_code == 404


def test_the_pages_cost_the_same_whatever_there_is(alice, shop, django_assert_max_num_queries, seconds_pass):
    webhook = Webhook.objects.create(shop=shop, url="https://hear.example/", events=["thread.closed"])
    for n in range(40):
        announce("thread.closed", {"n": n})
        Shop.objects.create(name=f"Shop {n}")
    for path in paths_of(shop, webhook):
        alice.get(path)
        seconds_pass()
        with django_assert_max_num_queries(18):
            alice.get(path)
