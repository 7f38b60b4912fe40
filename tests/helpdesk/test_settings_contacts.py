"""Contacts in the settings."""

import pytest
from django.test import Client

from helpdesk.models import Contact, Status, Thread
from mailgateway.models import Mailbox
from tests import make

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(agent):
    client = Client()
    client.force_login(agent, backend=BACKEND)
    return client


@pytest.fixture
def alice(world):
    return signed_in(world.alice)


def fields(**changes):
    given = {"titles_es": "Contabilidad", "titles_en": "Accounting", "email": "bills@shop.test", "saves_messages": "on"}
    return {**given, "is_public": "on", **changes}


@pytest.mark.row("CO1")
def test_the_list_shows_the_same_open_threads_as_the_queue(alice, world):
    make.thread(world.service)
    make.thread(world.service, sender="b@example.com").close(by=world.bob)
    make.thread(world.service, sender="c@example.com").mark_spam(by=world.bob)
    make.thread(world.accounting, sender="d@example.com").set_status(Status.PENDING_1, by=world.alice)
    page = alice.get("/settings/contacts/").content.decode()
    for contact in (world.service, world.accounting):
        in_queue = Thread.objects.visible_to(world.alice).open().filter(contact=contact).count()
        assert f'id="open-{contact.slug}">{in_queue}<' in page
    for words in ("service@shop.test", "Bob Agent", "Charlie Elsewhere"):
        assert words in page


@pytest.mark.row("CO2")
def test_a_new_contact_has_its_title_in_each_language_and_comes_last(alice, world):
    done = alice.post("/settings/contacts/new/", fields(descriptions_en="Bills and payments", members=[world.bob.pk]))
    contact = Contact.objects.get(slug="accounting-2")
    assert done.headers["Location"] == f"/settings/contacts/{contact.pk}/"
    assert (contact.title_in("es"), contact.title_in("en")) == ("Contabilidad", "Accounting")
    assert list(contact.members.all()) == [world.bob]
    assert list(Contact.objects.in_form())[-1] == contact


@pytest.mark.row("CO2")
def test_a_contact_without_a_title_is_refused_and_what_was_typed_is_kept(alice):
    page = alice.post("/settings/contacts/new/", fields(titles_es="", titles_en=""))
    assert page.status_code == 200
    assert "customers choose the contact by it" in page.content.decode()
    assert 'value="bills@shop.test"' in page.content.decode()


@pytest.mark.row("CO3")
@pytest.mark.parametrize("address", ["a@example.com", "a@shop.example", "a@mail.example.org"])
def test_an_example_address_is_refused(alice, world, address):
    page = alice.post(f"/settings/contacts/{world.service.pk}/", fields(email=address))
    assert "is an example and no mail arrives there" in page.content.decode()


@pytest.mark.row("CO4")
def test_messages_that_are_not_saved_need_somewhere_to_go(alice, world):
    page = alice.post("/settings/contacts/new/", fields(email="", saves_messages=""))
    assert "they need an address to be sent on to" in page.content.decode()
    alice.post("/settings/contacts/new/", fields(saves_messages="", slug="relay"))
    assert not Contact.objects.get(slug="relay").saves_messages
    Contact.objects.filter(slug="relay").update(email="")  # as an old row may be
    assert "cannot be chosen" in alice.get("/settings/contacts/").content.decode()


@pytest.mark.row("CO5")
def test_two_contacts_may_share_an_address(alice, world):
    assert alice.post("/settings/contacts/new/", fields(email="service@shop.test")).status_code == 302


@pytest.mark.row("CO6")
@pytest.mark.row("CO7")
def test_members_decide_who_sees_the_threads(alice, world):
    thread = make.thread(world.service)
    charlie = signed_in(world.charlie)
    assert charlie.get(f"/threads/{thread.pk}/").status_code == 404
    alice.post(f"/settings/contacts/{world.service.pk}/", fields(members=[world.charlie.pk], slug="service"))
    assert charlie.get(f"/threads/{thread.pk}/").status_code == 200
    assert signed_in(world.bob).get(f"/threads/{thread.pk}/").status_code == 404


def test_nobody_is_put_in_charge_of_what_they_cannot_see(alice, world):
    page = alice.post("/settings/contacts/new/", fields(default_assignee=world.bob.pk))
    assert "is not a member and could not see the threads" in page.content.decode()


@pytest.mark.row("CO8")
def test_archiving_asks_where_the_threads_go_and_leaves_none_behind(alice, world):
    threads = [make.thread(world.service), make.thread(world.service, sender="b@example.com")]
    box = Mailbox.objects.create(name="box", contact=world.service, imap_host="localhost", username="x")
    path = f"/settings/contacts/{world.service.pk}/archive/"
    refused = alice.post(path)
    assert (refused.status_code, Contact.objects.active().count()) == (200, 2)
    assert "2 threads need another contact" in refused.content.decode()
    alice.post(path, {"target": world.accounting.pk})
    assert list(Contact.objects.active()) == [world.accounting]
    assert Thread.objects.filter(contact=world.accounting).count() == len(threads)
    box.refresh_from_db()
    assert box.contact == world.accounting
    alice.post(f"/settings/contacts/{world.service.pk}/restore/")
    assert Contact.objects.active().count() == 2


@pytest.mark.row("CO8")
def test_the_last_contact_cannot_be_archived(alice, world):
    alice.post(f"/settings/contacts/{world.accounting.pk}/archive/")
    alice.post(f"/settings/contacts/{world.service.pk}/archive/")
    assert list(Contact.objects.active()) == [world.service]


@pytest.mark.row("CO9")
def test_the_arrows_change_the_order_of_the_form(alice, world):
    assert list(Contact.objects.in_form()) == [world.service, world.accounting]
    alice.post(f"/settings/contacts/{world.accounting.pk}/position/", {"to": "up"})
    assert list(Contact.objects.in_form()) == [world.accounting, world.service]
    alice.post(f"/settings/contacts/{world.accounting.pk}/position/", {"to": "up"})
    assert list(Contact.objects.in_form()) == [world.accounting, world.service]


def test_the_page_says_who_changed_what(alice, world):
    alice.post(f"/settings/contacts/{world.service.pk}/", fields(slug="service", titles_fr=""))
    assert Contact.objects.get(slug="service").titles == {"es": "Contabilidad", "en": "Accounting"}
    page = alice.get(f"/settings/contacts/{world.service.pk}/").content.decode()
    assert "Alice Supervisor" in page
    assert "e-mail" in page.split("Who changed what")[1]


@pytest.mark.row("CS10")
@pytest.mark.parametrize(
    "path",
    [
        "contacts/",
        "contacts/new/",
        "replies/",
        "statuses/",
        "desk/",
        "team/",
        "mailboxes/",
        "mailboxes/new/",
        "incoming/",
    ],
)
def test_settings_are_for_supervisors(world, path):
    assert signed_in(world.bob).get(f"/settings/{path}").status_code == 403
    assert Client().get(f"/settings/{path}").headers["Location"] == f"/sign-in/?next=/settings/{path}"
    assert signed_in(world.alice).get(f"/settings/{path}").status_code == 200


@pytest.mark.row("CS10")
def test_an_agent_cannot_archive_or_delete(world):
    bob = signed_in(world.bob)
    assert bob.post(f"/settings/contacts/{world.service.pk}/archive/").status_code == 403
    assert bob.post(f"/settings/team/{world.alice.pk}/deactivation/").status_code == 403
