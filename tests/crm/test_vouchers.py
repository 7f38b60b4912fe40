"""An agent gives a customer a voucher: the shop is asked to make it, and tells when it has."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm.models import Delivery, RecordEvent, Shop, Voucher, Webhook
from crm.sync import vouchers as told_by_shop
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


@pytest.fixture
def shop(world):
    """John's shop, which hears of vouchers."""
    shop = Shop.objects.create(name="Taller Norte", time_zone="Europe/Madrid")
    Webhook.objects.create(shop=shop, url="https://shop.example/hook", events=["voucher.wanted"])
    world.john.source, world.john.shop_id = shop, "17"
    world.john.save()
    return shop


def path_of(customer) -> str:
    return f"/customers/{customer.pk}/vouchers/new/"


def sent(**fields) -> dict:
    return {"code": "SORRY-10", "percent": "10", "currency": "EUR", "quantity": "1", "valid_until": "", **fields}


@pytest.mark.row("CV10")
def test_an_agent_gives_a_voucher_and_the_shop_is_asked_to_make_it(world, bob, shop):
    assert f'href="{path_of(world.john)}"' in bob.get(f"/customers/{world.john.pk}/aside/").content.decode()
    assert "The shop is asked to make it" in bob.get(path_of(world.john)).content.decode()
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = bob.post(path_of(world.john), sent(valid_until=tomorrow.isoformat(), name="Plato roto"), follow=True)
    assert "John Doe has the voucher SORRY-10." in answer.content.decode()
    voucher = Voucher.objects.get()
    assert (voucher.customer, voucher.percent, voucher.amount, voucher.source) == (world.john, 10, None, shop)
    assert voucher.valid_until.astimezone(timezone.get_default_timezone()).date() == tomorrow
    event = RecordEvent.objects.get(kind="voucher_given")
    assert (event.by, event.data) == (world.bob, {"code": "SORRY-10", "worth": "10 %"})
    assert "Voucher given" in bob.get(f"/customers/{world.john.pk}/history/").content.decode()
    said = json.loads(Delivery.objects.get().body)
    assert (said["event"], said["data"]["code"], said["data"]["percent"]) == ("voucher.wanted", "SORRY-10", "10")
    assert said["data"]["customer_shop_id"] == "17"


@pytest.mark.row("CV10")
def test_from_a_thread_one_comes_back_to_the_thread_where_the_code_can_be_inserted(world, bob, shop):
    thread = make.thread(world.service)
    panel = bob.get(f"/threads/{thread.pk}/panel/").content.decode()
    link = f"{path_of(world.john)}?next=/threads/{thread.pk}/"
    assert f'href="{link}"' in panel
    assert f'name="next" value="/threads/{thread.pk}/"' in bob.get(link).content.decode()
    answer = bob.post(path_of(world.john), sent(percent="", amount="5,50", next=f"/threads/{thread.pk}/"))
    assert answer.status_code == 400
    answer = bob.post(path_of(world.john), sent(percent="", amount="5.50", next=f"/threads/{thread.pk}/"))
    assert answer.url == f"/threads/{thread.pk}/"
    panel = bob.get(f"/threads/{thread.pk}/panel/").content.decode()
    assert 'data-insert="SORRY-10"' in panel
    assert "−€5.50" in panel
    assert json.loads(Delivery.objects.get().body)["data"]["amount"] == "5.50"


