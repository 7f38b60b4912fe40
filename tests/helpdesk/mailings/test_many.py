"""Letters to several customers: what each gets, what is asked first, when it leaves, and what goes wrong."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import Customer
from helpdesk import mailings, personal
from helpdesk.models import (
    Attachment,
    Mailing,
    MailingRecipient,
    OutgoingMail,
    Thread,
)
from tests import make
from tests.helpdesk.mailings.letters import URL, later, people, refusing, typed


@pytest.mark.row("CL7")
def test_several_get_a_mail_and_a_thread_each_and_nobody_sees_the_others(world, bob):
    some = people(3)
    shown = bob.get(URL, {"ids": [one.pk for one in some]}).content.decode()
    assert "Send 3 mails" in shown
    went = bob.post(URL, typed(world, ids=[one.pk for one in some]))
    mailing = Mailing.objects.get()
    assert went.url == f"/letters/{mailing.pk}/"
    assert mailings.send_due() == 0  # the time to undo
    assert "Undo" in bob.get(went.url).content.decode()
    assert later(mailing) == 3
    assert mailings.send_due() == 0
    assert sorted(tuple(one.to) for one in OutgoingMail.objects.all()) == [(f"p{n}@x.test",) for n in range(3)]
    assert not any(one.cc for one in OutgoingMail.objects.all())
    assert Thread.objects.count() == 3
    assert "3 of 3 written" in bob.get(went.url, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.row("CL7")
def test_all_that_the_filter_matches_are_found_on_the_server_and_many_are_asked_about_first(world, bob):
    people(25, newsletter=True)
    asked = {"all": "1", "filters": "newsletter=1"}
    assert "Write to 25 customers" in bob.get(URL, asked).content.decode()
    went = bob.post(URL, typed(world, **asked))
    mailing = Mailing.objects.get()
    assert "0 of 25 checked" in bob.get(went.url).content.decode()
    assert later(mailing) == 0  # nothing leaves unasked
    assert mailings.check_due() == 25
    assert mailings.check_due() == 0
    shown = bob.get(went.url, headers={"HX-Request": "true"}).content.decode()
    assert "25 customers get this mail" in shown
    assert later(mailing) == 0
    bob.post(f"{went.url}confirmation/")
    assert mailings.send_due() == 0  # the time to undo
    assert later(mailing) == 25
    assert not Thread.objects.filter(customer=world.john).exists()
    assert bob.post(f"{went.url}confirmation/").status_code == 303
    assert mailings.send_due() == 0


@pytest.mark.row("CL7")
def test_before_many_are_asked_about_a_job_finds_who_would_get_a_hole_and_one_may_go_back(world, bob):
    world.bob.language = "en"
    world.bob.save()
    some = people(24)
    order = make.order(some[0])
    Customer.objects.filter(pk=some[1].pk).update(do_not_contact=True)
    form = typed(world, ids=[one.pk for one in some], body="<p>Order {{ order.reference }}.</p>")
    went = bob.post(URL, form)
    mailings.check_due()
    shown = bob.get(went.url).content.decode()
    assert "1 customer gets this mail" in shown
    assert "23 customers will not get this mail" in shown
    assert "Missing: order.reference" in shown
    assert "Must not be contacted" in shown
    back = bob.post(f"{went.url}stop/", {"back": "1"})
    page = bob.get(back.url).content.decode()
    assert "Write to 23 customers" in page
    assert "Order {{ order.reference }}." in page
    assert later(Mailing.objects.get()) == 0
    again = {**form, "again": Mailing.objects.get().pk, "ids": [], "form_key": "k2", "body": "<p>Hi.</p>"}
    second = Mailing.objects.get(pk=int(bob.post(URL, again).url.split("/")[-2]))
    mailings.check_due()
    assert second.confirm()
    assert later(second) == 23
    assert order.reference not in OutgoingMail.objects.latest("pk").text


@pytest.mark.row("CL7")
def test_a_file_for_several_is_stored_once_and_lasts_as_long_as_somebody_has_it(
    world, bob, django_capture_on_commit_callbacks
):
    some = people(3)
    bob.post(URL, typed(world, ids=[one.pk for one in some], files=SimpleUploadedFile("a.txt", b"hello")))
    mailing = Mailing.objects.get()
    assert later(mailing) == 3
    assert [[one.name for one in mail.attachments.all()] for mail in OutgoingMail.objects.all()] == [["a.txt"]] * 3
    assert all(outgoing.attachments.get().as_mail_file().content == b"hello" for outgoing in OutgoingMail.objects.all())
    assert Thread.objects.filter(attachment_count=1).count() == 3
    assert len(set(Attachment.objects.values_list("file", flat=True))) == 1
    for one in some:
        with django_capture_on_commit_callbacks(execute=True):
            personal.erase(one.pk, [one.email])
        left = Attachment.objects.first()
        assert left.as_mail_file().content == b"hello"
    stored, name = left.file.storage, left.file.name
    with django_capture_on_commit_callbacks(execute=True):
        left.drop()
    assert not stored.exists(name)


@pytest.mark.row("CL7")
@pytest.mark.row("AR14")
def test_a_mail_leaves_at_the_time_that_was_chosen_and_can_be_cancelled_until_then(world, bob, time_machine):
    time_machine.move_to("2026-11-18T08:00Z", tick=False)
    for key, chosen in (("one", {"customer": world.john.pk}), ("two", {"ids": [one.pk for one in people(2)]})):
        went = bob.post(URL, typed(world, **chosen, send_at="2026-11-19T09:00", form_key=key))
        assert "/letters/" in went.url, chosen
    one, two = Mailing.objects.order_by("pk")
    assert "1 mail leaves on" in bob.get(f"/letters/{one.pk}/").content.decode()
    assert "Leaves on" in bob.get("/letters/").content.decode()
    time_machine.move_to("2026-11-19T06:00Z", tick=False)
    assert mailings.send_due() == 0
    bob.post(f"/letters/{two.pk}/stop/")
    assert 'value="2026-11-19T09:00"' in bob.get(f"{URL}?again={two.pk}").content.decode()
    time_machine.move_to("2026-11-19T10:00Z", tick=False)
    assert mailings.send_due() == 1
    assert OutgoingMail.objects.get().to == ["john@example.com"]
    late = bob.post(URL, typed(world, customer=world.john.pk, send_at="2026-11-19T09:00", form_key="late"))
    assert late.status_code == 400
    assert "still to come" in late.content.decode()


@pytest.mark.row("CL7")
def test_who_cannot_be_written_to_is_left_out_with_the_reason(world, bob):
    one, two, off, mute, nobody = people(5)
    Customer.objects.filter(pk=off.pk).update(is_active=False)
    Customer.objects.filter(pk=mute.pk).update(do_not_contact=True)
    nobody.emails.all().delete()
    chosen = [each.pk for each in (one, two, off, mute, nobody)]
    page = bob.get(URL, {"ids": chosen}).content.decode()
    for reason in ("The account is disabled", "Must not be contacted", "No e-mail address", "2, 3 left out"):
        assert reason in page, reason
    bob.post(URL, typed(world, ids=chosen))
    assert later(Mailing.objects.get()) == 2
    reasons = dict(MailingRecipient.objects.filter(state="left_out").values_list("customer", "reason"))
    assert set(reasons) == {off.pk, mute.pk, nobody.pk}
    told = bob.get(f"/letters/{Mailing.objects.get().pk}/").content.decode()
    assert "Who got nothing" in told
    alone = bob.post(URL, typed(world, customer=mute.pk))
    assert alone.status_code == 400
    assert "Nobody is left to write to" in alone.content.decode()


@pytest.mark.row("CL7")
def test_a_missing_value_leaves_that_person_out_and_says_so(world, bob):
    with_order, without = people(2)
    order = make.order(with_order)
    body = "<p>Order {{ order.reference }}.</p>"
    chosen = {"ids": [with_order.pk, without.pk], "body": body}
    seen = bob.post(URL, typed(world, **chosen, show="2"), headers={"HX-Request": "true"}).content.decode()
    assert "there is no value for order.reference" in seen
    bob.post(URL, typed(world, **chosen))
    assert later(Mailing.objects.get()) == 1
    thread = Thread.objects.get()
    assert thread.order == order
    assert MailingRecipient.objects.get(customer=without).reason == "Missing: order.reference"
    single = bob.post(URL, typed(world, customer=without.pk, body=body, form_key="k2"))
    assert single.status_code == 400
    assert "Missing: order.reference" in single.content.decode()


def test_undone_in_time_nobody_gets_anything_and_the_text_is_not_lost(world, bob):
    bob.post(URL, typed(world, ids=[one.pk for one in people(2)]))
    mailing = Mailing.objects.get()
    bob.post(f"/letters/{mailing.pk}/stop/")
    assert later(mailing) == 0
    assert not Thread.objects.exists()
    again = bob.get(f"{URL}?again={mailing.pk}").content.decode()
    assert "Write to 2 customers" in again
    assert "Hi {{ customer.first_name }}." in again


def test_a_row_that_fails_is_told_the_others_are_written_and_it_can_be_tried_again(world, bob, caplog):
    some = people(3)
    bob.post(URL, typed(world, ids=[one.pk for one in some]))
    mailing = Mailing.objects.get()
    with refusing(some[1]):
        assert later(mailing) == 2
    assert "nothing was written" in caplog.text
    page = bob.get(f"/letters/{mailing.pk}/").content.decode()
    assert "1 mail could not be written" in page
    assert "P1 X" in page.split("Who got nothing")[1]
    assert Thread.objects.count() == 2
    bob.post(f"/letters/{mailing.pk}/retry/")
    assert mailings.send_due() == 1
    assert mailing.progress()["written"] == 3
    assert Thread.objects.count() == 3


def test_the_same_form_twice_is_one_mailing(world, bob):
    form = typed(world, ids=[one.pk for one in people(2)])
    assert bob.post(URL, form).url == bob.post(URL, form).url
    assert MailingRecipient.objects.count() == 2


def test_a_long_list_costs_no_more_queries_than_a_short_one(world, bob, django_assert_max_num_queries):
    people(40)
    with django_assert_max_num_queries(45):
        bob.get(URL, {"all": "1", "filters": ""})
