"""The form that answers first: what a proven customer sees of an order, and what becomes of it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from helpdesk import links
from helpdesk.models import Deflection, EventKind, Fact, FactKind, OutgoingMail, Thread
from helpdesk.statistics import counting
from helpdesk.statistics.periods import Period
from helpdesk.statistics.reports import report
from portal import guard
from tests import make
from tests.portal.conftest import hidden
from tests.portal.test_shop_token import KEY, token

TRACK = "https://track.example/77"


@pytest.fixture
def order(world: Any, settings: Any) -> Any:
    settings.SHOP_TOKEN_KEYS = [KEY]
    promised = timezone.localdate() - timedelta(days=2)
    told = {"is_shipped": True, "carrier": "Swift Parcels", "tracking_url": TRACK, "promised_on": promised}
    return make.order(world.john, "MK-77", **told)


def posted(client: Any, query: str, **fields: Any) -> Any:
    """The form of a page, posted with what is typed there."""
    page = client.get(f"/contact/{query}").content.decode()
    said = {"contact": "service", "email": "john@example.com", "token": hidden(page, "token"), **fields}
    return client.post("/contact/", said)


def test_a_proven_customer_sees_how_the_order_stands_before_writing(client: Any, world: Any, order: Any) -> None:
    query = f"?customer={token()}&lang=en"
    page = client.get(f"/contact/{query}").content.decode()
    assert "See how this order stands" in page
    assert TRACK not in page
    typed = {"order": "MK-77", "product": "MUG", "message": "Where <b>is</b> it?", "subject": "Mug"}
    looked = posted(client, query, **typed, do="look", name="John Doe")
    page = looked.content.decode()
    assert looked.status_code == 200
    assert "It should have arrived on" in page
    assert "2 days late" in page
    assert "Swift Parcels" in page
    assert f'href="{TRACK}"' in page
    assert "Where &lt;b&gt;is&lt;/b&gt; it?" in page  # what was typed stays, and nothing is wrong yet
    assert "errsum" not in page
    assert 'value="MUG" selected' in page
    assert "Taza Alba" in page.split("data-answer")[1].split("</section>")[0]
    # A link that names the order shows it at once; no message was typed, and none is asked for.
    assert TRACK in client.get(f"/contact/{query}&order=MK-77").content.decode()
    file = SimpleUploadedFile("bowl.txt", b"words", "text/plain")
    page = posted(client, query, order="MK-77", do="look", files=[file]).content.decode()
    assert "bowl.txt" in page
    assert TRACK in page
    assert not Thread.objects.exists()


def test_this_answers_me_sends_nothing_and_is_counted_once(client: Any, world: Any, order: Any) -> None:
    query = f"?customer={token()}"
    word = hidden(client.get(f"/contact/{query}").content.decode(), "token")
    for _click in range(2):
        thanks = posted(client, query, token=word, order="MK-77", do="answered")
        assert thanks["Location"] == "/contact/answered/"
    page = client.get("/contact/answered/?lang=en").content.decode()
    assert "We have sent nothing" in page
    found = Deflection.objects.get()
    assert (found.contact, found.order, found.customer, found.state) == (world.service, order, world.john, "En camino")
    assert (Thread.objects.count(), OutgoingMail.objects.count()) == (0, 0)
    assert client.get("/contact/?do=answered&order=MK-77&customer=" + token()).status_code == 200
    assert Deflection.objects.count() == 1  # programs that look into links count nothing


def test_who_still_needs_help_writes_on_and_the_thread_says_what_was_shown(client: Any, world: Any, order: Any) -> None:
    query = f"?customer={token()}&order=MK-77"
    page = client.get(f"/contact/{query}").content.decode()
    said = {"contact": "service", "order": "MK-77", "message": "It is late", "token": hidden(page, "token")}
    with time_machine.travel(timezone.now() + timedelta(seconds=20), tick=True):
        for _click in range(2):
            sent = client.post("/contact/", {**said, "shown": hidden(page, "shown")})
    thread = Thread.objects.get()
    event = thread.events.get(kind=EventKind.ANSWER_SHOWN)
    assert event.sentence.startswith("Before writing, John Doe was shown order MK-77: En camino, expected on")
    assert event.message == thread.messages.get()
    link = re.search(r'href="/t/([^"]+)/"', client.get(sent["Location"]).content.decode())
    assert link
    assert links.is_proven(link[1])
    client.force_login(world.bob)
    assert "was shown order MK-77" in client.get(f"/threads/{thread.pk}/").content.decode()
    assert "answer_shown" in client.get(f"/api/threads/{thread.pk}/").content.decode()


def test_a_forged_word_of_what_was_shown_is_not_noted(client: Any, world: Any, order: Any, fill: Any) -> None:
    fill(query=f"?customer={token()}", order="MK-77", shown="forged:word")
    own = client.get(f"/contact/?customer={token()}&order=MK-77").content.decode()
    fill(message="Another", order="MK-77", shown=hidden(own, "shown"))  # somebody who only typed the address
    assert Thread.objects.count() == 2
    assert not Thread.objects.filter(events__kind=EventKind.ANSWER_SHOWN).exists()


def test_nobody_else_sees_anything_of_an_order(client: Any, world: Any, order: Any, fill: Any) -> None:
    make.order(make.customer("Eve", "eve@example.com"), "MK-99", tracking_url="https://track.example/99")
    for do in ("look", "answered"):
        # An address and a reference that were only typed, and another's order with an own token.
        page = posted(client, "?lang=en", email="john@example.com", order="MK-77", do=do).content.decode()
        assert TRACK not in page
        assert "data-answer" not in page
        page = posted(client, f"?customer={token()}", order="MK-99", do=do).content.decode()
        assert "track.example/99" not in page
    # The link that the confirmation shows is not proof either; the one that is mailed is.
    sent = client.get(fill(order="MK-77")["Location"]).content.decode()
    shown = re.search(r'href="/t/([^"]+)/"', sent)
    assert shown
    assert not links.is_proven(shown[1])
    assert "MK-77" not in client.get(f"/contact/?thread={shown[1]}").content.decode()
    assert client.get(f"/contact/?thread={shown[1]}.p").status_code == 200
    # A form that was left open for a day says nothing more.
    page = client.get(f"/contact/?customer={token()}").content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=True):
        late = client.post("/contact/", {"token": hidden(page, "token"), "order": "MK-77", "do": "look"})
    assert TRACK not in late.content.decode()
    assert not Deflection.objects.exists()


def test_the_mailed_link_of_a_thread_shows_the_order_of_that_thread_only(client: Any, world: Any, order: Any) -> None:
    make.order(world.john, "MK-78", tracking_url="https://track.example/78")
    thread = make.thread(world.service, order_reference="MK-77")
    word = links.portal_token(thread, proven=True)
    page = client.get(f"/contact/?thread={word}&order=MK-77&lang=en").content.decode()
    assert TRACK in page
    assert "MK-78" not in page
    assert f"See #{thread.pk}, last written today" in page
    world.john.is_active = False
    world.john.save()
    assert "MK-77" not in client.get(f"/contact/?thread={word}").content.decode()


def test_who_is_signed_in_is_proven(inside: Any, world: Any, order: Any) -> None:
    assert TRACK in inside.get("/contact/?order=MK-77").content.decode()
    assert posted(inside, "", order="MK-77", do="answered").status_code == 303
    assert Deflection.objects.get().customer == world.john


def test_each_state_of_an_order_has_its_words(client: Any, world: Any, order: Any) -> None:
    def says(**facts: Any) -> str:
        plain = {"is_shipped": False, "is_done": False, "is_valid": True, "promised_on": None, "delivered_at": None}
        type(order).objects.filter(pk=order.pk).update(**{**plain, **facts})
        page = client.get(f"/contact/?customer={token()}&order=MK-77&lang=en").content.decode()
        return page.split('id="order-now">')[1].split("<")[0]

    assert says() == "We are preparing it"
    assert says(is_valid=False) == "Waiting for your payment"
    assert says(is_shipped=True) == "It is on its way"
    with time_machine.travel("2026-11-20 12:00"):
        assert says(promised_on=date(2026, 11, 24)) == "It arrives on Tuesday, November 24"
    assert says(is_done=True, state="Cancelled") == "Cancelled"
    assert says(is_done=True, delivered_at="2026-11-24T10:00Z") == "Delivered on Tuesday, November 24"


def test_the_week_counts_what_the_form_answered_by_contact(client: Any, world: Any, order: Any, fill: Any) -> None:
    for key in "ab":
        Deflection.objects.note(key, contact=world.service, order=order, customer=world.john)
    Deflection.objects.note("c", contact=world.accounting, order=order, customer=world.john)
    old = Deflection.objects.create(key="d", contact=world.service)
    Deflection.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=7))
    thread = make.thread(world.service)
    thread.note_shown(name="MK-77", to="Sent", day="", message=thread.messages.get())
    counting.keep()
    zone = timezone.get_current_timezone()
    week = report(Period.read("", "", zone), [world.service.pk])  # type: ignore[arg-type]
    assert (week.now.answered_by_form, week.before.answered_by_form, week.now.wrote_all_the_same) == (2, 1, 1)
    assert Fact.objects.filter(kind=FactKind.SHOWN).count() == 1
    client.force_login(world.alice)
    html = client.get("/statistics/").content.decode()
    card = html.split(">Answered by the form</caption>")[1].split("</section>")[0]
    assert "67 %" in card
    assert "100 %" in card
    listed = re.search(r'href="(/\?figure=shown[^"]+)"', html)
    assert listed
    assert thread.subject in client.get(listed[1].replace("&amp;", "&")).content.decode()
    told = client.get("/api/statistics/").json()
    assert (told["period"]["answered_by_form"], told["period"]["wrote_all_the_same"]) == (3, 1)
    client.force_login(world.charlie)
    assert client.get("/api/statistics/").json()["period"]["answered_by_form"] == 1


def test_looking_too_often_waits_like_everything_else(client: Any, world: Any, order: Any) -> None:
    query = f"?customer={token()}"
    with time_machine.travel(timezone.now(), tick=False):
        said = {"token": hidden(client.get(f"/contact/{query}").content.decode(), "token"), "order": "MK-77"}
        for bucket in (guard.OF_LOOKS, guard.OF_NETWORK):
            for _post in range(bucket.capacity - 1):
                bucket.take("127.0.0.1")
        looks = [client.post("/contact/", {**said, "do": "look"}).status_code for _look in range(3)]
    assert looks == [200, 200, 429]
