"""How did we do? Asked once, in the reply that closes; the link only chooses, the button counts."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from helpdesk import links
from helpdesk.models import DeskSettings, EventKind, Fact, OutgoingMail, Rating, Thread
from helpdesk.models.rating import CHANGEABLE
from helpdesk.statistics import counting
from helpdesk.statistics.periods import Period
from helpdesk.statistics.reports import report
from tests import make


@pytest.fixture
def asked(world: SimpleNamespace) -> SimpleNamespace:
    """Bob has closed John's thread, and the desk asks for ratings."""
    desk = DeskSettings.fresh()
    desk.asks_rating = True
    desk.save()
    thread = make.thread(world.service)
    first = thread.reply("Looking", by=world.bob, then="pending1")
    last = thread.reply("Solved", by=world.bob, then="closed")
    return SimpleNamespace(**vars(world), thread=thread, first=first, last=last, page=links.portal_url(thread))


@pytest.mark.row("SX8")
def test_only_the_reply_that_closes_asks_and_only_once(asked: SimpleNamespace) -> None:
    page = f"{links.portal_url(asked.thread).rpartition('/t/')[0]}/t/"
    for mail in (asked.first.outgoing.text, asked.first.outgoing.html):
        assert "rating" not in mail
    assert len(re.findall(rf"{page}[^ ]+/rating/\?score=\d", asked.last.outgoing.text)) == 5
    assert asked.last.outgoing.html.count("/rating/?score=") == 5
    asked.thread.reopen(by=asked.bob)
    again = asked.thread.reply("Solved again", by=asked.bob, then="closed")
    assert "rating" not in again.outgoing.text
    assert Rating.objects.get().agent == asked.bob


@pytest.mark.row("SX8")
def test_a_link_that_is_looked_at_counts_nothing_and_the_button_counts_once(
    client: Client, asked: SimpleNamespace
) -> None:
    url = f"{links.portal_url(asked.thread).partition('/t/')[2]}"
    url = f"/t/{url}rating/"
    for score in range(1, 6):  # as a scanner of mail does
        assert client.get(f"{url}?score={score}").status_code == 200
        client.head(f"{url}?score={score}")
    assert Rating.objects.get().score is None
    shown = client.get(f"{url}?score=4").content.decode()
    assert "You chose “Good”" in shown
    assert "solved by Bob on" in shown
    assert re.search(r'value="4" checked', shown)
    assert "Choose one of the five" in client.post(url, {"comment": "Nice <b>people</b>"}).content.decode()
    client.post(url, {"score": "4", "helped": ["fast", "nonsense"], "comment": "x"}, follow=True)
    assert Rating.objects.get().score is None
    client.post(url, {"score": "4", "helped": ["fast"], "comment": "Nice <b>people</b>"})
    client.post(url, {"score": "5", "helped": [], "comment": "Even better"})  # thought again
    rating = Rating.objects.get()
    assert (rating.score, rating.comment) == (5, "Even better")
    assert asked.thread.events.filter(kind=EventKind.RATED).exists()
    counting.keep()
    assert list(Fact.objects.filter(kind="rated").values_list("number", "agent")) == [(5, asked.bob.pk)]
    today = timezone.localdate()
    week = report(Period.week_of(today, DeskSettings.load().zone), [asked.service.pk]).now
    assert (week.satisfaction, week.response_rate) == (5, 1)

    Rating.objects.update(rated_at=timezone.now() - CHANGEABLE - CHANGEABLE)
    client.post(url, {"score": "1"})
    assert Rating.objects.get().score == 5


@pytest.mark.row("SX8")
def test_the_page_of_a_closed_thread_leads_there_and_of_an_open_one_does_not(
    client: Client, asked: SimpleNamespace
) -> None:
    path = "/t/" + asked.page.partition("/t/")[2]
    assert "/rating/" in client.get(path).content.decode()
    other = make.thread(asked.service, sender="eva@example.com")
    path = "/t/" + links.portal_url(other).partition("/t/")[2]
    assert "/rating/" not in client.get(path).content.decode()
    assert client.get(f"{path}rating/").status_code == 404
    assert client.get("/t/forged/rating/").status_code == 404


def test_a_closing_reply_that_is_taken_back_has_asked_nobody(asked: SimpleNamespace) -> None:
    assert Thread.objects.get(pk=asked.thread.pk).recall(asked.last, by=asked.bob)
    assert not Rating.objects.exists()
    assert OutgoingMail.objects.get(message=asked.last).state == "cancelled"


def test_a_desk_that_does_not_ask_says_nothing_of_ratings(world: SimpleNamespace) -> None:
    thread = make.thread(world.service)
    reply = thread.reply("Solved", by=world.bob, then="closed")
    assert "rating" not in reply.outgoing.html
    assert not Rating.objects.exists()


@pytest.mark.row("SX5")
def test_a_closed_thread_says_how_many_exchanges_it_took(client: Client, world: SimpleNamespace) -> None:
    thread = make.thread(world.service)
    client.force_login(world.bob)
    thread.reply("First", by=world.bob, then="pending1")
    thread.receive(make.mail("And another thing"))
    thread.receive(make.mail("And a third"))
    thread.note("Hm", by=world.bob)
    assert "exchanges," not in client.get(f"/threads/{thread.pk}/").content.decode()
    thread.reply("Second", by=world.bob, then="closed")
    Thread.objects.filter(pk=thread.pk).update(created_at=timezone.now() - timedelta(days=2, hours=3, minutes=1))
    assert "2 exchanges, 2 d 3 h" in client.get(f"/threads/{thread.pk}/").content.decode()


@pytest.mark.row("SX8")
def test_the_link_of_a_thread_merged_into_somebody_elses_neither_shows_nor_changes_their_rating(
    client: Client, asked: SimpleNamespace
) -> None:
    other = make.thread(asked.service, sender="jane@example.com")
    Rating.objects.filter(thread=asked.thread).update(score=5, rated_at=timezone.now(), comment="Between us")
    other.merge_into(asked.thread, by=asked.alice)
    page = f"/t/{links.portal_url(other).partition('/t/')[2]}"
    assert "/rating/" not in client.get(page).content.decode()
    assert client.get(f"{page}rating/").status_code == 404
    assert client.post(f"{page}rating/", {"score": "1"}).status_code == 404
    assert Rating.objects.get().score == 5
