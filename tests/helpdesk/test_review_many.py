"""The Friday review, many at once: parts given to an agent, and one question to several customers."""

import re
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models.signals import pre_save
from django.utils import timezone
from django.utils.translation import override

from helpdesk import intake, letters
from helpdesk.models import (
    BulkFollowUp,
    Delegation,
    Event,
    EventKind,
    FollowUpRow,
    Message,
    Notice,
    OutgoingMail,
    PredefinedReply,
    ReviewStep,
    Status,
    Thread,
)
from helpdesk.review import jobs
from helpdesk.statistics import weekly_mail
from tests import make
from tests.helpdesk.test_review import listed

URL = "/review/"


@pytest.fixture
def alice(world, client):
    world.alice.language = "en"
    world.alice.save()
    client.force_login(world.alice)
    return client


@pytest.fixture
def eva(world):
    return make.agent("Eva Ruiz", contacts=(world.service,), language="en")


def friday():
    today = timezone.localdate()
    return today + timedelta(days=(4 - today.weekday()) % 7)


def threads(world, n, **more):
    return [make.thread(world.service, sender=f"p{one}@x.test", subject=f"Case {one}", **more) for one in range(n)]


def given(who, chosen, **more):
    return {"to": who.pk, "due_on": friday().isoformat(), "form_key": "k1", "ids": [one.pk for one in chosen], **more}


@pytest.mark.row("WK2")
def test_twelve_are_given_to_eva_until_friday_who_is_told_once_and_works_them_off(world, alice, eva):
    found = threads(world, 14)
    page = alice.get(f"{URL}delegations/new/", {"ids": [one.pk for one in found[:12]]}).content.decode()
    assert "Delegate 12 threads" in page
    assert f'value="{friday().isoformat()}"' in page
    assert alice.post(f"{URL}delegations/", given(eva, found[:12], note="Before the fair")).status_code == 303
    assert alice.post(f"{URL}delegations/", given(eva, found[:12])).status_code == 303  # a double click
    delegation = Delegation.objects.get()
    assert (delegation.to, delegation.due_on, delegation.by, delegation.rows.count()) == (
        eva,
        friday(),
        world.alice,
        12,
    )
    assert Thread.objects.filter(assignee=eva).count() == 12
    told = Notice.objects.get(agent=eva)
    assert (told.kind, told.delegation, told.by_name) == ("delegated", delegation, "Alice Supervisor")
    assert told.text.startswith("12 threads to follow up by Friday")
    assert told.text.endswith("Before the fair")
    mail = OutgoingMail.objects.get(kind="notice")
    assert mail.to == ["eva@shop.test"]
    assert f"/review/?of={delegation.pk}" in mail.text
    assert "goes to the customer" not in mail.text
    event = found[0].events.get(kind=EventKind.DELEGATED)
    assert event.sentence.startswith("Alice Supervisor gave it to Eva Ruiz, to follow up until ")
    assert jobs.go_on() == 0

    assert set(listed(alice)) == {one.pk for one in found[12:]}
    page = alice.get(URL).content.decode()
    assert "12 given to a colleague" in page
    assert "0 of 12" in page
    assert len(listed(alice, f"?of={delegation.pk}")) == 12

    alice.force_login(eva)
    page = alice.get("/notices/").content.decode()
    assert f'href="/review/?of={delegation.pk}"' in page
    assert "<b>Alice Supervisor</b> gave you threads to follow up" in page
    assert "Given to you" in alice.get(URL).content.decode()
    assert len(listed(alice)) == 14  # hers, and what is nobody's
    own = listed(alice, f"?of={delegation.pk}")
    assert own == [one.pk for one in found[:12]]
    Thread.objects.get(pk=own[0]).reply("Done.", by=eva)
    alice.post(f"{URL}threads/{own[1]}/closing/", {"from": f"of={delegation.pk}"})
    page = alice.get(f"{URL}?of={delegation.pk}").content.decode()
    assert "2 of 12" in page
    assert listed(alice, f"?of={delegation.pk}") == own[2:]
    assert alice.get(f"{URL}threads/{own[2]}/?of={delegation.pk}").status_code == 200


