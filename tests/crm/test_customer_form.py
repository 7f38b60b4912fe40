"""The form of a customer's record: entering, editing, and two people at once."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from crm.models import Customer, CustomerGroup, SocialTitle
from tests import make
from tests.crm.test_record import prefer


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def fields_of(page):
    """What a browser would send back untouched."""
    form = page[page.index('id="record"') : page.index("</form>", page.index('id="record"'))]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = attributes.get("type", "text")
        if kind in {"checkbox", "radio"} and " checked" not in tag:
            continue
        name = attributes.get("name", "csrfmiddlewaretoken")
        sent.setdefault(name, []).append(attributes.get("value", "on" if kind == "checkbox" else ""))
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = [chosen.group(1) if chosen else ""]
    return sent


def opened(client, customer):
    return fields_of(client.get(f"/customers/{customer.pk}/edit/").content.decode())


def save(client, customer, fields, **changes):
    return client.post(f"/customers/{customer.pk}/edit/", {**fields, **changes})


@pytest.mark.row("CL11")
@pytest.mark.row("AR2")
def test_a_customer_with_only_an_e_mail_is_entered(bob):
    page = bob.get("/customers/new/?email=ana@post.test&first_name=Ana").content.decode()
    assert 'value="ana@post.test"' in page
    assert 'value="Ana"' in page
    answer = bob.post("/customers/new/", fields_of(page))
    ana = Customer.objects.for_email("ana@post.test")
    assert answer.url == f"/customers/{ana.pk}/"
    assert (ana.first_name, ana.group, ana.is_active) == ("Ana", CustomerGroup.fixed("customer"), True)


@pytest.mark.row("CF1")
@pytest.mark.row("AR20")
def test_everything_wrong_is_said_at_once_and_what_was_typed_stays(world, bob):
    sent = {"email": "ANA@@x.com", "phone": "600 000 12", "phone_country": "ES", "first_name": "www.spam.test"}
    answer = bob.post("/customers/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "3 things to fix" in page
    for said in ("One @ too many in ana@@x.com", "Digits are missing. Example: 612 34 56 78", "A name, not a web"):
        assert said in page
    for typed in ("ANA@@x.com", "600 000 12", "www.spam.test"):
        assert f'value="{typed}"' in page
    assert not Customer.objects.exclude(pk=world.john.pk).exists()


@pytest.mark.row("CF1")
def test_an_e_mail_that_somebody_has_is_refused_at_its_field(world, bob):
    answer = bob.post("/customers/new/", {"email": "JOHN@example.COM", "is_active": "on"})
    assert answer.status_code == 400
    assert f"John Doe (no. {world.john.pk}) already has this e-mail." in answer.content.decode()


@pytest.mark.row("CF9")
@pytest.mark.row("AR8")
def test_the_form_shows_what_is_there_and_changes_only_what_was_changed(world, bob):
    world.john.edit(
        {"phone": "600000123", "birthday": date(1992, 2, 4), "links": [("Album", "https://a.test/1")]}, by=world.alice
    )
    fields = opened(bob, world.john)
    assert (fields["phone"], fields["birthday"], fields["email"]) == (
        ["600 00 01 23"],
        ["1992-02-04"],
        ["john@example.com", ""],
    )
    told = world.john.history.count()
    assert save(bob, world.john, fields).status_code == 303
    assert world.john.history.count() == told
    save(bob, world.john, fields, last_name="Dow")
    world.john.refresh_from_db()
    assert (world.john.last_name, world.john.phone, world.john.history.first().history_user) == (
        *("Dow", "+34600000123"),
        world.bob,
    )


@pytest.mark.row("CF9")
def test_the_second_of_two_saves_hears_what_the_first_changed(world, bob, client):
    fields = opened(bob, world.john)
    world.john.edit({"phone": "600000999", "emails": ["j@work.test", "john@example.com"]}, by=world.alice)
    answer = save(bob, world.john, fields, last_name="Dow")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Alice Supervisor saved this record at" in page
    assert "600 00 09 99" in page
    assert "j@work.test, john@example.com" in page
    assert 'value="Dow"' in page
    assert Customer.objects.get(pk=world.john.pk).last_name == "Doe"
    assert save(bob, world.john, fields_of(page)).status_code == 409, "saving again overwrites nothing either"


@pytest.mark.row("CF9")
def test_joining_takes_what_was_not_touched_here_and_keeps_what_was(world, bob):
    fields = opened(bob, world.john)
    world.john.edit({"phone": "600000999", "first_name": "Johnny"}, by=world.alice)
    page = save(bob, world.john, fields, first_name="Jack", last_name="Dow").content.decode()
    assert page.count("you changed it too") == 1
    joined = save(bob, world.john, fields_of(page), join="1").content.decode()
    assert save(bob, world.john, fields_of(joined)).status_code == 303
    john = Customer.objects.get(pk=world.john.pk)
    assert (john.first_name, john.last_name, john.phone) == ("Jack", "Dow", "+34600000999")


@pytest.mark.row("CF9")
def test_what_the_form_does_not_show_stands_in_nobodys_way(world, bob):
    fields = opened(bob, world.john)
    Customer.objects.filter(pk=world.john.pk).update(version=7, referrer="https://blog.test")
    assert save(bob, world.john, fields, last_name="Dow").status_code == 303


def test_a_form_somebody_tampered_with_is_answered_all_the_same(world, bob):
    fields = opened(bob, world.john)
    world.john.edit({"phone": "600000999"}, by=world.alice)
    assert save(bob, world.john, fields, base="nonsense", version="x", group="x", groups="y").status_code == 400
    assert save(bob, world.john, fields, base="nonsense").status_code == 409
    assert bob.post(f"/customers/{world.john.pk}/edit/", {"join": "1"}).status_code == 200


@pytest.mark.row("CF6")
def test_a_main_group_outside_the_chosen_is_refused(world, bob):
    club = CustomerGroup.objects.create(name="Club Barro")
    usual = CustomerGroup.fixed("customer")
    answer = save(bob, world.john, opened(bob, world.john), groups=[usual.pk], group=club.pk)
    assert "The main group has to be one of the chosen groups." in answer.content.decode()
    assert save(bob, world.john, opened(bob, world.john), groups=[usual.pk, club.pk], group=club.pk).status_code == 303
    assert Customer.objects.get(pk=world.john.pk).group == club


@pytest.mark.row("CF5")
def test_turning_the_newsletter_on_asks_how_and_turning_it_off_asks_nothing(world, bob):
    answer = save(bob, world.john, opened(bob, world.john), newsletter="on")
    assert "Say how they asked for it." in answer.content.decode()
    asked = {"newsletter": "on", "newsletter_source": "phone", "newsletter_detail": "asked Bob on Friday"}
    assert save(bob, world.john, opened(bob, world.john), **asked).status_code == 303
    fields = opened(bob, world.john)
    del fields["newsletter"]
    assert save(bob, world.john, fields).status_code == 303
    assert [(one.given, one.source, one.detail) for one in world.john.consents.all()] == [
        (False, "team", ""),
        (True, "phone", "asked Bob on Friday"),
    ]


@pytest.mark.row("PR1")
@pytest.mark.row("CF3")
@pytest.mark.row("CF7")
def test_each_preference_shows_or_hides_its_fields(world, bob):
    SocialTitle.objects.create(names={"en": "Mrs"})
    names = {"birthdays": "birthday", "business": "tax_number", "partner_offers": "partner_offers"}
    for choice, name in names.items():
        for on in (True, False):
            prefer(**{choice: on})
            page = bob.get(f"/customers/{world.john.pk}/edit/").content.decode()
            assert (f'name="{name}"' in page) == on, choice
    for use, shown in (("off", False), ("team", True), ("asked", True)):
        prefer(title_use=use)
        assert ('name="title"' in bob.get("/customers/new/").content.decode()) == shown


@pytest.mark.row("CL10")
def test_the_form_refuses_what_the_shop_requires_and_misses(world, bob):
    prefer(required_customer=["birthday"])
    page = bob.get("/customers/new/").content.decode()
    assert 'aria-required="true"' in page
    answer = bob.post("/customers/new/", {**fields_of(page), "email": "ana@post.test"})
    assert "The shop asks for this." in answer.content.decode()


@pytest.mark.row("AR30")
def test_every_field_has_a_help_line(world, bob):
    prefer(business=True, title_use="team")
    page = bob.get("/customers/new/").content.decode()
    asked = set(re.findall(r'<(?:input|select|textarea)[^>]* id="(id_\w+)"', page))
    helped = set(re.findall(r'id="(id_\w+)_helptext"', page))
    radios = {one for one in asked if re.search(r"_\d+$", one)}
    inside = {"id_newsletter_source", "id_newsletter_detail", "id_offers_source", "id_offers_detail"}
    assert asked - helped - radios - inside - {"id_version", "id_base"} == set()


def test_a_strangers_text_in_a_record_stays_text(world, bob):
    bad = '"><script>alert(1)</script>'
    world.john.edit({"first_name": bad, "referrer": bad}, by=world.alice)
    page = bob.get(f"/customers/{world.john.pk}/edit/").content.decode()
    assert bad not in page
    assert escape(bad) in page


@pytest.mark.row("AR21")
def test_a_link_opens_from_the_record_and_only_the_web_is_linked(world, bob):
    fields = opened(bob, world.john)
    answer = save(bob, world.john, fields, link_name=["Album"], link_url=["javascript:alert(1)"])
    assert "is no web address" in answer.content.decode()
    save(bob, world.john, fields, link_name=["Album", ""], link_url=["https://fotos.test/john", ""])
    assert 'href="https://fotos.test/john"' in bob.get(f"/customers/{world.john.pk}/aside/").content.decode()


@pytest.mark.row("CF8")
def test_orders_of_guests_come_to_the_one_who_has_their_e_mail(world, bob):
    for reference in ("GUEST-1", "GUEST-2"):
        make.order(None, reference, email="guest@post.test")
    bob.post("/customers/new/", {"email": "Guest@post.test", "is_active": "on"})
    guest = Customer.objects.for_email("guest@post.test")
    page = bob.get(f"/customers/{guest.pk}/").content.decode()
    assert "GUEST-1" in page
    assert "GUEST-2" in page


@pytest.mark.row("CF8")
def test_a_guest_is_turned_into_an_account_with_one_button(world, bob):
    guest = Customer.objects.add({"emails": ["guest@post.test"], "is_guest": True}, by=world.alice)
    assert f"/customers/{guest.pk}/registration/" in bob.get(f"/customers/{guest.pk}/").content.decode()
    bob.post(f"/customers/{guest.pk}/registration/")
    assert not Customer.objects.get(pk=guest.pk).is_guest


def test_strangers_are_sent_away(world, client):
    for path in (f"/customers/{world.john.pk}/edit/", "/customers/new/", f"/customers/{world.john.pk}/household/"):
        assert client.get(path).status_code == 302
    client.force_login(world.bob)
    assert client.get("/customers/999999/edit/").status_code == 404


def test_a_full_record_takes_as_many_queries_as_an_empty_one(world, bob, django_assert_max_num_queries):
    bob.get(f"/customers/{world.john.pk}/edit/")
    with CaptureQueriesContext(connection) as empty:
        assert bob.get(f"/customers/{world.john.pk}/edit/").status_code == 200
    few = len(empty) + 1  # for the group that nobody was in
    groups = [CustomerGroup.objects.create(name=f"Group {n}") for n in range(20)]
    world.john.edit(
        {
            "emails": [f"john{n}@post.test" for n in range(20)],
            "links": [(f"Album {n}", f"https://a.test/{n}") for n in range(20)],
            "groups": groups,
            "group": groups[0],
        },
        by=world.alice,
    )
    bob.get(f"/customers/{world.john.pk}/edit/")
    with django_assert_max_num_queries(few):
        assert bob.get(f"/customers/{world.john.pk}/edit/").status_code == 200
    assert few <= 20
