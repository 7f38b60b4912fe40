"""What belongs to a letter beside its text: who is added, where threads are left, tags, and a voucher for each."""

import pytest

from crm.models import RecordEvent, Voucher
from helpdesk.models import LetterDraft, Mailing, OutgoingMail, Thread
from tests import make
from tests.helpdesk.mailings.letters import URL, later, people, typed


@pytest.mark.row("CL7")
def test_others_are_added_by_name_and_who_was_taken_out_is_included_again(world, bob):
    empty = " ".join(bob.get(URL).content.decode().split())  # as from the queue, for nobody yet
    assert '<h1 class="bar__title"> Write e-mail </h1>' in empty
    assert f'href="{URL}"' in bob.get("/").content.decode()
    some = people(2)
    maria, nobody = make.customer("María Gómez", "maria@x.test"), make.customer("Marta Nadie", "m@x.test")
    nobody.set_emails([])
    words = typed(world, ids=[one.pk for one in some], find="mar")
    del words["send"]
    found = bob.post(URL, words | {"look": "1"}, headers={"HX-Request": "true"})
    assert {one.pk for one in found.context["found"]} == {maria.pk, nobody.pk}
    page = bob.post(URL, words | {"add": maria.pk}).content.decode()
    assert "Write to 3 customers" in page
    assert f'name="also" value="{maria.pk}"' in page
    assert "Write to 3 customers" in bob.get(URL, {"ids": [one.pk for one in some]}).content.decode()  # as it was left
    page = bob.post(URL, words | {"also": maria.pk, "remove": some[0].pk}).content.decode()
    assert "Write to 2 customers" in page
    assert "Include P0 X" in page
    page = bob.post(URL, words | {"also": [maria.pk, nobody.pk], "without": some[0].pk, "add": some[0].pk})
    assert "Write to 3 customers" in page.content.decode()
    assert "No e-mail address" in page.content.decode()
    bob.post(URL, typed(world, ids=[one.pk for one in some], also=[maria.pk, nobody.pk], without=some[0].pk))
    mailing = Mailing.objects.get()
    rows = {row.customer_id: row.state for row in mailing.recipients.all()}
    assert rows == {some[1].pk: "waiting", maria.pk: "waiting", nobody.pk: "left_out"}
    assert not bob.post(URL, words | {"look": "1"}).context["audience"].added


@pytest.mark.row("CL7")
def test_when_it_is_sent_threads_get_a_status_and_tags(world, bob):
    some = people(2)
    page = bob.get(URL, {"ids": [one.pk for one in some]})
    assert page.context["form"]["then"].value() == "pending1"
    bob.post(URL, typed(world, ids=[one.pk for one in some], then="closed", tags="Shipping, , news"))
    mailing = Mailing.objects.get()
    assert (mailing.then, mailing.tags) == ("closed", ["Shipping", "news"])
    shown = bob.get(f"/letters/{mailing.pk}/").content.decode()
    assert "Threads are left in Closed." in shown
    later(mailing)
    for thread in Thread.objects.all():
        assert (thread.status, [tag.name for tag in thread.tags.all()]) == ("closed", ["Shipping", "news"])
    bob.post(URL, typed(world, customer=world.john.pk, form_key="k2", then="pending2", tags="news"))
    thread = Thread.objects.get(customer=world.john)
    assert (thread.status, thread.tags.get().name) == ("pending2", "news")
    refused = bob.post(URL, typed(world, customer=world.john.pk, form_key="k3", then="nonsense"))
    assert refused.status_code == 400


HERE = "<p>For you: {{ voucher.code }}, {{ voucher.worth }} off.</p>"
TEN = {"voucher-percent": "10", "voucher-valid_until": "2999-01-01", "voucher-name": "Sorry"}


@pytest.mark.row("CV10")
def test_each_who_gets_the_letter_gets_a_voucher_of_their_own(world, bob):
    some = people(2)
    words = typed(world, ids=[one.pk for one in some], body=HERE, **TEN)
    shown = bob.post(URL, words | {"show": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "10 % off" in shown
    assert "····" in shown
    assert LetterDraft.objects.get().voucher["percent"] == "10"
    assert not Voucher.objects.exists()
    bob.post(URL, words)
    mailing = Mailing.objects.get()
    assert "Each gets a voucher of 10 %." in bob.get(f"/letters/{mailing.pk}/").content.decode()
    assert not Voucher.objects.exists()  # it could still be taken back
    later(mailing)
    given = {one.customer.email: one for one in Voucher.objects.select_related("customer")}
    assert given.keys() == {"p0@x.test", "p1@x.test"}
    for mail in OutgoingMail.objects.all():
        voucher = given[mail.to[0]]
        assert f"For you: {voucher.code}, 10 % off." in mail.text
        assert (voucher.percent, voucher.name) == (10, "Sorry")
        assert RecordEvent.objects.get(customer=voucher.customer, kind="voucher_given").by == world.bob
    bob.post(URL, typed(world, customer=world.john.pk, form_key="k2", body=HERE, **TEN))
    bob.post(URL, typed(world, customer=world.john.pk, form_key="k2", body=HERE, **TEN))  # a double click
    code = world.john.vouchers.get().code
    assert code in Thread.objects.get(customer=world.john).messages.get().text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "The text speaks of a voucher"),
        ({"voucher-percent": "120"}, "More than 0 and at most 100"),
        ({"voucher-percent": "x"}, "Enter a number"),
        ({"voucher-amount": "5", "voucher-currency": "ABC"}, "Not a currency"),
        ({"voucher-percent": "5", "voucher-valid_until": "2020-01-01"}, "That day is over"),
        ({"voucher-percent": "5", "body": "<p>Hi</p>"}, "where the code is to stand"),
    ],
)
def test_a_voucher_that_cannot_be_given_is_said_at_its_field_and_nothing_leaves(world, bob, fields, sentence):
    words = typed(world, customer=world.john.pk, **{"body": HERE, **fields})
    refused = bob.post(URL, words)
    assert refused.status_code == 400
    page = refused.content.decode()
    assert sentence in page
    assert 'class="letter-voucher" open' in page or "body" in fields
    assert bob.post(URL, words, headers={"HX-Request": "true"}).status_code == 200  # the preview bears it
    assert not Thread.objects.exists()
    assert not Voucher.objects.exists()


def test_what_was_stopped_is_a_draft_again_with_all_that_belongs_to_it(world, bob):
    some = people(2)
    bob.post(URL, typed(world, ids=[one.pk for one in some], body=HERE, then="closed", tags="news", **TEN))
    mailing = Mailing.objects.get()
    bob.post(f"/letters/{mailing.pk}/stop/")
    form = bob.get(f"{URL}?again={mailing.pk}").context["form"]
    assert (form["then"].value(), form["tags"].value()) == ("closed", "news")
    assert form.voucher["percent"].value() == "10"
    assert not Voucher.objects.exists()