@pytest.mark.row("WK2")
def test_what_eva_may_not_see_is_left_out_and_a_part_is_taken_back_or_given_on_or_late(world, alice, eva, monkeypatch):
    mine, other = threads(world, 3), make.thread(world.accounting, sender="other@x.test")
    page = alice.post(f"{URL}delegations/", given(eva, [*mine, other]), follow=True).content.decode()
    assert "3 threads given to Eva Ruiz." in page
    assert "1 was left out: Eva Ruiz does not belong to its contact." in page
    assert Delegation.objects.get().rows.get(thread=other).state == "left_out"
    first = Delegation.objects.get()
    alice.post(f"{URL}delegations/", given(world.bob, mine[:1], form_key="k2"))
    assert first.rows.get(thread=mine[0]).state == "moved"
    assert "0 of 2" in alice.get(URL).content.decode()
    assert alice.post(f"{URL}delegations/{first.pk}/end/").status_code == 303
    assert set(listed(alice)) == {mine[1].pk, mine[2].pk, other.pk}
    assert Thread.objects.get(pk=mine[1].pk).assignee == eva
    first.refresh_from_db()
    assert (first.ended_by, first.ended_at is not None, first.end(by=world.alice)) == (world.alice, True, False)
    ends = Event.objects.filter(kind=EventKind.UNDELEGATED).order_by("thread")
    assert list(ends.values_list("thread", "actor")) == [(one.pk, world.alice.pk) for one in mine[1:]]
    assert ends[0].sentence.startswith("Alice Supervisor took it back: Eva Ruiz was to follow it up until ")
    assert "took it back" in alice.get(f"/threads/{mine[1].pk}/").content.decode()
    assert not mine[0].events.filter(kind=EventKind.UNDELEGATED).exists()
    told = Notice.objects.get(agent=eva, kind="taken_back")
    assert told.text == "2 threads; they stay assigned as they are"
    mail = OutgoingMail.objects.filter(kind="notice", to=[eva.email]).latest("pk")
    assert "/review/\n" in mail.text
    late = friday() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *args, **more: late)
    page = alice.get(URL).content.decode()
    assert "Was due" in page
    assert mine[0].pk in listed(alice)  # late: everybody's again


@pytest.mark.row("WK2")
def test_only_supervisors_delegate_and_bad_input_is_told_at_its_field(world, alice, eva):
    found = threads(world, 1)
    for typed, sentence in (
        (given(eva, found, due_on="2001-01-01"), "Choose a day from today on"),
        (given(eva, found, due_on="soon"), "Write a day, such as"),
        (given(eva, found, to=""), "Choose who is to follow them up."),
        (given(eva, []), "No thread is selected"),
    ):
        refused = alice.post(f"{URL}delegations/", typed)
        assert (refused.status_code, sentence in refused.content.decode()) == (400, True), typed
    assert not Delegation.objects.exists()
    alice.post(f"{URL}delegations/", given(eva, found))
    part = Delegation.objects.get()
    alice.force_login(world.bob)
    assert alice.get(f"{URL}delegations/new/").status_code == 403
    assert alice.post(f"{URL}delegations/", given(eva, found)).status_code == 403
    assert alice.post(f"{URL}delegations/{part.pk}/end/").status_code == 403
    assert alice.get(f"{URL}?of={part.pk}").status_code == 404


def test_a_delegation_that_was_killed_half_way_goes_on_and_tells_once(world, eva):
    found = threads(world, 3)
    made = Delegation.objects.create(to=eva, by=world.alice, due_on=friday(), week=date(2026, 11, 23), form_key="k")
    made.rows.bulk_create([made.rows.model(delegation=made, thread=one) for one in found])
    made.rows.first().hand_out(made)  # and then the machine went down
    assert not Notice.objects.exists()
    with transaction.atomic():
        assert made.end(by=world.alice)  # taken back by now, the rest stays where it is, and nobody knew
        assert (jobs.go_on(), Notice.objects.exists()) == (0, False)
        assert sorted(made.rows.values_list("state", flat=True)) == ["given", "left_out", "left_out"]
        transaction.set_rollback(True)
    assert jobs.go_on() == 2
    assert jobs.go_on() == 0
    assert Notice.objects.get().text.startswith("3 threads")
    assert Thread.objects.filter(assignee=eva).count() == 3


# -- one question to several ------------------------------------------------------------------------


def asked(found, **more):
    reply = PredefinedReply.objects.get(follow_up="arrived")
    return {"ids": [one.pk for one in found], "reply": reply.pk, "form_key": "f1", **more}


