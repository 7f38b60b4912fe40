"""Inviting customers to their private area, user names, and the card on the customer's page."""

import pytest
from django.utils import timezone

from crm.models import CustomerSession, RecordEvent, RecordSettings
from crm.models.area import UsernameTakenError, propose_password
from helpdesk.models import OutgoingMail
from tests import make
from tests.portal.conftest import link_in


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


@pytest.mark.row("CF2")
@pytest.mark.row("AR4")
def test_an_invitation_lets_the_customer_choose_a_password_that_nobody_else_sees(world, bob):
    world.john.language = "es"
    world.john.save()
    assert bob.post(f"/customers/{world.john.pk}/invitation/").status_code == 303
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject, mail.from_email) == (
        ["john@example.com"],
        "Tu área privada en Mostrador",
        "service@shop.test",
    )
    assert "john@example.com" in mail.text.split("http")[1]
    world.john.refresh_from_db()
    assert (world.john.invited_at is not None, world.john.password) == (True, "")
    event = world.john.events.get()
    assert (event.kind, event.by, event.data) == (RecordEvent.Kind.INVITED, world.bob, {"to": "john@example.com"})
    customer = type(bob)()
    page = customer.get(link_in(mail)).content.decode()
    assert "JohnDoe" in page
    proposed = page.split('name="password" value="')[1].split('"')[0]
    response = customer.post(link_in(mail), {"password": proposed, "username": "JohnDoe"})
    assert response["Location"] == "/area/messages/"
    assert customer.get("/area/messages/").status_code == 200
    world.john.refresh_from_db()
    assert (world.john.has_password(proposed), world.john.username) == (True, "JohnDoe")
    assert world.john.emails.get().verified_at
    for path in ("", "history/"):
        assert proposed not in bob.get(f"/customers/{world.john.pk}/{path}").content.decode()


def test_another_invitation_makes_the_first_link_void(world, bob):
    for _n in range(2):
        world.john.invite(by=world.bob)
    first, second = OutgoingMail.objects.order_by("pk")
    assert bob.get(link_in(first)).status_code == 410
    assert bob.get(link_in(second)).status_code == 200


def test_who_has_a_password_gets_a_link_for_a_new_one_and_keeps_the_old_one_until_then(world, bob):
    world.john.set_password("a bowl of warm soup")
    page = bob.get(f"/customers/{world.john.pk}/").content.decode()
    assert "Mail a link for a new password" in page
    bob.post(f"/customers/{world.john.pk}/invitation/", headers={"HX-Request": "true"})
    assert "/area/new-password/" in OutgoingMail.objects.get().text
    world.john.refresh_from_db()
    assert world.john.has_password("a bowl of warm soup")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"is_guest": True}, "A guest has no account."),
        ({"is_active": False}, "The account is disabled."),
        ({"deleted_at": timezone.now()}, "not in use"),
    ],
)
def test_who_cannot_be_invited_is_told_why(world, bob, changes, sentence):
    type(world.john).objects.filter(pk=world.john.pk).update(**changes)
    world.john.refresh_from_db()
    with pytest.raises(ValueError, match=sentence):
        world.john.invite(by=world.bob)
    page = bob.get(f"/customers/{world.john.pk}/").content.decode()
    assert sentence in page
    assert "/invitation/" not in page


def test_without_an_address_there_is_nobody_to_invite(world, bob):
    world.john.emails.all().delete()
    page = bob.post(f"/customers/{world.john.pk}/invitation/", headers={"HX-Request": "true"}).content.decode()
    assert "An e-mail address is missing." in page
    assert not OutgoingMail.objects.exists()


def test_strangers_invite_nobody(client, world):
    assert client.post(f"/customers/{world.john.pk}/invitation/").status_code == 302
    assert not OutgoingMail.objects.exists()


@pytest.mark.row("PR2")
def test_new_customers_are_greeted_only_if_the_team_wants_that(world):
    def add(email, **how):
        return type(world.john).objects.add({"first_name": "Ana", "emails": [email]}, by=world.alice, **how)

    add("first@example.com")
    assert not OutgoingMail.objects.exists()
    settings = RecordSettings.fresh()
    settings.registration_mail = True
    settings.save()
    add("imported@example.com", greets=False)
    assert add("second@example.com").invited_at
    assert OutgoingMail.objects.get().to == ["second@example.com"]
    guest = make.customer("Guest", "guest@example.com", is_guest=True)
    assert guest.greet(by=world.alice) is False


def test_the_team_can_sign_a_customer_out_everywhere(world, bob):
    for _n in range(2):
        CustomerSession.objects.begin(world.john, by_link=True, ip="", user_agent="")
    assert "2 devices" in bob.get(f"/customers/{world.john.pk}/").content.decode()
    card = bob.post(f"/customers/{world.john.pk}/sessions/", headers={"HX-Request": "true"}).content.decode()
    assert "2 devices are signed out." in card
    assert not world.john.sessions.exists()


@pytest.mark.row("AR3")
def test_free_user_names_are_made_of_what_is_known(world):
    born = timezone.make_aware(timezone.datetime(2019, 5, 23, 12))
    facts = {"phone": "+34645337711", "registered_at": born}
    ana = make.customer("Ana García López", "ana@example.com", **facts)
    assert ana.propose_usernames() == ["AnaGarcia", "ana20190523", "ana645337711"]
    assert ana.propose_usernames(5)[3:] == ["ana@example.com", "2019AnaGarcia"]
    ana.set_username("AnaGarcia")
    other = make.customer("Ana García", "other@example.com", registered_at=born)
    assert other.propose_usernames() == ["ana20190523", "other@example.com", "2019AnaGarcia"]
    with pytest.raises(UsernameTakenError) as refused:
        other.set_username("ANAGARCIA")
    assert len(refused.value.proposals) == 3
    assert not any(name.lower() == "anagarcia" for name in refused.value.proposals)
    assert other.username == ""
    nameless = make.customer("", "x@example.com")
    assert len(nameless.propose_usernames()) == 3


def test_proposed_passwords_are_readable_and_never_the_same():
    made = {propose_password() for _n in range(50)}
    assert len(made) == 50
    assert all(len(one) == 23 and one.isascii() for one in made)
