"""Many threads changed in one go, and made as they were."""

import pytest

from helpdesk.models import (
    CloseReason,
    DeskSettings,
    EventKind,
    Folder,
    Notice,
    Status,
    Thread,
    ThreadChange,
    ThreadTag,
)
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def ten(world, at=None, **fields):
    return [make.thread(at or world.service, sender=f"p{n}@example.com", **fields) for n in range(10)]


def change(client, threads, do, **more):
    more = {"ids": [one.pk for one in threads], "do": do, **more}
    return client.post("/changes/", more)


def statuses(threads):
    return set(Thread.objects.filter(pk__in=[one.pk for one in threads]).values_list("status", flat=True))


@pytest.mark.row("CS6")
def test_ten_threads_become_pending_with_a_history_row_each_and_one_undo(world, bob):
    threads = ten(world)
    answer = change(bob, threads, "status:pending1", filters="status=open")
    done = ThreadChange.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/?status=open&changed={done.pk}")
    assert statuses(threads) == {Status.PENDING_1}
    assert [one.events.filter(kind=EventKind.STATUS, actor=world.bob).count() for one in threads] == [1] * 10
    page = bob.get(answer["Location"]).content.decode()
    assert "10 threads set to Pending 1." in page
    assert page.count(f'action="/changes/{done.pk}/undo/"') == 1
    undone = bob.post(f"/changes/{done.pk}/undo/", follow=True).content.decode()
    assert "Undone for 10 threads." in undone
    assert statuses(threads) == {Status.OPEN}
    late = bob.post(f"/changes/{done.pk}/undo/", follow=True).content.decode()
    assert "This cannot be undone any more." in late


@pytest.mark.row("CS6")
def test_undoing_a_closing_gives_the_wait_back_and_counts_no_reopening(world, bob):
    asked, answered = make.thread(world.service), make.thread(world.service, sender="b@example.com")
    waiting = asked.waiting_since
    answered.set_status(Status.PENDING_2, by=world.bob)
    change(bob, [asked, answered], "status:closed")
    assert not Thread.objects.filter(needs_answer=True, pk=asked.pk).exists()
    answered.refresh_from_db()
    answered.reopen(by=world.bob)  # changed since: stays
    said = bob.post(f"/changes/{ThreadChange.objects.get().pk}/undo/", follow=True).content.decode()
    assert "Undone for 1 thread. 1 was changed since and stays." in said
    asked.refresh_from_db()
    assert (asked.status, asked.needs_answer, asked.waiting_since) == (Status.OPEN, True, waiting)
    assert (asked.reopened_count, asked.closed_at) == (0, None)
    assert "Bob Agent took it back: Closed → Open" in [str(one) for one in asked.events.all()]


@pytest.mark.row("CS6")
def test_tags_contact_assignee_and_spam_in_one_go_and_back(world, bob):
    one, two = make.thread(world.service), make.thread(world.service, sender="b@example.com")
    one.set_tags(["urgent"], by=world.bob)
    one.assign(world.bob, by=world.bob)

    def state():
        return [
            (each.contact.slug, each.assignee, sorted(tag.name for tag in each.tags.all()), each.folder)
            for each in Thread.objects.order_by("pk")
        ]

    before = state()
    retagged = {"new": ["late", "box"], f"tag-{one.tags.get().pk}": "remove"}
    for do, more, after in (
        ("tags", retagged, ("service", world.bob, ["box", "late"], "desk")),
        ("assignee:none", {}, ("service", None, ["urgent"], "desk")),
        ("contact:accounting", {}, ("accounting", None, ["urgent"], "desk")),
        ("folder:spam", {}, ("service", world.bob, ["urgent"], "spam")),
    ):
        change(bob, [one, two], do, **more)
        assert state()[0] == after, do
        bob.post(f"/changes/{ThreadChange.objects.first().pk}/undo/")
        assert state() == before, do


@pytest.mark.row("CS6")
def test_the_bin_is_for_supervisors_and_strangers_threads_are_left_alone(world, bob, client):
    mine, theirs = make.thread(world.service), make.thread(world.accounting, sender="b@example.com")
    refused = change(bob, [mine], "folder:trash")
    assert refused.status_code == 400
    assert "Only supervisors put threads into the bin." in refused.content.decode()
    change(bob, [mine, theirs], "status:closed")
    theirs.refresh_from_db()
    assert theirs.status == Status.OPEN
    client.force_login(world.alice)
    change(client, [mine, theirs], "folder:trash")
    assert Thread.objects.filter(folder=Folder.TRASH).count() == 2
    client.force_login(world.charlie)
    done = ThreadChange.objects.first()
    assert client.post(f"/changes/{done.pk}/undo/").status_code == 404
    assert "put here: Bin" not in client.get("/changes/").content.decode()