def later():
    """The time to undo is over."""
    BulkFollowUp.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    return jobs.go_on()


def with_orders(world, n):
    """Threads of customers who have an order; the first is linked to it, the others are not."""
    found = threads(world, n)
    for one in range(n):
        customer = make.customer(f"P{one} X", f"p{one}@x.test", language="es" if one == 1 else "en")
        order = make.order(customer, f"MK-{500 + one}", is_shipped=True)
        language = {"language": customer.language}
        Thread.objects.filter(pk=found[one].pk).update(**({"order": order} if one == 0 else {}), **language)
        found[one].link(by=world.alice, customer=customer)
    return found


@pytest.mark.row("WK3")
def test_five_are_asked_each_in_their_own_thread_with_their_own_reference_and_an_answer_reopens(world, alice):
    found = with_orders(world, 6)
    unwanted = found[5].customer
    unwanted.do_not_contact = True
    unwanted.save()
    nobody = make.thread(world.service, sender="stranger@x.test")
    page = alice.get(f"{URL}follow-ups/new/", {"ids": [one.pk for one in [*found, nobody]]}).content.decode()
    assert "Send 5 mails" in page
    assert "Must not be contacted" in page
    assert "Missing: order.reference" in page
    assert "MK-500" in page
    begun = alice.post(f"{URL}follow-ups/", asked([*found, nobody]))
    job = BulkFollowUp.objects.get()
    assert (begun.status_code, begun.url) == (303, f"{URL}follow-ups/{job.pk}/")
    alice.post(f"{URL}follow-ups/", asked([*found, nobody]))  # a double click
    assert BulkFollowUp.objects.count() == 1
    assert jobs.go_on() == 0  # there is still time to undo
    assert "Undo" in alice.get(begun.url).content.decode()
    assert later() == 5
    assert jobs.go_on() == 0
    replies = {one.thread_id: one for one in Message.objects.filter(kind="reply")}
    assert set(replies) == {one.pk for one in found[:5]}
    for n in range(5):
        assert f"MK-{500 + n}" in replies[found[n].pk].text
        assert replies[found[n].pk].recipients["to"] == [f"p{n}@x.test"]
        assert "Has it arrived" in replies[found[n].pk].text or n == 1
    assert "¿Te ha llegado" in replies[found[1].pk].text
    assert dict(job.rows.filter(state="left_out").values_list("thread", "reason")) == {
        found[5].pk: "Must not be contacted",
        nobody.pk: "Missing: order.reference",
    }
    page = alice.get(begun.url).content.decode()
    assert "5 of 5 written" in page
    assert "Must not be contacted" in page
    assert set(ReviewStep.objects.values_list("kind", "by__name")) == {("sent", "Alice Supervisor")}
    thread = Thread.objects.get(pk=found[2].pk)
    assert (thread.status, thread.needs_answer) == (Status.PENDING_1, False)
    message = replies[thread.pk]
    answer = make.mail("Yes, thank you.", sender="p2@x.test", in_reply_to=(message.message_id,))
    intake.deliver(answer, contact=world.service, routed=False)
    thread.refresh_from_db()
    assert (thread.status, thread.needs_answer, thread.message_count) == (Status.OPEN, True, 3)


@pytest.mark.row("WK3")
def test_a_killed_job_goes_on_where_it_stopped_and_nobody_is_written_to_twice(world, alice):
    found = with_orders(world, 4)
    alice.get(f"{URL}follow-ups/new/")
    alice.post(f"{URL}follow-ups/", asked(found))
    alice.post(f"{URL}follow-ups/", asked(found, form_key="f2"))  # the same threads in a second job

    def refuse(instance, **_more):
        if instance.to == ["p2@x.test"]:
            raise KeyboardInterrupt  # as a kill: nothing is caught

    pre_save.connect(refuse, sender=OutgoingMail)
    with pytest.raises(KeyboardInterrupt):
        later()
    pre_save.disconnect(refuse, sender=OutgoingMail)
    states = list(FollowUpRow.objects.filter(job__form_key="f1").values_list("state", flat=True))
    written = Message.objects.filter(kind="reply").count()
    assert (states.count("written") + states.count("waiting"), 0 < written < 4) == (4, True)
    assert jobs.go_on() == 4 - written
    assert Message.objects.filter(kind="reply").count() == OutgoingMail.objects.filter(kind="message").count() == 4
    assert set(FollowUpRow.objects.filter(job__form_key="f1").values_list("state", flat=True)) <= {
        "written",
        "left_out",
    }
    left = FollowUpRow.objects.filter(state="left_out")
    assert left.count() == 4
    assert all(re.match("Alice Supervisor followed it up on ", row.reason) for row in left)


