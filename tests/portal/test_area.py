"""What is in the private area: one's own messages and orders, and nobody else's."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from django.utils import timezone

from crm.models import Address, CustomerGroup, Household, PrivacyRequest, RecordEvent, RecordSettings, Visit
from crm.purging import purge
from helpdesk.models import DeskSettings, Status, Thread
from tests import make
from tests.portal.conftest import hidden


@pytest.fixture
def service(world):
    DeskSettings.objects.update_or_create(pk=1, defaults={"undo_seconds": 0})
    return world.service


@pytest.fixture
def charlie(world):
    """Another customer, with a thread, an order and an address."""
    charlie = make.customer("Charlie Buyer", "charlie@example.com")
    make.order(charlie, "MK-CHARLIE")
    Address.objects.create(customer=charlie, line1="Secret Street 1", city="Hidden", country="ES", postcode="28013")
    make.thread(world.service, "Mine alone", sender="charlie@example.com", subject="Of Charlie")
    return charlie


def shown(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def copied(client):
    """Names and texts of what the archive of one's own data holds."""
    answer = client.post("/area/access/data/", {"do": "copy"})
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.row("AR28")
def test_my_threads_stand_there_in_my_own_words_and_lead_to_the_conversation(inside, world, service):
    fresh = make.thread(service, subject="Fresh")
    waiting = make.thread(service, subject="Answered")
    waiting.reply("Which one?", by=world.bob, then=Status.PENDING_1)
    solved = make.thread(service, subject="Over")
    solved.reply("Done", by=world.bob, then=Status.CLOSED)
    page = shown(inside, "/area/messages/")
    told = {
        subject: page.split(f">{subject}</a>")[0].rsplit("st--pill", 1)[1] for subject in ("Fresh", "Answered", "Over")
    }
    assert all(
        word in told[subject] for subject, word in (("Fresh", "On it"), ("Answered", "Your turn"), ("Over", "Solved"))
    )
    assert "Pending" not in page
    there = inside.get(f"/area/messages/{fresh.pk}/")["Location"]
    assert there.startswith("/t/")
    conversation = inside.get(there).content.decode()
    inside.post(there, {"message": "One more thing", "token": hidden(conversation, "token")})
    assert fresh.messages.last().text == "One more thing"


@pytest.mark.row("AR28")
def test_what_belongs_to_somebody_else_is_not_found(inside, charlie):
    thread, order = Thread.objects.get(customer=charlie), charlie.orders.get()
    for path in (f"messages/{thread.pk}/", f"orders/{order.pk}/", f"details/addresses/{charlie.addresses.get().pk}/"):
        assert inside.get(f"/area/{path}").status_code == 404, path
    everything = "".join(shown(inside, f"/area/{one}/") for one in ("messages", "orders", "details", "access"))
    assert not any(word in everything for word in ("Of Charlie", "MK-CHARLIE", "Secret", "charlie@"))
    told = copied(inside)["data.json"]
    assert not any(word in told for word in ("Of Charlie", "MK-CHARLIE", "Secret", "charlie@"))


@pytest.mark.row("AR5")
def test_people_of_one_shared_account_do_not_see_each_other_even_with_one_address(client, world, service, john):
    wedding = Household.objects.create(name="Boda Doe")
    jane = make.customer("Jane Doe", "jane@example.com")
    for person in (john, jane):
        person.household = wedding
        person.save()
    make.thread(service, subject="Of John")
    make.thread(service, subject="Of Jane", sender="jane@example.com")
    make.order(john, "MK-JOHN")
    jane.set_password("another bowl of soup")
    client.post("/area/sign-in/", {"name": "jane@example.com", "password": "another bowl of soup", "do": "password"})
    pages = shown(client, "/area/messages/") + shown(client, "/area/orders/")
    assert "Of Jane" in pages
    assert not any(word in pages for word in ("Of John", "MK-JOHN"))
    assert client.get(f"/area/messages/{Thread.objects.get(subject='Of John').pk}/").status_code == 404


@pytest.mark.row("AR5")
def test_a_message_of_the_form_belongs_to_whoever_is_signed_in_though_others_share_the_address(client, world, john):
    jane = make.customer("Jane Doe", "john@example.com")
    jane.set_password("another bowl of soup")
    client.post("/area/sign-in/", {"name": "john@example.com", "password": "another bowl of soup", "do": "password"})
    page = shown(client, "/contact/")
    with time_machine.travel(timezone.now() + timedelta(seconds=20), tick=True):
        client.post("/contact/", {"contact": "service", "message": "Hello", "token": hidden(page, "token")})
    assert Thread.objects.get().customer == jane
    assert "Hello" in shown(client, "/area/messages/")


@pytest.mark.row("FO14")
def test_the_form_knows_who_is_signed_in_and_offers_their_orders(inside, john, charlie):
    order = make.order(john, "MK-77")
    page = shown(inside, "/contact/?order=MK-77")
    for name, value in (("email", "john@example.com"), ("name", "John Doe")):
        field = page.split(f'name="{name}"')[1].split(">")[0]
        assert f'value="{value}"' in field
        assert "disabled" in field
    assert '<option value="MK-77" selected>' in page
    assert "MK-CHARLIE" not in page
    said = {"contact": "service", "message": "Hello", "order": "MK-77", "token": hidden(page, "token")}
    with time_machine.travel(timezone.now() + timedelta(seconds=20), tick=True):
        inside.post("/contact/", {**said, "email": "eve@evil.test", "name": "Eve"})
    thread = Thread.objects.latest("pk")
    assert (thread.customer, thread.email, thread.name, thread.order) == (john, "john@example.com", "John Doe", order)