@pytest.mark.row("CS6")
def test_everything_that_matches_is_meant_not_only_the_page(world, bob):
    threads = ten(world)
    make.thread(world.service, sender="c@example.com").set_status(Status.PENDING_2, by=world.bob)
    bob.post("/changes/", {"all": "1", "filters": "status=open", "do": "assignee:me"})
    assert set(Thread.objects.filter(assignee=world.bob)) == set(threads)
    assert not Notice.objects.filter(agent=world.bob, kind="assigned").exists()


@pytest.mark.row("CS6")
def test_whoever_may_not_see_them_gets_none_and_the_others_one_notice(world, client):
    client.force_login(world.alice)
    here, there = ten(world)[:3], make.thread(world.accounting, sender="b@example.com")
    page = client.get(change(client, [*here, there], f"assignee:{world.bob.pk}")["Location"]).content.decode()
    assert "3 threads assigned: Bob Agent." in page
    assert "1 was left out: whoever was chosen does not belong to their contact." in page
    assert [one.text for one in world.bob.notices.filter(kind="assigned")] == ["Order question (+2)"]


def test_bad_input_is_a_sentence_and_changes_nothing(world, bob):
    thread = make.thread(world.service)
    for do in ("", "status:gone", "assignee:x", "assignee:999999999999999999", "contact:no", "folder:", "tags"):
        assert change(bob, [thread], do).status_code == 400, do
    known = ThreadTag.objects.create(name="a")
    both = change(bob, [thread], "tags", new="a", **{f"tag-{known.pk}": "remove"})
    assert "cannot be put on and taken off" in both.content.decode()
    nothing = bob.post("/changes/", {"do": "status:closed", "ids": ["x", "9" * 30]}, follow=True)
    assert "Tick some threads first." in nothing.content.decode()
    assert not ThreadChange.objects.exists()


def test_without_script_the_boxes_lead_to_a_page(world, bob):
    thread = make.thread(world.service)
    queue = bob.get("/").content.decode()
    assert f'form="bulk" name="ids" value="{thread.pk}"' in queue
    assert 'formmethod="get" formaction="/changes/new/"' in queue
    page = bob.get(f"/changes/new/?ids={thread.pk}&filters=status%3Dopen").content.decode()
    assert "1 thread is selected." in page
    assert 'value="status:closed"' in page
    assert "folder:trash" not in page
    menus = bob.get("/changes/new/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in menus
    assert "status:pending1" in menus


@pytest.mark.row("CS6")
def test_the_api_does_it_in_one_request_and_takes_it_back(world, bob):
    threads = ten(world)
    body = {"threads": [one.pk for one in threads], "status": "pending1"}
    made = bob.post("/api/thread-changes/", body, content_type="application/json").json()
    assert (made["count"], sorted(made["threads"]), made["may_be_undone"]) == (10, sorted(body["threads"]), True)
    assert [one["id"] for one in bob.get("/api/thread-changes/").json()] == [made["id"]]
    undo = f"/api/thread-changes/{made['id']}/undo/"
    assert bob.post(undo).status_code == 200
    assert bob.post(undo).status_code == 409
    assert statuses(threads) == {Status.OPEN}

    def refusal(**wanted):
        body = {"threads": [one.pk for one in threads], **wanted}
        return bob.post("/api/thread-changes/", body, content_type="application/json").status_code

    assert refusal() == 400
    assert refusal(status="closed", agent=None) == 400
    assert refusal(folder="nowhere") == 400
    assert refusal(add_tags=["a"], remove_tags=["a"]) == 400
    assert refusal(folder="trash") == 403
    assert ThreadChange.objects.count() == 1


@pytest.mark.row("CS6")
def test_a_key_in_the_queue_changes_one_thread_and_gets_the_way_back_to_it(world, bob):
    thread = make.thread(world.service)
    htmx = {"HX-Request": "true"}
    answer = bob.post("/changes/", {"ids": thread.pk, "do": "status:pending1", "filters": "status=open"}, headers=htmx)
    done = ThreadChange.objects.get()
    strip = answer.content.decode()
    assert answer.status_code == 200
    assert "1 thread set to Pending 1." in strip
    assert f"/changes/{done.pk}/undo/" in strip
    assert 'name="filters" value="status=open"' in strip
    again = bob.post("/changes/", {"ids": thread.pk, "do": "status:pending1"}, headers=htmx).content.decode()
    assert "Nothing was changed: it was so already." in again
    assert "/undo/" not in again
    bob.post(f"/changes/{done.pk}/undo/")
    assert statuses([thread]) == {Status.OPEN}
    CloseReason.add({"en": "Solved"})
    desk = DeskSettings.load()
    desk.asks_reason = True
    desk.save()
    refused = bob.post("/changes/", {"ids": thread.pk, "do": "status:closed"}, headers=htmx)  # the menu asks, then
    assert refused.status_code == 400
    assert "Close, because:" in refused.content.decode()
