"""Programs write to customers: letters to many, about a cart, and by WhatsApp, as the pages do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from helpdesk import mailings
from helpdesk.models import Mailing, OutgoingMail, Thread
from tests import make
from tests.helpdesk.test_api import api

pytestmark = pytest.mark.django_db
HERE = "Hi {{ customer.first_name }}: {{ voucher.code }}"


def letter(world, *people, **more):
    return {"customers": [one.pk for one in people], "contact": "service", "subject": "News", "text": "Hi", **more}


def post(agent, path, body=None, key="", expect=201):
    headers = {"Idempotency-Key": key} if key else {}
    answer = api(agent).post(f"/api/{path}", body, format="json", headers=headers)
    assert answer.status_code == expect, answer.content
    return answer.json() if answer.content else None


@pytest.mark.row("CL7")
def test_a_letter_goes_to_several_with_a_voucher_a_status_and_tags(world):
    ana = make.customer("Ana Sol", "ana@x.test")
    body = letter(world, world.john, ana, text=HERE, then="closed", tags=["news"], voucher={"percent": "10"})
    made = post(world.bob, "letters/", body, key="1")
    assert post(world.bob, "letters/", body, key="1")["id"] == made["id"]
    assert (made["stage"], made["progress"]["waiting"], made["by"]) == ("going", 2, "Bob Agent")
    Mailing.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert mailings.send_due() == 2
    rows = api(world.bob).get(f"/api/letters/{made['id']}/recipients/").json()["results"]
    assert {row["state"] for row in rows} == {"written"}
    thread = Thread.objects.get(pk=rows[0]["thread"])
    assert (thread.status, thread.tags.get().name) == ("closed", "news")
    assert world.john.vouchers.get().code in OutgoingMail.objects.get(thread__customer=world.john).text
    assert post(world.bob, f"letters/{made['id']}/retry/", expect=409)
    assert api(world.bob).get("/api/letters/").json()["count"] == 1
    assert api(world.charlie).get(f"/api/letters/{made['id']}/").status_code == 404
    assert api().post("/api/letters/", body, format="json").status_code == 401


def test_to_many_the_desk_asks_first_and_a_letter_can_be_stopped(world):
    people = [make.customer(f"P{n} X", f"p{n}@x.test") for n in range(21)]
    made = post(world.bob, "letters/", letter(world, *people))
    assert made["stage"] == "checking"
    post(world.bob, f"letters/{made['id']}/confirmation/", expect=409)
    mailings.check_due()
    assert post(world.bob, f"letters/{made['id']}/confirmation/", expect=200)["stage"] == "going"
    assert post(world.bob, f"letters/{made['id']}/stop/", expect=200)["progress"]["stopped"] == 21


def test_what_the_page_refuses_is_refused_by_field(world):
    john = world.john
    for body, field in [
        (letter(world, john, customers=[999_999]), "customers"),
        (letter(world, john, contact="accounting"), "contact"),
        (letter(world, john, text="{{ nonsense }}"), "text"),
        (letter(world, john, text=HERE), "voucher"),
        (letter(world, john, text=HERE, voucher={"percent": "120"}), "voucher"),
        (letter(world, john, send_at="2020-01-01T10:00:00Z"), "send_at"),
    ]:
        assert post(world.bob, "letters/", body, expect=400).keys() == {field}, body
    make.contact("hidden")
    john.do_not_contact = True
    john.save()
    assert post(world.bob, "letters/", letter(world, john), expect=400).keys() == {"customers"}
    assert not Mailing.objects.exists()


@pytest.mark.row("CA9")
def test_a_program_writes_about_a_cart(world):
    cart = make.cart(world.john)
    path, words = f"records/carts/{cart.pk}/letters/", {"text": "Your bowls wait.", "subject": "Your cart"}
    assert post(world.bob, path, words, expect=400).keys() == {"contact"}
    said = post(world.bob, path, {**words, "contact": "service"}, key="7")
    assert post(world.bob, path, {**words, "contact": "service"}, key="7")["id"] == said["id"]
    thread = Thread.objects.get()
    assert (thread.cart, OutgoingMail.objects.get().to) == (cart, ["john@example.com"])
    cart.refresh_from_db()
    assert cart.contacted_at
    post(world.bob, path, {"text": "Again", "thread": thread.pk})
    assert Thread.objects.count() == 1
    assert post(world.charlie, path, {"text": "Again", "thread": thread.pk}, expect=400).keys() == {"thread"}
    post(world.bob, "records/carts/999999/letters/", words, expect=404)


def test_a_program_gets_the_link_of_whatsapp_and_it_is_noted(world):
    path = f"records/customers/{world.john.pk}/whatsapp/"
    assert api(world.bob).get(f"/api/{path}").json()["problem"]
    assert post(world.bob, path, {"text": "Hi", "contact": "service"}, expect=400).keys() == {"text"}
    world.john.phone, world.john.country = "+34600111222", "ES"
    world.john.save()
    got = api(world.bob).get(f"/api/{path}").json()
    assert (got["number"], got["may_send"]) == ("+34600111222", False)
    assert post(world.bob, path, {"text": "Hi"}, expect=400).keys() == {"contact"}
    said = post(world.bob, path, {"text": "Hi there", "contact": "service"})
    assert said["link"] == "https://wa.me/34600111222?text=Hi%20there"
    assert Thread.objects.get(pk=said["thread"]).messages.get().text.strip() == "Hi there"
    assert post(world.bob, path, {"text": "Hi", "thread": said["thread"], "send": True}, expect=400).keys() == {"text"}
