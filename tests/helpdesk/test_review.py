"""The Friday review: what is listed and why, what is done with it, by whom, and taken back."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.zones import zone_called
from crm.models import Order
from helpdesk import intake, jobs
from helpdesk.models import (
    CloseReason,
    DeskSettings,
    Draft,
    Event,
    EventKind,
    Message,
    OutgoingMail,
    PredefinedReply,
    ReviewStep,
    Status,
    Thread,
)
from helpdesk.review.lists import Asked, Review
from tests import make

URL = "/review/"


@pytest.fixture
def alice(world, client):
    client.force_login(world.alice)
    return client


def aged(thread, days, **fields):
    """It has been so for days."""
    at = timezone.now() - timedelta(days=days)
    waiting = {"waiting_since": at} if Thread.objects.get(pk=thread.pk).needs_answer else {}
    Thread.objects.filter(pk=thread.pk).update(active_at=at, inbound_at=at, created_at=at, **waiting, **fields)
    thread.messages.update(created_at=at)
    return thread


def listed(client, query=""):
    page = client.get(URL + query).content.decode()
    return [int(number) for number in re.findall(r'id="review-row-(\d+)"', page)]


def chips(client, query=""):
    page = client.get(URL + query).content.decode()
    return {
        " ".join(label.split()): int(n)
        for label, n in re.findall(r'<a class="chip[^>]*>([^<]*)<b class="num">(\d+)<', page)
    }


def fields(page):
    """The hidden fields of the form that sends."""
    form = page.split("/follow-up/")[-1].split("</form>")[0]
    return dict(re.findall(r'name="(form_key|seen|shown|reply|from)" value="([^"]*)"', form))


@pytest.mark.row("WK1")
def test_the_week_lists_what_is_forgotten_with_its_reason_and_nothing_else(world, alice):
    """Each thread is named after why it is there, or is not."""
    threads = {}
    for n, name in enumerate(
        (
            *("unanswered", "long", "promised", "undated", "still", "reopened", "woken", "undelivered"),
            *("answered", "closed", "asleep", "spam", "unwanted", "elsewhere"),
        )
    ):
        at = world.accounting if name == "elsewhere" else world.service
        threads[name] = make.thread(at, sender=f"{name}@x.test", subject=name.capitalize())
        if n % 2 and at == world.service:
            threads[name].assign(world.bob, by=world.alice)
    by = {"by": world.bob}
    aged(threads["long"], 5)
    for name in ("undated", "reopened", "undelivered", "answered", "woken"):
        threads[name].reply("Here it is.", then=Status.PENDING_1, **by)
    threads["still"].reply("We are looking into it.", then=Status.OPEN, **by)
    aged(threads["undated"], 4, pending_since=timezone.now() - timedelta(days=4))
    aged(threads["still"], 4)
    threads["promised"].snooze(timezone.now() + timedelta(hours=1), promise=True, **by)
    Thread.objects.filter(pk=threads["promised"].pk).update(
        promised_at=timezone.now() - timedelta(hours=1), wake_at=None, needs_answer=False, waiting_since=None
    )
    threads["reopened"].close(**by)
    threads["reopened"].reopen(**by)
    Thread.objects.filter(pk=threads["woken"].pk).update(wake_at=timezone.now() - timedelta(hours=1))
    assert jobs.look_at_pending() >= 1
    threads["undelivered"].messages.filter(kind="reply").update(delivery="failed")
    threads["undelivered"].reopen(by=None)
    threads["closed"].close(**by)
    threads["asleep"].snooze(timezone.now() + timedelta(days=9), **by)
    threads["spam"].mark_spam(**by)
    rose = make.customer("Rose Gil", "rose@x.test", do_not_contact=True)
    threads["unwanted"].link(by=world.alice, customer=rose)

    assert {Thread.objects.get(pk=pk).subject for pk in listed(alice)} == {
        *("Unanswered", "Long", "Promised", "Undated", "Still", "Reopened", "Woken", "Undelivered", "Elsewhere")
    }
    assert listed(alice)[0] == threads["long"].pk  # the longest wait first
    assert chips(alice) == {
        "All": 9,
        "Broken promise": 1,
        "Not delivered": 1,
        "Waiting for long": 1,
        "Unanswered": 3,
        "Past its date": 1,
        "Reopened": 1,
        "Without a date": 2,
    }
    for group, names in {
        "unanswered": {"Unanswered", "Long", "Elsewhere"},
        "long": {"Long"},
        "promised": {"Promised"},
        "undated": {"Undated", "Still"},
        "reopened": {"Reopened"},
        "overdue": {"Woken"},
        "undelivered": {"Undelivered"},
    }.items():
        asked = Asked.read(f"group={group}", zone_called("Europe/Madrid"))
        assert set(Review(world.alice, asked).left.values_list("subject", flat=True)) == names, group
    page = alice.get(URL).content.decode()
    assert "1 put off until a date" in page
    assert "1 who must not be contacted" in page
    assert listed(alice, "?group=long&days=1") == [threads["long"].pk]
    assert listed(alice, "?group=long&days=7") == []
    assert "waiting for 5 d" in alice.get(f"{URL}threads/{threads['long'].pk}/").content.decode()


@pytest.mark.row("WK1")
def test_any_week_shows_what_is_still_left_of_it_and_what_was_done_in_it(world, alice, django_assert_max_num_queries):
    old, new = make.thread(world.service, subject="Old"), make.thread(world.service, subject="New", sender="n@x.test")
    aged(old, 15)
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    year, week, _day = (monday - timedelta(days=7)).isocalendar()
    assert listed(alice, f"?week={year}-W{week:02}") == [old.pk]
    assert set(listed(alice)) == {old.pk, new.pk}
    assert f"Week {week}" in alice.get(f"{URL}?week={year}-W{week:02}").content.decode()
    for nonsense in (
        "?week=2026-W99",
        "?week=x",
        "?week=2999-W01",
        "?days=-1",
        "?group=none",
        "?of=x",
        "?days=9999999999",
    ):
        assert set(listed(alice, nonsense)) == {old.pk, new.pk}, nonsense
    ReviewStep.objects.skip(old, "phone", by=world.bob, week=monday)
    assert listed(alice) == [new.pk]
    page = alice.get(URL).content.decode()
    assert "Skipped: Spoken by phone" in page
    intake.deliver(make.mail("Hello?", in_reply_to=()), contact=world.service, routed=False)
    old.receive(make.mail("Are you there?"))
    assert old.pk in listed(alice)  # they wrote again
    for n in range(12):
        aged(make.thread(world.service, sender=f"m{n}@x.test"), n)
    with django_assert_max_num_queries(22):
        assert len(listed(alice)) >= 12


@pytest.mark.row("WK1")
def test_agents_see_their_contacts_only_and_an_empty_week_is_calm(world, client):
    thread = make.thread(world.service)
    client.force_login(world.charlie)
    page = client.get(URL).content.decode()
    assert "Nobody is waiting." in page
    assert "Delegate…" not in page
    for path in ("", "list/", "chase/"):
        assert client.get(f"{URL}threads/{thread.pk}/{path}").status_code == 404
    for path in ("follow-up", "snooze", "closing", "handover", "skip", "chase", "draft"):
        assert client.post(f"{URL}threads/{thread.pk}/{path}/").status_code == 404
    client.logout()
    assert client.get(URL).status_code == 302


def test_the_navigation_leads_there_with_its_keys(world, alice):
    page = alice.get("/").content.decode()
    assert 'data-shortcut="go-review"' in page
    assert 'data-press="g f"' in page


def test_what_was_shown_is_sent_once_and_the_next_thread_comes_and_undo_brings_it_back(world, alice):
    first, second = (aged(make.thread(world.service, sender=f"p{n}@x.test", subject=f"S{n}"), 3 - n) for n in range(2))
    page = " ".join(alice.get(f"{URL}threads/{first.pk}/").content.decode().split())
    assert "We have not forgotten you" in page or "No nos hemos olvidado" in page
    assert "Chosen because the last word is theirs." in page
    assert 'aria-controls="review-side" data-show="side"' in page  # on phones the order is one tap away
    typed = fields(page)
    changed = alice.post(f"{URL}threads/{first.pk}/follow-up/", {**typed, "shown": "other"})
    assert (changed.status_code, Message.objects.filter(kind="reply").exists()) == (400, False)
    sent = alice.post(f"{URL}threads/{first.pk}/follow-up/", typed)
    step = ReviewStep.objects.get()
    assert (sent.status_code, sent.url) == (303, f"{URL}threads/{second.pk}/?done={step.pk}")
    assert alice.post(f"{URL}threads/{first.pk}/follow-up/", typed).status_code == 303  # a double click
    message = Message.objects.get(kind="reply", thread=first)
    assert (message.author, message.form_key, step.message) == (world.alice, typed["form_key"], message)
    assert "S0" in message.text
    first.refresh_from_db()
    assert (first.status, first.needs_answer, first.assignee) == (Status.PENDING_2, False, world.alice)
    assert listed(alice) == [second.pk]
    following = alice.get(sent.url).content.decode()
    assert "on its way" in following
    assert "1 of 2 reviewed" in following
    undone = alice.post(f"{URL}steps/{step.pk}/undo/")
    assert undone.url == f"{URL}threads/{first.pk}/"
    first.refresh_from_db()
    assert (first.status, first.needs_answer, first.assignee) == (Status.OPEN, True, None)
    assert set(listed(alice)) == {first.pk, second.pk}
    assert OutgoingMail.objects.get(message=message).state == "cancelled"
    again = alice.post(f"{URL}steps/{step.pk}/undo/", follow=True).content.decode()
    assert "cannot be undone any more" in again


def test_nothing_is_sent_past_news_or_without_a_value_or_to_whoever_must_not_be_contacted(world, alice):
    thread = make.thread(world.service)
    typed = fields(alice.get(f"{URL}threads/{thread.pk}/").content.decode())
    thread.receive(make.mail("It has arrived, thanks."))
    refused = alice.post(f"{URL}threads/{thread.pk}/follow-up/", typed)
    assert refused.status_code == 400
    assert "said in this thread meanwhile" in refused.content.decode()
    beside = alice.get(f"{URL}threads/{thread.pk}/list/?seen={typed['seen']}").content.decode()
    assert "Something was said" in beside
    arrived = PredefinedReply.objects.create(title="About", bodies={"es": "<p>{{ order.reference }}?</p>"})
    page = alice.get(f"{URL}threads/{thread.pk}/?reply={arrived.pk}").content.decode()
    assert "Missing: order.reference" in page
    assert alice.post(f"{URL}threads/{thread.pk}/follow-up/", fields(page)).status_code == 400
    world.john.do_not_contact = True
    world.john.save()
    page = alice.get(f"{URL}threads/{thread.pk}/").content.decode()
    assert "Must not be contacted" in page
    assert alice.post(f"{URL}threads/{thread.pk}/follow-up/", fields(page)).status_code == 400
    assert not OutgoingMail.objects.filter(message__kind="reply").exists()


def test_the_proposal_fits_the_order_and_says_why(world, alice):
    thread = make.thread(world.service)
    order = make.order(world.john, "MK-77", is_shipped=True)
    thread.link(by=world.alice, order=order)
    page = alice.get(f"{URL}threads/{thread.pk}/").content.decode()
    assert "Chosen because MK-77 is on its way." in page
    assert "order MK-77 a while ago" in page
    Order.objects.update(is_done=True)
    assert "MK-77 was delivered" in alice.get(f"{URL}threads/{thread.pk}/").content.decode()
    mine = PredefinedReply.objects.get(follow_up="arrived")
    assert set(mine.bodies) == {"en", "es"}
    mine.bodies = {"en": "<p>Well, {{ order.reference }}?</p>"}
    mine.save()
    assert "Well, MK-77?" in alice.get(f"{URL}threads/{thread.pk}/").content.decode()
    mine.delete()  # the shop wants none: ours do not come back
    page = alice.get(f"{URL}threads/{thread.pk}/").content.decode()
    assert "There is no text to send" in page
    assert not PredefinedReply.objects.filter(follow_up="arrived").exists()


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        ("snooze", {"until": "tomorrow", "note": "ask the workshop"}, "Postponed"),
        ("closing", {}, "Closed"),
        ("handover", {"note": "You know her."}, "Handed to Bob Agent"),
        ("skip", {"reason": "supplier"}, "Skipped: Waiting for the supplier"),
        ("skip", {"reason": "other", "note": "It is a test"}, "Skipped: It is a test"),
    ],
)
def test_the_other_steps_are_done_told_and_taken_back(world, alice, path, typed, said):
    thread = aged(make.thread(world.service), 2)
    if path == "handover":
        typed = {**typed, "to": world.bob.pk}
    done = alice.post(f"{URL}threads/{thread.pk}/{path}/", typed)
    step = ReviewStep.objects.get()
    assert (done.status_code, done.url) == (303, f"{URL}?done={step.pk}")
    assert listed(alice) == []
    page = alice.get(done.url).content.decode()
    assert said in page
    assert "Undo" in page
    if path == "handover":
        assert [one.kind for one in world.bob.notices.all()] == ["forwarded"]
        alice.force_login(world.bob)
        assert listed(alice) == [thread.pk]  # it is his to do now
        assert alice.post(f"{URL}steps/{step.pk}/undo/").status_code == 404
        alice.force_login(world.alice)
    alice.post(f"{URL}steps/{step.pk}/undo/")
    thread.refresh_from_db()
    assert (thread.status, thread.wake_at, thread.assignee) == (Status.OPEN, None, None)
    assert listed(alice) == [thread.pk]


def test_what_cannot_be_done_is_said_on_the_sheet(world, alice):
    thread = make.thread(world.service)
    desk = DeskSettings.fresh()
    desk.asks_reason = True
    desk.save()
    reason = CloseReason.add({"en": "Solved"})
    for path, typed, sentence in (
        ("snooze", {}, "Choose until when."),
        ("snooze", {"at": "2001-01-01T09:00"}, "within the next twelve months"),
        ("closing", {}, "Say why the thread is closed."),
        ("handover", {"to": world.charlie.pk}, "Select a valid choice"),
        ("handover", {}, "Choose to whom."),
        ("skip", {"reason": "nonsense"}, "Say why nothing has to be done"),
        ("skip", {"reason": "other", "note": " "}, "Say why nothing has to be done"),
    ):
        refused = alice.post(f"{URL}threads/{thread.pk}/{path}/", typed)
        assert (refused.status_code, sentence in refused.content.decode()) == (400, True), (path, typed)
        calm = alice.post(f"{URL}threads/{thread.pk}/{path}/", typed, headers={"HX-Request": "true"})
        assert (calm.status_code, sentence in calm.content.decode()) == (200, True)
    assert not ReviewStep.objects.exists()
    assert alice.post(f"{URL}threads/{thread.pk}/closing/", {"reason": reason.pk}).status_code == 303


def test_editing_puts_the_proposal_into_the_composer_and_never_over_ones_own_text(world, alice):
    thread = make.thread(world.service, subject="Bowls")
    there = alice.post(f"{URL}threads/{thread.pk}/draft/", {})
    assert there.url == f"/threads/{thread.pk}/?mode=reply"
    draft = Draft.objects.get()
    assert "Bowls" in draft.text
    draft.text = draft.html = "My own words"
    draft.save()
    alice.post(f"{URL}threads/{thread.pk}/draft/", {})
    draft.refresh_from_db()
    assert draft.text == "My own words"


@pytest.mark.row("WK4")
def test_a_carrier_is_asked_the_thread_waits_and_comes_back_on_its_date(world, alice, monkeypatch):
    thread = make.thread(world.service, text="My bowls have not come.")
    order = make.order(world.john, "MK-78", is_shipped=True, tracking_number="TS-1")
    thread.link(by=world.alice, order=order)
    page = alice.get(f"{URL}threads/{thread.pk}/chase/").content.decode()
    assert "MK-78" in page
    assert "TS-1" in page
    wrong = alice.post(f"{URL}threads/{thread.pk}/chase/", {"to": "nobody", "text": "", "until": ""})
    assert wrong.status_code == 400
    assert wrong.content.decode().count('class="err"') >= 3
    late = {"to": "claims@carrier.test", "text": "Where?", "at": "2001-01-01T09:00"}
    assert alice.post(f"{URL}threads/{thread.pk}/chase/", late).status_code == 400
    assert not OutgoingMail.objects.filter(message__kind="forward").exists()
    typed = {"to": "claims@carrier.test", "text": "Where is MK-78?", "until": "week", "enclose": "1"}
    assert alice.post(f"{URL}threads/{thread.pk}/chase/", typed).status_code == 303
    mail = OutgoingMail.objects.get(message__kind="forward")
    assert mail.to == ["claims@carrier.test"]
    assert "Where is MK-78?" in mail.text
    assert "My bowls have not come." in mail.text
    thread.refresh_from_db()
    assert (thread.status, thread.assignee) == (Status.PENDING_2, world.alice)
    assert thread.wake_note == "Has claims@carrier.test answered?"
    assert listed(alice) == []
    assert "Asked claims@carrier.test" in alice.get(URL).content.decode()
    assert jobs.look_at_pending() == 0
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=8))
    assert jobs.look_at_pending() == 1
    thread.refresh_from_db()
    assert (thread.status, thread.wake_at) == (Status.OPEN, None)
    assert [(one.kind, one.text) for one in world.alice.notices.all()] == [
        ("woken", "Has claims@carrier.test answered?")
    ]
    assert listed(alice) == [thread.pk]
    assert "claims@carrier.test" in alice.get(f"{URL}threads/{thread.pk}/chase/").content.decode()


@pytest.mark.row("WK4")
def test_asking_outside_is_taken_back_and_an_answer_opens_it_before_its_date(world, alice):
    thread = make.thread(world.service)
    typed = {"to": "claims@carrier.test", "text": "Where?", "until": "week"}
    alice.post(f"{URL}threads/{thread.pk}/chase/", typed)
    alice.post(f"{URL}steps/{ReviewStep.objects.get().pk}/undo/")
    thread.refresh_from_db()
    assert (thread.status, thread.wake_at, OutgoingMail.objects.get(message__kind="forward").state) == (
        "open",
        None,
        "cancelled",
    )
    alice.post(f"{URL}threads/{thread.pk}/chase/", typed)
    thread.refresh_from_db()
    thread.receive(make.mail("In our depot.", sender="claims@carrier.test"), third_party=True)
    thread.refresh_from_db()
    assert (thread.status, thread.wake_at) == (Status.OPEN, None)
    assert Event.objects.filter(thread=thread, kind=EventKind.THIRD_PARTY).exists()


def test_the_shop_says_which_of_its_texts_the_review_proposes(world, alice):
    thread = make.thread(world.service)
    alice.get(f"{URL}threads/{thread.pk}/")
    ours = PredefinedReply.objects.get(follow_up="news")
    typed = {"title": "Mine", "body_es": "Un momento.", "body_format": "text", "follow_up": "news"}
    assert alice.post("/settings/replies/new/", typed).status_code == 302
    ours.refresh_from_db()
    assert (ours.follow_up, PredefinedReply.objects.get(title="Mine").follow_up) == ("", "news")
    assert "Un momento." in alice.get(f"{URL}threads/{thread.pk}/").content.decode()
