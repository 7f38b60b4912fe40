"""The API: what a thread is about, who wrote it, whose cart it is; merging threads, messages on their way."""

from decimal import Decimal

import pytest

from crm.models import CartItem, Customer
from helpdesk import intake
from helpdesk.mail import Forwarded, Party
from helpdesk.models import Delivery, OutgoingState, Thread
from tests import make
from tests.helpdesk.test_api import api
from tests.helpdesk.test_claims import SCENE

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(world) -> Thread:
    return make.thread(world.service)


def call(agent, method, thread, noun, body=None):
    return getattr(api(agent), method)(f"/api/threads/{thread.pk}/{noun}/", body, format="json")


NOUNS = {
    "subject": "post", "about": "post", "customer": "post", "candidates": "get", "cart": "post", "refusals": "post",
    "refusals/1": "delete", "merge": "post", "merges/1/split": "post", "messages/1/recall": "post",
    "messages/1/delivery": "post", "messages/1/sender": "post", "thanks": "post",
}  # fmt: skip


@pytest.mark.row("CS10")
@pytest.mark.parametrize("noun", NOUNS)
def test_a_stranger_finds_no_thread(world, thread, noun):
    body = {"subject": "x", "cart": 1, "into": 1}
    assert call(world.charlie, NOUNS[noun], thread, noun, body).status_code == 404
    assert call(None, NOUNS[noun], thread, noun, body).status_code == 401


def test_a_thread_is_renamed_and_an_empty_name_refused(world, thread):
    assert call(world.bob, "post", thread, "subject", {"subject": "A broken bowl"}).json()["subject"] == "A broken bowl"
    assert call(world.bob, "post", thread, "subject", {"subject": " "}).json().keys() == {"subject"}
    assert thread.events.filter(kind="renamed", actor=world.bob).exists()


def test_order_product_and_cart_are_the_customers_own(world, thread):
    order, other, cart = make.order(world.john), make.order(make.customer("Eva", "eva@x.test")), make.cart(world.john)
    line = order.lines.first()
    said = call(world.bob, "post", thread, "about", {"product": line.pk, "cart": cart.pk}).json()
    assert (said["order"]["id"], said["product"], said["cart"]) == (order.pk, line.pk, cart.pk)
    for name, number in (("order", other.pk), ("product", 10**30), ("cart", 0)):
        answer = call(world.bob, "post", thread, "about", {name: number})
        assert (answer.status_code, answer.json().keys()) == (400, {name})
    second = make.order(world.john)
    answer = call(world.bob, "post", thread, "about", {"order": second.pk, "product": line.pk})
    assert answer.json().keys() == {"product"}
    said = call(world.bob, "post", thread, "about", {"order": second.pk}).json()
    assert (said["order"]["id"], said["product"], said["cart"]) == (second.pk, None, cart.pk)
    said = call(world.bob, "post", thread, "about", {"order": None, "cart": None}).json()
    assert (said["order"], said["cart"]) == (None, None)
    assert thread.events.filter(kind="linked", actor=world.bob).exists()


def test_an_order_that_the_message_names_may_be_set_again(world):
    order = make.order(reference="MK-777")
    thread = make.thread(world.service, "Where is MK-777?", sender="new@x.test")
    for _twice in range(2):
        assert call(world.bob, "post", thread, "about", {"order": order.pk}).json()["order"]["reference"] == "MK-777"


@pytest.mark.row("CL11")
def test_an_unknown_sender_is_entered_or_recognised(world):
    first = make.thread(world.service, sender="angel@post.test", sender_name="Ángel García")
    answer = call(world.bob, "post", first, "customer", {"phone": "12"})
    assert (answer.status_code, answer.json().keys()) == (400, {"phone"})
    said = call(world.bob, "post", first, "customer", {"first_name": "Ángel"}).json()
    assert said["customer"]["id"] == Customer.objects.for_email("angel@post.test").pk
    assert call(world.bob, "post", first, "customer", {}).status_code == 409
    second = make.thread(world.service, sender="doe@post.test")
    assert call(world.bob, "post", second, "customer", {"customer": 10**17}).status_code == 404
    assert (
        call(world.bob, "post", second, "customer", {"customer": world.john.pk}).json()["customer"]["name"]
        == "John Doe"
    )
    assert "doe@post.test" in world.john.addresses_of_mail()