def test_an_order_shows_its_state_its_lines_and_where_it_is(inside, john):
    parcel = {"promised_on": date(2030, 11, 24), "tracking_url": "https://carrier.test/1", "is_shipped": True}
    order = make.order(john, "MK-77", currency="GBP", total_shipping=Decimal("4.90"), **parcel)
    evil = make.order(john, "MK-78", tracking_url="javascript:alert(1)", tracking_number="TRACK-78")
    page = shown(inside, f"/area/orders/{order.pk}/")
    for words in ("MK-77", "En camino", "Cuenco Bruma", "2 × £15.00", "£4.90", "£42.50", "24 November 2030"):
        assert words in page, words
    assert 'href="https://carrier.test/1"' in page
    assert page.split('aria-current="step"')[1].split("</li>")[0].strip().endswith("On its way")
    page = shown(inside, f"/area/orders/{evil.pk}/")
    assert "javascript:" not in page
    assert "TRACK-78" in page
    assert "MK-77" in shown(inside, "/area/orders/")


@pytest.mark.row("GR5")
def test_a_group_may_use_only_some_pages(inside, john):
    john.group = CustomerGroup.objects.create(name="Trade", area_pages=["orders"])
    john.save()
    for page, status in (("messages", 404), ("orders", 200), ("details", 404), ("access", 200)):
        assert inside.get(f"/area/{page}/").status_code == status
    assert inside.get("/area/")["Location"] == "/area/orders/"
    tabs = shown(inside, "/area/orders/").split("ptabs")[2].split("</nav>")[0]
    assert ("Orders" in tabs, "Messages" in tabs) == (True, False)
    john.group.area_pages = []
    john.group.save()
    assert inside.get("/area/")["Location"] == "/area/access/"


def test_an_empty_area_says_so(inside):
    assert "You have not written to us yet." in shown(inside, "/area/messages/")
    assert "No orders yet." in shown(inside, "/area/orders/")


def test_no_page_is_stored_or_indexed(inside):
    for page in ("messages", "orders", "details", "access", "access/password", "access/username"):
        response = inside.get(f"/area/{page}/")
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Referrer-Policy"] == "same-origin"
        assert "unsafe" not in response["Content-Security-Policy"]


def test_a_page_costs_the_same_with_many_rows(inside, world, service, john, django_assert_max_num_queries):
    for n in range(25):
        make.order(john, f"MK-5{n:02}")
        make.thread(service, subject=f"Thread {n}")
    for path in ("messages", "orders", "details", "access"):
        with django_assert_max_num_queries(14):
            inside.get(f"/area/{path}/")
    assert "?page=2" in shown(inside, "/area/messages/")
    assert "Thread 0" in shown(inside, "/area/messages/?page=2")


@pytest.mark.row("AR23")
def test_a_visit_counts_its_pages_and_is_kept_for_as_long_as_the_settings_say(inside, john):
    start = timezone.now()
    with time_machine.travel(start + timedelta(minutes=5)):
        inside.get("/area/orders/")
    visit = Visit.objects.get()
    assert (visit.pages, visit.page, visit.ip_address) == (2, "/area/orders/", "127.0.0.1")
    assert 299 <= visit.seconds <= 301
    with time_machine.travel(start + timedelta(hours=2), tick=False):
        inside.get("/area/orders/")
        john.refresh_from_db()
        assert john.visited_at == timezone.now()
    assert Visit.objects.count() == 2
    settings = RecordSettings.fresh()
    settings.visit_days = 10
    settings.save()
    with time_machine.travel(start + timedelta(days=11)):
        assert purge()["visits"] == 2
        assert purge() == {"customers": 0, "visits": 0, "access": 0, "files": 0}
        assert inside.get("/area/orders/").status_code == 200
    with time_machine.travel(start + timedelta(days=45)):
        assert inside.get("/area/orders/").status_code == 303
        assert purge()["access"] == 1


@pytest.mark.row("AR28")
def test_all_ones_own_data_come_as_a_file_and_the_wish_to_delete_them_reaches_the_shop(inside, world, service, john):
    make.order(john, "MK-77")
    thread = make.thread(service, "Two bowls broke", subject="Broken")
    thread.note("A difficult customer", by=world.bob)
    told = copied(inside)
    assert all(word in told["data.json"] for word in ("john@example.com", "MK-77", "Two bowls broke"))
    assert not any("difficult" in words for words in told.values())
    assert john.events.filter(kind=RecordEvent.Kind.EXPORTED).exists()
    for _click in range(2):
        inside.post("/area/access/data/", {"do": "erase"})
    wish = Thread.objects.latest("pk")
    assert (wish.subject, wish.customer, Thread.objects.count()) == ("Please delete my data", john, 2)
    assert f"#{wish.pk}" in shown(inside, "/area/access/")
    request = PrivacyRequest.objects.get()
    assert (request.customer, request.kind, request.by) == (john, PrivacyRequest.Kind.ERASURE, None)
    assert john.pk == type(john).objects.present().get(emails__address="john@example.com").pk
