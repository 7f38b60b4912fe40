"""The team page: inviting, roles, contacts, ending access."""

import re

import pytest
from django.test import Client

from accounts.models import Agent
from helpdesk.models import OutgoingMail
from tests import make
from tests.browser import PASSWORD

pytestmark = pytest.mark.django_db


def signed_in(agent):
    client = Client()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def alice(world):
    return signed_in(world.alice)


def fields(**changes):
    return {"name": "Nuria Sala", "email": "nuria@shop.test", "role": "agent", **changes}


@pytest.mark.row("CO6")
def test_an_invitation_is_shown_and_mailed_and_works_once(settings, alice, world):
    settings.EMAIL_BACKEND = "helpdesk.mailer.OutboxBackend"
    page = alice.post("/settings/team/invitation/", fields(contacts=[world.service.pk])).content.decode()
    link = re.search(r'id="link">http://testserver(\S+?)<', page)[1]
    assert link in OutgoingMail.objects.get().text
    nuria = Agent.objects.get(username="nuria")
    assert (list(nuria.contacts.all()), nuria.is_invited) == ([world.service], True)
    visitor = Client()
    assert "Choose your password" in visitor.get(link).content.decode()
    new = {"new_password1": "three words nobody joins", "new_password2": "three words nobody joins"}
    assert "at least 12" in visitor.post(link, {"new_password1": "short", "new_password2": "short"}).content.decode()
    assert visitor.post(link, new).status_code == 302
    assert visitor.get("/").status_code == 200
    assert Client().post(link, new).status_code == 410


def test_no_fresh_agent_can_sign_in_without_the_link(alice, world):
    alice.post("/settings/team/invitation/", fields())
    refused = Client().post("/sign-in/", {"username": "nuria", "password": ""})
    assert refused.status_code == 200


def test_a_name_or_address_that_is_taken_is_refused(alice, world):
    page = alice.post("/settings/team/invitation/", fields(email="BOB@shop.test", username="Bob")).content.decode()
    assert "Another agent has this e-mail" in page
    assert "Bob is taken" in page
    assert 'value="Nuria Sala"' in page


def test_the_list_shows_role_contacts_and_state(alice, world):
    alice.post("/settings/team/invitation/", fields())
    world.charlie.deactivate()
    page = alice.get("/settings/team/").content.decode()
    for words in ("Supervisor", "Accounting", "Invited", "No access", "4 people"):
        assert words in page


@pytest.mark.row("CO6")
def test_what_the_page_says_of_roles_is_so(alice, world):
    page = " ".join(alice.get("/settings/team/").content.decode().split())
    bob = signed_in(world.bob)
    for words, path, status in (
        ("See customers with their orders and carts, and export lists", "/customers/export/", 200),
        ("Write to several customers at once", "/letters/", 200),
        ("See the figures of their contacts and their own", "/statistics/", 200),
        ("Hand out the weekly review", "/review/delegations/new/", 403),
        ("Delete threads and customers, erase and import", "/customers/import/", 403),
        ("See whole IP addresses and the audit", "/settings/privacy/", 403),
        ("Change mailboxes, contacts, replies and the team", "/settings/mailboxes/", 403),
    ):
        row = page.split(words)[1].split("</tr>")[0]
        assert row.count("Yes") == (2 if status == 200 else 1), words
        assert bob.get(path).status_code == status, path


@pytest.mark.row("WK7")
def test_with_one_person_roles_are_of_no_interest(db):
    page = signed_in(make.supervisor()).get("/settings/team/").content.decode()
    assert "What each role may do" not in page


def test_another_role_or_contact_counts_at_once(alice, world, heard):
    thread = make.thread(world.accounting)
    heard.listen(f"agent-{world.bob.pk}")
    bob = signed_in(world.bob)
    assert bob.get(f"/threads/{thread.pk}/").status_code == 404
    given = fields(name="Bob Agent", email="bob@shop.test", username="bob", contacts=[world.accounting.pk])
    alice.post(f"/settings/team/{world.bob.pk}/", given)
    assert bob.get(f"/threads/{thread.pk}/").status_code == 200
    assert heard(f"agent-{world.bob.pk}", "access")


def test_ending_access_signs_out_at_once_and_lists_the_threads(alice, world, heard):
    heard.listen(f"agent-{world.bob.pk}")
    thread = make.thread(world.service)
    thread.assign(world.bob, by=world.alice)
    bob = signed_in(world.bob)
    alice.post(f"/settings/team/{world.bob.pk}/deactivation/")
    assert bob.get("/").status_code == 302
    assert heard(f"agent-{world.bob.pk}", "access")
    page = alice.get(f"/settings/team/{world.bob.pk}/").content.decode()
    assert f"/threads/{thread.pk}/" in page
    assert "1 thread waits for somebody else" in page
    alice.post(f"/settings/team/{world.bob.pk}/activation/")
    assert bob.get("/").status_code == 302  # the old session does not come back to life
    assert Client().post("/sign-in/", {"username": "bob", "password": PASSWORD}).status_code == 200


def test_the_last_supervisor_stays(alice, world):
    path = f"/settings/team/{world.alice.pk}/"
    page = alice.post(path, fields(name="Alice", email="alice@shop.test", username="alice")).content.decode()
    assert "This is the last supervisor" in page
    alice.post(path + "deactivation/")
    world.alice.refresh_from_db()
    assert (world.alice.is_active, world.alice.role) == (True, "supervisor")