@pytest.mark.row("CA8")
def test_a_cart_is_offered_refused_offered_again_bound_and_taken_back(world):
    cart = make.cart(is_charged=True)
    cart.replace_lines([CartItem("Jarra esmaltada 1 L", 1, Decimal("36.90")), CartItem("Taza Bruma", 2, Decimal(14))])
    thread = make.thread(text=SCENE, sender="ana@nowhere.test", sender_name="Ana Ruiz", language="es")
    [found] = call(world.bob, "get", thread, "candidates").json()
    assert found["cart"] == cart.pk
    assert any(reason["fits"] for reason in found["reasons"])
    assert call(world.bob, "post", thread, "refusals", {"cart": cart.pk}).status_code == 204
    assert call(world.bob, "get", thread, "candidates").json() == []
    assert call(world.bob, "post", thread, "cart", {"cart": cart.pk}).status_code == 404
    assert call(world.bob, "delete", thread, f"refusals/{cart.pk}").status_code == 204
    assert call(world.bob, "post", thread, "cart", {"cart": cart.pk}).json()["cart"] == cart.pk
    cart.refresh_from_db()
    assert cart.customer is not None
    assert call(world.bob, "delete", thread, "cart").json()["cart"] is None
    cart.refresh_from_db()
    assert cart.customer is None
    assert call(world.bob, "post", thread, "refusals", {"cart": 10**17}).status_code == 404


def test_threads_are_merged_and_split_and_only_those_one_sees(world, thread):
    other, hidden = make.thread(world.service), make.thread(world.accounting, sender="x@x.test")
    assert call(world.bob, "post", thread, "merge", {"into": thread.pk}).json().keys() == {"into"}
    assert call(world.bob, "post", thread, "merge", {"into": hidden.pk}).status_code == 404
    made = call(world.bob, "post", thread, "merge", {"into": other.pk})
    assert (made.status_code, other.messages.count()) == (201, 2)
    assert call(world.bob, "post", thread, "subject", {"subject": "x"}).status_code == 409
    assert call(world.bob, "post", other, f"merges/{made.json()['id']}/split").status_code == 200
    assert (thread.messages.count(), other.messages.count()) == (1, 1)


def test_a_message_is_recalled_by_its_author_and_sent_again_once_it_failed(world, thread):
    said = thread.reply("On its way", by=world.bob)
    path = f"messages/{said.pk}"
    assert call(world.bob, "post", thread, f"{path}/delivery").status_code == 409
    assert call(world.alice, "post", thread, f"{path}/recall").status_code == 404
    assert call(world.bob, "post", thread, f"{path}/recall").json()["recalled_at"]
    failed = thread.reply("Again", by=world.bob)
    failed.outgoing.state, failed.delivery = OutgoingState.FAILED, Delivery.FAILED
    failed.outgoing.save()
    failed.save()
    assert call(world.bob, "post", thread, f"messages/{failed.pk}/delivery").json()["delivery"] == "queued"


@pytest.mark.row("ST6")
def test_a_thank_you_is_seen_or_taken_for_a_question(world, thread):
    reply = thread.reply("Sent", by=world.bob, then="closed")
    intake.deliver(make.mail("Thank you!", in_reply_to=(reply.message_id,)), contact=world.service)
    listed = api(world.bob).get("/api/threads/?thanked=true").json()["results"]
    assert [(one["id"], one["status"]) for one in listed] == [(thread.pk, "closed")]
    assert api(world.bob).get("/api/threads/?thanked=false").json()["results"] == []
    assert call(world.bob, "post", thread, "thanks", {"taken_for": "nonsense"}).json().keys() == {"taken_for"}
    assert call(world.bob, "post", thread, "thanks").json()["thanked_at"] is None
    assert call(world.bob, "post", thread, "thanks").status_code == 409
    intake.deliver(make.mail("Thanks a lot!", in_reply_to=(reply.message_id,)), contact=world.service)
    said = call(world.bob, "post", thread, "thanks", {"taken_for": "question"}).json()
    assert (said["status"], said["needs_answer"]) == ("open", True)


def test_a_mail_that_an_agent_forwarded_is_theirs_again(world, thread):
    passed = Forwarded(Party("mary@example.com", "Mary"), "Bowls", "Broken", "Broken")
    mail = make.mail("Fwd", sender="bob@shop.test", forwarded=passed, vouched_by="mx.shop.test")
    brought = Thread.objects.get(pk=intake.deliver(mail, contact=world.service).thread_id)
    message = brought.messages.get()
    assert call(world.bob, "post", brought, f"messages/{message.pk}/sender").json()["email"] == "bob@shop.test"
    assert call(world.bob, "post", brought, f"messages/{message.pk}/sender").status_code == 409
