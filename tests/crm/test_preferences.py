"""The shop's choices about records, and the page of security and data."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Customer, PrivacyRequest, RecordEvent, RecordSettings, Visit
from helpdesk.models import Thread
from tests import make


@pytest.fixture
def alice(world, client):
    client.force_login(world.alice)
    return client


CHOICES = {"currency": "eur", "country": "PT", "title_use": "team", "business": "on", "partner_offers": "on"}


@pytest.mark.row("PR1")
@pytest.mark.row("CL10")
def test_a_choice_changes_the_form_of_a_customer(world, alice):
    answer = alice.post(
        "/settings/records/", {**CHOICES, "required_customer": ["last_name"], "registration_mail": "on"}
    )
    assert answer.status_code == 303
    records = RecordSettings.load()
    assert (records.currency, records.country, records.birthdays, records.registration_mail) == (
        "EUR",
        "PT",
        False,
        True,
    )
    assert records.history.first().history_user == world.alice
    page = alice.get("/customers/new/").content.decode()
    assert ('name="birthday"' in page, 'name="tax_number"' in page) == (False, True)
    assert '<option value="PT" selected>' in page
    refused = alice.post("/customers/new/", {"email": "ana@post.test", "is_active": "on"})
    assert "The shop asks for this." in refused.content.decode()


@pytest.mark.row("CL10")
def test_the_form_is_shown_before_it_is_saved(alice):
    shown = alice.get(
        "/settings/records/preview/?birthdays=on&title_use=off&required_customer=birthday"
    ).content.decode()
    assert "Birthday" in shown
    assert shown.count("required") == 1
    for hidden in ("Tax number", "Social title"):
        assert hidden not in shown
    assert "Birthday" in alice.get("/settings/records/").content.decode()


def test_nonsense_is_refused_at_its_field(alice):
    answer = alice.post("/settings/records/", {**CHOICES, "currency": "€"})
    assert "Three letters, as in EUR." in answer.content.decode()
    assert alice.post("/settings/records/", {**CHOICES, "required_customer": ["newsletter"]}).status_code == 400


@pytest.mark.row("AR30")
def test_every_setting_has_a_help_line(alice):
    import re

    page = alice.get("/settings/records/").content.decode()
    asked = set(re.findall(r'<(?:input|select)[^>]* id="(id_\w+)"', page)) - set(re.findall(r'id="(id_\w+_\d+)"', page))
    assert asked <= set(re.findall(r'id="(id_\w+)_helptext"', page))


@pytest.mark.row("CV12")
@pytest.mark.row("CF10")
def test_how_long_things_are_kept_is_set_with_tonights_count(world, alice):
    Visit.objects.create(customer=world.john, began_at=timezone.now() - timedelta(days=50))
    page = alice.get("/settings/privacy/").content.decode()
    assert '<td class="num r">1</td>' not in page
    answer = alice.post("/settings/privacy/", {"cart_days": "0", "visit_days": "40", "bin_days": "10"})
    assert answer.status_code == 303
    assert '<td class="num r">1</td>' in alice.get("/settings/privacy/").content.decode()
    assert alice.post("/settings/privacy/", {"cart_days": "-1", "visit_days": "0", "bin_days": "x"}).status_code == 400


@pytest.mark.row("CF10")
def test_a_request_has_the_laws_day_and_ends_with_the_erasing(world, alice):
    today = timezone.localdate()
    asked = {"who": str(world.john.pk), "kind": "erasure", "received_on": today.isoformat(), "words": "Thread 12"}
    assert alice.post("/settings/privacy/requests/", {**asked, "who": "nobody@x.test"}).status_code == 400
    late = {**asked, "received_on": (today + timedelta(days=3)).isoformat()}
    assert "That day has not come yet." in alice.post("/settings/privacy/requests/", late).content.decode()
    assert alice.post("/settings/privacy/requests/", asked).status_code == 303
    request = PrivacyRequest.objects.get()
    assert (request.due_on - today, request.by) == (timedelta(days=30), world.alice)
    page = alice.get("/settings/privacy/").content.decode()
    assert "John Doe asks for that their data is erased" in page
    assert f"/customers/{world.john.pk}/erase/" in page
    alice.post(f"/customers/{world.john.pk}/erase/", {"code": str(world.john.pk)})
    request.refresh_from_db()
    assert (request.done_by, request.words) == (world.alice, "")


def test_a_copy_is_answered_by_hand(world, alice):
    request = PrivacyRequest.objects.note(world.john, "copy", by=world.alice, received_on=timezone.localdate())
    alice.post(f"/settings/privacy/requests/{request.pk}/")
    assert not PrivacyRequest.objects.open().exists()


@pytest.mark.row("CV12")
def test_the_audit_says_who_did_what_and_has_no_way_to_change_it(world, alice):
    world.john.trash(by=world.bob)
    page = alice.get("/settings/privacy/").content.decode()
    assert "Bob Agent" in page
    assert "Moved to the bin" in page
    assert Customer.objects.in_bin().count() == 1


@pytest.mark.row("CV12")
def test_the_audit_is_taken_out_as_a_file_and_that_is_written_down(world, alice):
    Customer.objects.filter(pk=world.john.pk).update(first_name="=John")
    world.john.trash(by=world.bob)
    for kind, begins in (("csv", "\ufeffWhen,".encode()), ("xlsx", b"PK")):
        answer = alice.post("/settings/privacy/audit/", {"kind": kind})
        file = b"".join(answer.streaming_content)
        assert file.startswith(begins)
        assert f".{kind}" in answer.headers["Content-Disposition"]
        if kind == "csv":
            line = file.decode().splitlines()[2]  # the newest is this export itself
            assert "Bob Agent,Moved to the bin,'=John Doe" in line
    assert RecordEvent.objects.filter(kind="exported", by=world.alice).count() == 2
    assert alice.get("/settings/privacy/audit/").status_code == 405


def test_what_the_desk_keeps_of_messages_stands_on_the_page_of_security_too(world, alice):
    thread = make.thread(world.service)
    thread.messages.update(ip="203.0.113.9", created_at=timezone.now() - timedelta(days=91))
    thread.trash(by=world.alice)
    Thread.objects.update(trashed_at=timezone.now() - timedelta(days=31))
    assert "/settings/kept/" in alice.get("/settings/privacy/").content.decode()
    page = " ".join(alice.get("/settings/kept/").content.decode().split())
    assert 'messages</th> <td class="num">90</td>' in page
    assert page.count('<td class="num r">1</td>') == 2


def test_only_supervisors_choose(world, client):
    client.force_login(world.bob)
    for path in ("/settings/records/", "/settings/records/preview/", "/settings/privacy/", "/settings/kept/"):
        assert client.get(path).status_code == 403
    for path in (
        "/settings/privacy/audit/",
        "/settings/privacy/requests/",
        "/settings/privacy/requests/1/",
        "/settings/records/",
    ):
        assert client.post(path).status_code == 403


def test_the_page_of_security_takes_as_many_queries_for_many_events_as_for_one(
    world, alice, django_assert_max_num_queries
):
    def add(n):
        person = make.customer(f"Person {n}", f"person{n}@post.test")
        person.trash(by=world.bob)
        PrivacyRequest.objects.note(person, "copy", by=world.alice, received_on=timezone.localdate())

    add(0)
    with CaptureQueriesContext(connection) as one:
        alice.get("/settings/privacy/")
        alice.get("/settings/privacy/bin/")
    for n in range(1, 12):
        add(n)
    with django_assert_max_num_queries(len(one)):
        alice.get("/settings/privacy/")
        alice.get("/settings/privacy/bin/")