def test_the_way_on_never_leads_to_another_site(world, bob, shop):
    assert bob.post(path_of(world.john), sent(next="https://evil.example/")).url == f"/customers/{world.john.pk}/"
    page = bob.get(f"{path_of(world.john)}?next=//evil.example/").content.decode()
    assert f'name="next" value="/customers/{world.john.pk}/"' in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"percent": ""}, "Enter a percentage or an amount"),
        ({"amount": "5"}, "Enter a percentage or an amount"),
        ({"percent": "101"}, "More than 0 and at most 100"),
        ({"percent": "", "amount": "-1"}, "An amount above 0"),
        ({"percent": "", "amount": "5", "currency": "ABC"}, "Not a currency"),
        ({"percent": "NaN"}, "Enter a number"),
        ({"code": "two words"}, "A code has 3 to 64 letters"),
        ({"code": "used-1"}, "There is a voucher with this code already"),
        ({"valid_until": "2020-01-01"}, "That day is over"),
        ({"valid_until": "9999-99-99"}, "Enter a valid date"),
        ({"quantity": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_no_shop_could_make_is_said_at_the_field_and_what_was_typed_stays(world, bob, fields, sentence):
    Voucher.objects.create(customer=world.john, code="USED-1")
    answer = bob.post(path_of(world.john), sent(name="Plato roto", **fields))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page
    assert 'value="Plato roto"' in page
    assert Voucher.objects.count() == 1


def test_a_code_is_proposed_and_another_one_each_time(world, bob):
    codes = {bob.get(path_of(world.john)).context["form"]["code"].value() for _ in range(3)}
    assert len(codes) == 3
    assert "No address of the shop hears of new vouchers" in bob.get(path_of(world.john)).content.decode()
    given = Voucher.objects.give(world.john, by=world.bob, percent=Decimal(5))
    assert len(given.code) == 12


def test_the_shop_that_made_it_tells_its_id_and_there_is_one_voucher(world, shop):
    given = Voucher.objects.give(world.john, by=world.bob, code="SORRY-10", percent=Decimal(10))
    said = {"id": "55", "customer": "17", "code": "SORRY-10", "percent": Decimal(10), "quantity": 0}
    [told] = told_by_shop.upsert(shop, [said])
    assert told.what == "changed"
    given.refresh_from_db()
    assert (given.shop_id, given.quantity) == ("55", 0)
    told_by_shop.upsert(shop, [said | {"id": "56"}])
    assert list(Voucher.objects.order_by("pk").values_list("shop_id", flat=True)) == ["55", "56"]


def test_open_pages_of_the_customer_hear_of_it(world, heard, django_capture_on_commit_callbacks):
    heard.listen(f"customer-{world.john.pk}")
    with django_capture_on_commit_callbacks(execute=True):
        Voucher.objects.give(world.john, by=world.bob, percent=Decimal(5))
    assert heard(f"customer-{world.john.pk}", "customer")


@pytest.mark.row("CV10")
def test_a_voucher_is_withdrawn_and_the_shop_is_asked_to_end_it(world, bob, shop):
    Webhook.objects.update(events=["voucher.wanted", "voucher.withdrawn"])
    given = Voucher.objects.give(world.john, by=world.alice, code="SORRY-10", percent=Decimal(10))
    path = f"/customers/{world.john.pk}/vouchers/{given.pk}/withdrawal/"
    assert f'href="{path}"' in bob.get(f"/customers/{world.john.pk}/aside/").content.decode()
    thread = make.thread(world.service)
    assert f'href="{path}?next=/threads/{thread.pk}/"' in bob.get(f"/threads/{thread.pk}/panel/").content.decode()
    page = bob.get(f"{path}?next=/threads/{thread.pk}/").content.decode()
    assert "The shop is asked to end it" in page
    assert Voucher.objects.get().is_active
    assert bob.post(path, {"next": f"/threads/{thread.pk}/"}).url == f"/threads/{thread.pk}/"
    given.refresh_from_db()
    assert not given.is_active
    event = RecordEvent.objects.get(kind="voucher_ended")
    assert (event.by, event.data) == (world.bob, {"code": "SORRY-10", "worth": "10 %"})
    assert "Voucher withdrawn" in bob.get(f"/customers/{world.john.pk}/history/").content.decode()
    said = json.loads(Delivery.objects.order_by("pk").last().body)
    assert (said["event"], said["data"]) == (
        "voucher.withdrawn",
        {"id": "", "code": "SORRY-10", "customer": world.john.pk, "customer_shop_id": "17"},
    )
    aside = bob.get(f"/customers/{world.john.pk}/aside/").content.decode()
    assert ">withdrawn<" in aside
    assert path not in aside
    assert not given.withdraw(by=world.bob)  # twice is once
    assert Delivery.objects.count() == 2
    told_by_shop.upsert(shop, [{"id": "55", "customer": "17", "code": "SORRY-10", "is_active": True}])
    assert "the shop still takes it" in bob.get(f"/customers/{world.john.pk}/aside/").content.decode()


def test_what_was_used_up_cannot_be_withdrawn_and_nobody_elses_is(world, bob):
    used = Voucher.objects.create(customer=world.john, code="USED-1", quantity=0)
    path = f"/customers/{world.john.pk}/vouchers/{used.pk}/withdrawal/"
    page = bob.post(path, follow=True).content.decode()
    assert "It was used up" in page
    assert not RecordEvent.objects.exists()
    assert "There is nothing to withdraw" in bob.get(path).content.decode()
    jane = make.customer("Jane Roe", "jane@example.com")
    assert bob.post(path.replace(f"/{world.john.pk}/", f"/{jane.pk}/")).status_code == 404
    bob.logout()
    assert bob.post(path).status_code == 302


def test_strangers_and_people_who_are_gone_get_none(world, client, bob):
    world.john.trash(by=world.alice)
    assert bob.post(path_of(world.john), sent()).status_code == 404
    client.logout()
    assert client.post(path_of(world.john), sent()).status_code == 302
    with pytest.raises(ValidationError):
        Voucher.objects.give(world.john, by=world.bob, code="x", percent=Decimal(5))
    assert not Voucher.objects.exists()


def test_the_last_day_is_the_shops_own_and_counts_whole(world, bob, shop):
    shop.time_zone = "Pacific/Auckland"
    shop.save()
    bob.post(path_of(world.john), sent(valid_until=date(2999, 1, 1).isoformat()))
    assert Voucher.objects.get().valid_until.isoformat() == "2999-01-01T10:59:59+00:00"
