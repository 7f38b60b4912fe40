"""What a customer can do on the page of a thread besides writing, and what an agent sees of it."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.models import Address, Delivery, Shop, Webhook
from helpdesk import links
from helpdesk.models import AddressProposal, DeskSettings, EventKind, Message, Notice, Status, Thread
from tests import make
from tests.portal.conftest import hidden
from tests.portal.test_contact_form import PNG

HOME = {
    "first_name": "John",
    "last_name": "Doe",
    "line1": "Mill Lane 7",
    "postcode": "08001",
    "city": "Barcelona",
    "state": "Barcelona",
}


@pytest.fixture
def order(world: Any) -> Any:
    DeskSettings.objects.update_or_create(pk=1, defaults={"undo_seconds": 0})
    return make.order(world.john, "MK-77", tracking_url="https://track.example/77")


@pytest.fixture
def thread(world: Any, order: Any) -> Thread:
    return make.thread(world.service, subject="Late", language="en", order_reference="MK-77")


def page_of(thread: Thread, *, proven: bool = True) -> str:
    return f"/t/{links.portal_token(thread, proven=proven)}/"


def kinds(thread: Thread) -> list[str]:
    return [event.kind for event in thread.events.order_by("at", "pk")]


def test_it_has_arrived_closes_once_with_an_event(client: Any, world: Any, thread: Thread) -> None:
    thread.reply("It comes on Tuesday", by=world.bob)
    page = client.get(page_of(thread)).content.decode()
    assert "It has arrived" in page
    assert "but answer me" not in page
    for _click in range(2):
        answer = client.post(f"{page_of(thread)}arrival/")
    assert "Good to hear!" in client.get(answer["Location"]).content.decode()
    thread.refresh_from_db()
    assert thread.status == Status.CLOSED
    assert kinds(thread)[-2:] == [EventKind.ORDER_ARRIVED, EventKind.STATUS]
    assert kinds(thread).count(EventKind.ORDER_ARRIVED) == 1
    assert client.get(f"{page_of(thread)}arrival/").status_code == 405  # programs that look into links
    client.force_login(world.bob)
    assert "John Doe said that order MK-77 has arrived" in client.get(f"/threads/{thread.pk}/").content.decode()
    assert EventKind.ORDER_ARRIVED in client.get(f"/api/threads/{thread.pk}/").content.decode()


def test_an_open_question_is_closed_only_if_the_customer_says_so(client: Any, world: Any, thread: Thread) -> None:
    assert "It has arrived, but answer me" in client.get(page_of(thread)).content.decode()
    for _click in range(2):
        answer = client.post(f"{page_of(thread)}arrival/", {"asks": "1"})
    assert "You still get an answer" in client.get(answer["Location"]).content.decode()
    thread.refresh_from_db()
    assert (thread.status, thread.needs_answer) == (Status.OPEN, True)
    assert kinds(thread).count(EventKind.ORDER_ARRIVED) == 1
    assert thread.events.last().sentence == "John Doe said that order MK-77 has arrived, and still wants an answer"
    client.post(f"{page_of(thread)}arrival/")
    thread.refresh_from_db()
    assert (thread.status, thread.needs_answer) == (Status.CLOSED, False)


def test_still_waiting_raises_the_thread_once_a_day(client: Any, world: Any, thread: Thread) -> None:
    thread.assign(world.bob, by=world.alice)
    thread.reply("It comes on Tuesday", by=world.bob, then=Status.CLOSED)
    make.thread(world.service, "Newer", subject="Newer")
    for _click in range(3):
        answer = client.post(f"{page_of(thread)}wait/")
    page = client.get(answer["Location"]).content.decode()
    assert "We know now that you are still waiting" in page
    assert "I am still waiting for order MK-77." in page
    assert f"{page_of(thread)}wait/" not in page.replace("&amp;", "&")
    thread.refresh_from_db()
    assert (thread.status, thread.needs_answer, thread.reopened_count) == (Status.OPEN, True, 1)
    assert Thread.objects.newest_first().first() == thread
    assert thread.messages.count() == 3
    assert kinds(thread).count(EventKind.STILL_WAITING) == 1
    assert Notice.objects.filter(agent=world.bob, kind="answered", thread=thread).count() == 1
    thread.reply("It left the depot", by=world.bob)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        client.post(f"{page_of(thread)}wait/")
    assert kinds(thread).count(EventKind.STILL_WAITING) == 2
    assert client.get(f"{page_of(thread)}wait/").status_code == 405


def test_a_photo_comes_through_the_checks_of_the_form(client: Any, world: Any, thread: Thread) -> None:
    page = client.get(f"{page_of(thread)}photos/").content.decode()
    said = {"token": hidden(page, "token"), "message": ""}
    refused = client.post(f"{page_of(thread)}photos/", said).content.decode()
    assert refused.count("Choose a photo or a file.") == 2
    bad = SimpleUploadedFile("evil.png", b"<?php", "image/png")
    assert (
        "is not what its name says"
        in client.post(f"{page_of(thread)}photos/", {**said, "files": [bad]}).content.decode()
    )
    for _click in range(2):
        photo = SimpleUploadedFile("bowl.png", PNG, "image/png")
        answer = client.post(f"{page_of(thread)}photos/", {**said, "files": [photo]})
    assert "Your files have been added." in client.get(answer["Location"]).content.decode()
    message = thread.messages.last()
    assert (thread.messages.count(), message.text) == (2, "I am sending you 1 file.")
    assert message.attachments.get().name == "bowl.png"
    desk = DeskSettings.load()
    desk.uploads_allowed = False
    desk.save()
    assert client.get(f"{page_of(thread)}photos/").status_code == 404


def proposed(client: Any, thread: Thread, **fields: Any) -> Any:
    page = client.get(f"{page_of(thread)}address/").content.decode()
    return client.post(
        f"{page_of(thread)}address/", {"token": hidden(page, "token"), "country": "ES", **HOME, **fields}
    )


def test_an_address_is_proposed_and_one_click_puts_it_into_the_order(client: Any, world: Any, thread: Thread) -> None:
    shop = Shop.objects.create(name="Shop", url="https://shop.example")
    Webhook.objects.create(shop=shop, url="https://shop.example/hook", events=["order.address_changed"])
    type(thread.order).objects.update(source=shop)
    wrong = proposed(client, thread, postcode="8", city="").content.decode()
    assert "Write the city." in wrong
    assert "Mill Lane 7" in wrong
    wrong = proposed(client, thread, postcode="8").content.decode()
    assert "As in 28013" in wrong
    assert not AddressProposal.objects.exists()

    answer = proposed(client, thread)
    page = client.get(answer["Location"]).content.decode()
    assert "We have the new address." in page
    assert "it is not in the order yet" in page
    assert "Please send order MK-77 to this address:" in page
    proposed(client, thread, line1="Mill Lane 8")  # the newer one counts
    assert sorted(AddressProposal.objects.values_list("state", flat=True)) == ["replaced", "waiting"]
    proposal = AddressProposal.objects.waiting_in(thread)
    assert proposal is not None
    client.force_login(world.charlie)
    there = f"/threads/{thread.pk}/addresses/{proposal.pk}/"
    assert client.post(there, {"do": "accept"}).status_code == 404
    client.force_login(world.bob)
    html = client.get(f"/threads/{thread.pk}/").content.decode()
    assert "John Doe proposed another address for order MK-77" in html
    assert "Mill Lane 8" in html.split("Proposes another address for order MK-77:")[1].split("</form>")[0]
    told = client.get(f"/api/threads/{thread.pk}/").json()["address_proposals"][1]
    assert (told["state"], told["label"].splitlines()[0], told["fits_order"]) == ("waiting", "John Doe", True)
    client.post(there, {"do": "accept"})
    client.post(there, {"do": "accept"})  # twice is once
    thread.order.refresh_from_db()
    assert thread.order.delivery_address == "Mill Lane 8\n08001 Barcelona\nSpain"
    assert (thread.order.delivery_name, thread.order.delivered_to) == ("John Doe", Address.objects.get())
    assert Address.objects.get().history.get().history_user == world.bob
    body = json.loads(Delivery.objects.get().body)
    assert body["data"]["address"]["line1"] == "Mill Lane 8"
    assert thread.events.last().sentence.startswith("Bob Agent put the proposed address into order MK-77")
    assert "The order goes to the address you proposed:" in client.get(page_of(thread)).content.decode()


def test_an_order_that_has_left_goes_where_it_was_sent(client: Any, world: Any, thread: Thread) -> None:
    page = client.get(f"{page_of(thread)}address/").content.decode()
    word = hidden(page, "token")
    proposed(client, thread)
    proposal = AddressProposal.objects.get()
    type(thread.order).objects.update(is_shipped=True)
    refused = client.post(f"{page_of(thread)}address/", {"token": word, "country": "ES", **HOME, "line1": "Elsewhere"})
    assert refused.status_code == 409
    assert "It has left already." in refused.content.decode()
    assert "Order MK-77 goes where it was sent" in client.get(f"{page_of(thread)}address/").content.decode()
    assert AddressProposal.objects.count() == 1
    client.force_login(world.bob)
    there = f"/threads/{thread.pk}/addresses/{proposal.pk}/"
    html = client.get(f"/threads/{thread.pk}/").content.decode()
    assert "can only be kept for the next one" in html
    assert 'value="accept"' not in html
    assert "has left already" in client.post(there, {"do": "accept"}, follow=True).content.decode()
    api = f"/api/threads/{thread.pk}/addresses/{proposal.pk}/"
    assert client.post(f"{api}acceptance/", {}, content_type="application/json").status_code == 409
    kept = client.post(f"{api}acceptance/", {"order": False}, content_type="application/json")
    assert (kept.status_code, kept.json()["state"]) == (200, "filed")
    assert Address.objects.get().line1 == "Mill Lane 7"
    thread.order.refresh_from_db()
    assert thread.order.delivery_address == ""
    assert client.post(f"{api}refusal/", {}, content_type="application/json").status_code == 409


def test_a_refused_address_says_why_to_the_customer(client: Any, world: Any, thread: Thread) -> None:
    proposed(client, thread)
    proposal = AddressProposal.objects.get()
    client.force_login(world.bob)
    client.post(f"/threads/{thread.pk}/addresses/{proposal.pk}/", {"do": "refuse", "reason": "We  do not send there"})
    assert thread.events.last().sentence == "Bob Agent refused the proposed address: We do not send there"
    page = client.get(page_of(thread)).content.decode()
    assert "The order does not go to the address you proposed." in page
    assert "We do not send there" in page
    world.john.erase(by=world.alice)
    assert AddressProposal.objects.get().values == {}


def test_a_link_that_was_only_shown_tells_nothing_of_the_order(client: Any, world: Any, thread: Thread) -> None:
    shown = page_of(thread, proven=False)
    page = client.get(shown).content.decode()
    assert "track.example" not in page
    assert "Another address" not in page
    assert "It has arrived" in page  # it speaks in the thread, as an answer does
    for response in (client.get(f"{shown}address/"), client.post(f"{shown}address/", HOME)):
        assert response.status_code == 404
    assert "track.example/77" in client.get(page_of(thread)).content.decode()
    target = make.thread(world.service, "Eve's", sender="eve@example.com", order_reference="")
    thread.merge_into(target, by=world.alice)
    for name in ("arrival", "wait", "address"):
        assert client.post(f"{page_of(thread)}{name}/").status_code == 404
    assert "track.example" not in client.get(page_of(thread)).content.decode()


def test_too_many_presses_wait(client: Any, thread: Thread) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        answers = [client.post(f"{page_of(thread)}wait/").status_code for _press in range(12)]
    assert answers == [303] * 10 + [429] * 2
    assert Message.objects.count() == 2


def test_the_page_with_all_it_offers_needs_few_queries(
    client: Any, world: Any, thread: Thread, django_assert_max_num_queries: Any
) -> None:
    proposed(client, thread)
    with django_assert_max_num_queries(11):
        client.get(page_of(thread))
