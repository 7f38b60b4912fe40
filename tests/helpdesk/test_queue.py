"""The queue: who sees what, in which order, with which counts."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from helpdesk import queues
from helpdesk.models import StatusLabel, Thread, ThreadTag
from tests import make

QUEUE = "/"


def ids(response) -> list[int]:
    """The threads of a queue page, from top to bottom."""
    return [int(one) for one in re.findall(r'data-thread="(\d+)"', response.content.decode())]


def moved(thread: Thread, **fields) -> Thread:
    """The thread with other times, as if it had lived earlier."""
    Thread.objects.filter(pk=thread.pk).update(**fields)
    thread.refresh_from_db()
    return thread


def count_beside(response, label: str) -> str:
    """The number that the navigation shows for a queue; empty when there is none."""
    match = re.search(rf'title="{label}".*?</a>', response.content.decode(), re.DOTALL)
    number = re.search(r"nav__n[^>]*>(\d+)", match.group(0))
    return number.group(1) if number else ""


def test_a_stranger_is_sent_to_the_sign_in_page(world, client):
    assert client.get(QUEUE).headers["Location"] == "/sign-in/?next=/"


@pytest.mark.row("CS1")
@pytest.mark.row("CO6")
def test_an_agent_sees_the_threads_of_their_contacts_only(world, client):
    seen, hidden = make.thread(world.service), make.thread(world.accounting, sender="x@example.com")
    client.force_login(world.bob)
    assert ids(client.get(QUEUE)) == [seen.pk]
    assert client.get(reverse("helpdesk:thread", args=[hidden.pk])).status_code == 404
    assert client.post(reverse("helpdesk:status", args=[hidden.pk]), {"status": "closed"}).status_code == 404
    assert client.post(reverse("helpdesk:unread", args=[hidden.pk])).status_code == 404
    client.force_login(world.alice)
    assert set(ids(client.get(QUEUE))) == {seen.pk, hidden.pk}


@pytest.mark.row("CS4")
def test_a_row_says_who_what_which_order_whose_and_how_long(world, client):
    order = make.order(world.john, "MK-10482")
    thread = make.thread(
        world.service,
        "It came in pieces.",
        subject="Two bowls broken",
        files=(make.file(),),
        order_reference="MK-10482",
    )
    thread.tags.add(ThreadTag.objects.create(name="Delay", tone="warn"))
    thread.assign(world.bob, by=world.alice)
    since = timezone.now() - timedelta(hours=5, minutes=12, seconds=30)
    moved(thread, language="fr", waiting_since=since, active_at=since)
    client.force_login(world.alice)
    row = client.get(QUEUE).content.decode().split('class="row ')[1].split("</li>")[0]
    for shown in ("Open", "John Doe", "Service", "FR", "Two bowls broken", "It came in pieces.", order.reference):
        assert shown in row, shown
    for shown in ("Delay", "tag--warn", "attachments", "Bob Agent", "5 h 12 min", "18 h 47 min left", "Unread."):
        assert shown in row, shown


@pytest.mark.row("CS4")
def test_the_last_message_is_the_newest_public_one(world, client):
    thread = make.thread(world.service, "First words")
    moved(thread, active_at=timezone.now() - timedelta(days=2))
    thread.note("between us", by=world.alice)
    client.force_login(world.bob)
    page = client.get(QUEUE).content.decode()
    assert "First words" in page
    assert "between us" not in page


@pytest.mark.row("ST6")
@pytest.mark.row("CS3")
def test_a_mail_to_a_closed_thread_stands_open_unread_and_on_top(world, client):
    thread = make.thread(world.service, message_id="<first@example.com>")
    thread.mark_read(by=world.bob)
    thread.close(by=world.bob)
    other = make.thread(world.service, sender="other@example.com")
    client.force_login(world.bob)
    assert ids(client.get(QUEUE)) == [other.pk]
    again = make.thread(world.service, "It broke again", in_reply_to=("<first@example.com>",))
    assert again == thread
    page = client.get(QUEUE)
    assert ids(page) == [thread.pk, other.pk]
    assert f'is-unread" id="row-{thread.pk}"' in page.content.decode()


@pytest.mark.row("CS3")
def test_opening_a_thread_clears_the_dot_for_me_and_not_for_a_colleague(world, client):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    assert count_beside(client.get(QUEUE), "Unassigned") == "1"
    client.get(reverse("helpdesk:thread", args=[thread.pk]))
    assert "is-unread" not in client.get(QUEUE).content.decode()
    client.force_login(world.alice)
    assert "is-unread" in client.get(QUEUE).content.decode()


@pytest.mark.row("CS3")
def test_mark_unread_shows_the_dot_again(world, client):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    client.get(reverse("helpdesk:thread", args=[thread.pk]))
    client.post(reverse("helpdesk:unread", args=[thread.pk]))
    assert "is-unread" in client.get(QUEUE).content.decode()


def test_last_activity_first_is_the_order_until_the_agent_chooses_the_longest_wait(world, client):
    old, new = make.thread(world.service), make.thread(world.service, sender="b@example.com")
    hour = timezone.now() - timedelta(hours=1)
    moved(old, waiting_since=hour, active_at=hour)
    client.force_login(world.bob)
    assert ids(client.get(QUEUE)) == [new.pk, old.pk]
    assert ids(client.get("/?sort=wait")) == [old.pk, new.pk]
    answer = client.post("/appearance/", {"queue_sort": "wait", "next": "/?status=open"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?status=open")
    assert ids(client.get(QUEUE)) == [old.pk, new.pk]
    assert client.post("/appearance/", {"queue_sort": "colour"}).status_code == 400


@pytest.mark.row("CO1")
@pytest.mark.row("CS2")
def test_counts_beside_the_queues_are_those_of_the_lists(world, client):
    threads = [make.thread(world.service, sender=f"{n}@example.com") for n in range(4)]
    threads[0].set_status("pending1", by=world.bob)
    threads[1].close(by=world.bob)
    threads[2].mark_spam(by=world.bob)
    threads[3].assign(world.bob, by=world.alice)
    make.thread(world.accounting, sender="z@example.com")
    client.force_login(world.bob)
    page = client.get(QUEUE)
    numbers = {
        name: count_beside(page, name) for name in ("Whole queue", "Mine", "Open", "Pending 1", "Spam", "Closed")
    }
    assert numbers == {"Whole queue": "2", "Mine": "1", "Open": "1", "Pending 1": "1", "Spam": "1", "Closed": ""}
    assert count_beside(page, "Service") == "2"
    for query, threads_there in (
        ("assignee=me", [3]),
        ("status=pending1", [0]),
        ("status=closed", [1]),
        ("folder=spam", [2]),
    ):
        assert ids(client.get(f"/?{query}")) == [threads[n].pk for n in threads_there]
    fragment = client.get("/queue/counts/?current=mine")
    assert "<html" not in fragment.content.decode()
    assert count_beside(fragment, "Mine") == "1"


@pytest.mark.row("CS8")
@pytest.mark.row("ST2")
def test_a_renamed_status_shows_in_rows_menus_navigation_and_legend(world, client):
    StatusLabel.objects.create(
        status="pending1", holder="third_party", labels={"en": "Supplier"}, descriptions={"en": "Asked the factory."}
    )
    make.thread(world.service).set_status("pending1", by=world.bob)
    client.force_login(world.bob)
    page = client.get(QUEUE).content.decode()
    row = page.split('class="row ')[1].split("</li>")[0]
    assert 'title="Pending 1 · Supplier"' in row
    assert '<span class="trunc">Pending 1</span>' in row  # the team's word stands beside it in menus
    assert "Waiting for a third party" in row
    assert 'Pending 1 <span class="sub">Supplier</span>' in page
    legend = page.split('class="status-legend"')[1].split("</dl>")[0]
    for shown in ("Supplier", "Asked the factory.", "Third party", "Open", "Pending 2", "Closed"):
        assert shown in legend, shown


@pytest.mark.row("ST3")
def test_every_status_has_a_shape_and_a_word_beside_its_colour(world, client):
    for n, status in enumerate(("open", "pending1", "pending2", "closed")):
        make.thread(world.service, sender=f"{n}@example.com").set_status(status, by=world.bob)
    client.force_login(world.bob)
    page = client.get("/?status=any").content.decode()
    shapes = set(
        re.findall(
            r'row__menu"><summary[^>]*><span class="st [^"]*"[^>]*><svg.*?#i-([\w-]+)"/></svg>.*?trunc">([^<]+)<', page
        )
    )
    assert shapes == {("s-open", "Open"), ("s-p1", "Pending 1"), ("s-p2", "Pending 2"), ("s-closed", "Closed")}


@pytest.mark.row("CS7")
def test_the_status_menu_of_a_row_works_without_script(world, client):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    page = client.get(QUEUE).content.decode()
    assert f'form="row-status" formaction="/threads/{thread.pk}/status/" name="status" value="closed"' in page
    answer = client.post(f"/threads/{thread.pk}/status/", {"status": "closed", "next": "/?status=open"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?status=open")
    thread.refresh_from_db()
    assert thread.status == "closed"
    assert client.get(f"/threads/{thread.pk}/status/").status_code == 405


def test_a_form_never_sends_one_to_another_site(world, client):
    client.force_login(world.bob)
    answer = client.post("/appearance/", {"theme": "dark", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"
    world.bob.refresh_from_db()
    assert world.bob.theme == "dark"


@pytest.mark.row("CS2")
def test_a_box_counts_open_threads_and_leads_to_the_one_that_waits_longest(world, client):
    older, newer = make.thread(world.service), make.thread(world.service, sender="b@example.com")
    moved(older, waiting_since=timezone.now() - timedelta(hours=3))
    make.thread(world.service, sender="c@example.com").close(by=world.bob)
    world.service.descriptions = {"en": "Orders and returns"}
    world.service.save()
    client.force_login(world.alice)
    service, accounting = client.get("/boxes/").content.decode().split('class="card box"')[1:]
    assert re.search(r'num">2</b>\s*open threads', service)
    assert "Orders and returns" in service
    assert f'href="/threads/{older.pk}/?from=status%3Dopen%26contact%3Dservice%26sort%3Dwait"' in service
    assert newer.pk != older.pk
    assert "No new messages" in accounting
    assert len(ids(client.get("/?status=open&contact=service"))) == 2


@pytest.mark.row("TH8")
@pytest.mark.parametrize("sort", ["newest", "wait"])
def test_next_follows_the_filtered_queue_and_begins_again_at_its_end(world, client, sort):
    now = timezone.now()
    made = [make.thread(world.service, sender=f"{n}@example.com") for n in range(5)]
    for n, thread in enumerate(made):
        moved(
            thread,
            active_at=now - timedelta(hours=n % 2),
            waiting_since=None if n == 4 else now - timedelta(hours=n % 3),
        )
    made[2].close(by=world.bob)
    query = f"status=open&sort={sort}"
    client.force_login(world.bob)
    order = ids(client.get(f"/?{query}"))
    assert len(order) == 4
    by_id = {thread.pk: Thread.objects.get(pk=thread.pk) for thread in made}
    for at, here in enumerate(order):
        before, behind = queues.neighbours(world.bob, query, of=by_id[here])
        assert (before and before.pk) == (order[at - 1] if at else None)
        assert (behind and behind.pk) == (order[at + 1] if at + 1 < len(order) else None)
        assert queues.next_thread(world.bob, query, after=by_id[here]).pk == order[(at + 1) % len(order)]


@pytest.mark.row("TH8")
def test_next_never_leaves_what_the_agent_may_see(world):
    only = make.thread(world.service)
    make.thread(world.accounting, sender="b@example.com")
    assert queues.next_thread(world.bob, "", after=only) is None


def test_an_empty_queue_says_why(world, client):
    client.force_login(world.bob)
    assert "Connect a mailbox and mail will arrive here." in client.get(QUEUE).content.decode()
    thread = make.thread(world.service)
    thread.close(by=world.bob)
    assert "All answered. Nobody is waiting." in client.get(QUEUE).content.decode()
    page = client.get("/?contact=service&language=fr&status=closed").content.decode()
    assert "No threads match these filters." in page
    assert "Without “Language: French” there is 1." in page
    assert "Nothing for “zebra”." in client.get("/?q=zebra").content.decode()