def test_a_job_is_stopped_and_tried_again_and_is_its_authors_and_supervisors_only(world, alice, caplog):
    found = with_orders(world, 3)
    alice.force_login(world.bob)
    alice.get(f"{URL}follow-ups/new/")
    alice.post(f"{URL}follow-ups/", asked(found[:2]))
    job = BulkFollowUp.objects.get()
    page = alice.post(f"{URL}follow-ups/{job.pk}/stop/", follow=True).content.decode()
    assert "nothing is sent in 2 threads" in page
    assert later() == 0
    alice.post(f"{URL}follow-ups/", asked(found[2:], form_key="f2"))

    def refuse(**_more):
        raise RuntimeError("The disk is full.")

    pre_save.connect(refuse, sender=OutgoingMail)
    assert later() == 0
    pre_save.disconnect(refuse, sender=OutgoingMail)
    second = BulkFollowUp.objects.get(form_key="f2")
    assert "The disk is full." in alice.get(f"{URL}follow-ups/{second.pk}/").content.decode()
    assert f"FollowUpRow {second.pk} → #{found[2].pk}: nothing was written" in caplog.text
    alice.post(f"{URL}follow-ups/{second.pk}/retry/")
    assert later() == 1
    alice.force_login(world.charlie)
    for path in ("", "stop/", "retry/"):
        way = alice.post if path else alice.get
        assert way(f"{URL}follow-ups/{second.pk}/{path}").status_code == 404
    assert "No thread is selected" in alice.get(f"{URL}follow-ups/new/", {"ids": [found[0].pk]}).content.decode()
    refused = alice.post(f"{URL}follow-ups/", asked(found, form_key="f3"))
    assert refused.status_code == 400
    alice.force_login(world.alice)
    assert alice.get(f"{URL}follow-ups/{second.pk}/").status_code == 200


def test_the_queue_leads_to_both_with_what_is_ticked_there(world, alice, eva):
    found = threads(world, 3)
    menus = alice.get("/changes/new/", {"ids": [one.pk for one in found], "filters": ""}).content.decode()
    assert 'formaction="/review/delegations/new/"' in menus
    assert 'formaction="/review/follow-ups/new/"' in menus
    page = alice.get(f"{URL}delegations/new/", {"all": "1", "filters": "status=open"}).content.decode()
    assert "Delegate 3 threads" in page
    assert 'href="/?status=open"' in page
    alice.post(f"{URL}delegations/", given(eva, [], all="1", filters="status=open"))
    assert Delegation.objects.get().rows.count() == 3


def test_the_mail_of_the_week_tells_what_was_done_in_its_review(world, alice):
    found, week = threads(world, 4), date(2026, 11, 16)
    for thread in found[:2]:
        ReviewStep.objects.skip(thread, "supplier", by=world.alice, week=week)
    ReviewStep.objects.skip(found[2], "phone", by=world.alice, week=week)
    ReviewStep.objects.close(found[3], by=world.alice, week=week)
    due = timezone.now().replace(year=2026, month=11, day=23, hour=8)
    with override("en"):
        told = weekly_mail.words(world.alice, due)
    assert [(str(line.label), line.count, line.reasons) for line in told["review"]] == [
        ("Closed", 1, ()),
        ("Skipped", 3, (("Waiting for the supplier", 2), ("Spoken by phone", 1))),
    ]
    letter = letters.queue_week(world.alice, lambda: told, unsubscribe="https://x.test/")
    for text in (letter.text, letter.html):
        assert text.count("Friday review") == 1
        assert "/review/?week=2026-W47" in text
        assert "Waiting for the supplier: 2" in text


def test_all_that_are_left_can_be_meant_at_once(world, alice, eva):
    found = threads(world, 5)
    found[0].close(by=world.alice)
    alice.post(f"{URL}delegations/", given(eva, [], all="1", **{"from": "group=unanswered"}))
    assert Delegation.objects.get().rows.count() == 4
