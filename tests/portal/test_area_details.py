"""What customers change in their private area: details, addresses, consents, password, user name, devices."""

from datetime import date

import pytest

from crm.models import Consent, CustomerSession, RecordSettings
from helpdesk.models import OutgoingMail
from tests import make
from tests.portal.conftest import PASSWORD, link_in

DETAILS = {"first_name": "Jon", "last_name": "Dow", "phone": "600 000 123", "language": "en", "birthday": "1992-02-04"}


def save(client, **fields):
    return client.post("/area/details/", {**DETAILS, **fields})


def test_name_phone_language_and_birthday_are_theirs_to_change(inside, john):
    assert save(inside).status_code == 303
    john.refresh_from_db()
    assert (john.name, john.phone, john.birthday) == ("Jon Dow", "+34600000123", date(1992, 2, 4))
    assert john.history.first().history_user is None
    assert "Your details are saved." in inside.get("/area/details/").content.decode()


def test_an_agent_signed_in_on_the_same_device_has_not_done_it(inside, world, john):
    inside.force_login(world.alice)
    save(inside)
    assert john.history.first().history_user is None


def test_a_wrong_phone_is_said_at_its_field_and_nothing_is_lost(inside, john):
    page = save(inside, phone="12", first_name="Jonathan").content.decode()
    assert 'value="12"' in page
    assert 'value="Jonathan"' in page
    assert 'id="id_phone_error"' in page
    assert "Error:" in page.split("</title>")[0]
    john.refresh_from_db()
    assert john.first_name == "John"


def test_fields_that_the_shop_does_not_use_are_not_there(inside):
    settings = RecordSettings.fresh()
    settings.birthdays = settings.partner_offers = False
    settings.save()
    page = inside.get("/area/details/").content.decode()
    assert 'name="birthday"' not in page
    assert 'name="offers"' not in page


@pytest.mark.row("AR28")
def test_a_consent_is_kept_with_source_words_and_place(inside, john):
    inside.post("/area/details/consents/", {"newsletter": "on"})
    john.refresh_from_db()
    given = Consent.objects.get()
    assert (john.newsletter, john.partner_offers) == (True, False)
    assert (given.kind, given.given, given.source, given.wording, given.ip_address, given.by) == (
        *("newsletter", True, "area", "Newsletter", "127.0.0.1"),
        None,
    )
    inside.post("/area/details/consents/", {"newsletter": "on"})
    inside.post("/area/details/consents/", {})
    assert [one.given for one in Consent.objects.order_by("pk")] == [True, False]


def add(client, address, do=""):
    return client.post("/area/details/emails/", {"address": address, "do": do})


def test_a_new_address_is_theirs_only_after_its_mail_was_confirmed(inside, john):
    assert add(inside, "New@Example.com").status_code == 303
    mail = OutgoingMail.objects.get()
    assert mail.to == ["new@example.com"]
    assert john.addresses_of_mail() == ["john@example.com"]
    inside.get(link_in(mail))
    assert john.addresses_of_mail() == ["john@example.com"]
    assert "is one of your addresses now" in inside.post(link_in(mail)).content.decode()
    assert john.addresses_of_mail() == ["john@example.com", "new@example.com"]
    assert john.emails.get(address="new@example.com").verified_at
    assert inside.post(link_in(mail)).status_code == 410
    add(inside, "new@example.com", "main")
    assert john.addresses_of_mail() == ["new@example.com", "john@example.com"]
    add(inside, "john@example.com", "remove")
    assert john.addresses_of_mail() == ["new@example.com"]


def test_an_address_mail_is_not_sent_again_and_again(inside):
    add(inside, "new@example.com")
    assert "Wait 45 seconds" in add(inside, "new@example.com").content.decode()
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "do", "said"),
    [
        ("nobody@example.com", "main", "This is not one of your addresses."),
        ("john@example.com", "remove", "This is your main address."),
        ("john@example.com", "", "This is one of your addresses already."),
        ("john@", "", "Write your full e-mail"),
    ],
)
def test_what_cannot_be_done_with_an_address_is_said(inside, john, address, do, said):
    assert said in add(inside, address, do).content.decode()
    assert john.addresses_of_mail() == ["john@example.com"]


ADDRESS = {
    "first_name": "John",
    "last_name": "Doe",
    "line1": "Calle Mayor 1",
    "postcode": "28013",
    "city": "Madrid",
    "state": "Madrid",
    "country": "ES",
}


def test_an_address_is_added_changed_and_taken_away(inside, john):
    bad = inside.post("/area/details/addresses/new/", {**ADDRESS, "postcode": "1"}).content.decode()
    assert 'id="id_postcode_error"' in bad
    bad = inside.post("/area/details/addresses/new/", {**ADDRESS, "line1": ""}).content.decode()
    assert "Write the street and the number." in bad
    assert inside.post("/area/details/addresses/new/", ADDRESS).status_code == 303
    mine = john.addresses.get()
    assert (mine.line1, mine.history.first().history_user) == ("Calle Mayor 1", None)
    path = f"/area/details/addresses/{mine.pk}/"
    assert 'value="Calle Mayor 1"' in inside.get(path).content.decode()
    inside.post(path, {**ADDRESS, "line1": "Calle Menor 2"})
    assert "Calle Menor 2" in inside.get("/area/details/").content.decode()
    inside.post(path, {"do": "remove"})
    mine.refresh_from_db()
    assert mine.deleted_at
    assert inside.get(path).status_code == 404


def test_nobody_elses_address_can_be_changed(inside, john):
    other = make.customer("Charlie Buyer", "charlie@example.com")
    theirs = other.addresses.create(line1="Secret 1", city="Madrid", country="ES", postcode="28013")
    assert inside.post(f"/area/details/addresses/{theirs.pk}/", ADDRESS).status_code == 404
    assert inside.post(f"/area/details/addresses/{theirs.pk}/", {"do": "remove"}).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.line1, theirs.deleted_at) == ("Secret 1", None)


def change(client, **fields):
    return client.post("/area/access/password/", {"password": "a brand new password", **fields})


@pytest.mark.row("AR4")
def test_the_password_is_changed_with_the_current_one_and_other_devices_are_out(inside, john):
    other = type(inside)()
    other.post("/area/sign-in/", {"name": "john@example.com", "password": PASSWORD, "do": "password"})
    assert "That is not your current password." in change(inside, current="wrong").content.decode()
    assert other.get("/area/orders/").status_code == 200
    assert change(inside, current=PASSWORD).status_code == 303
    assert inside.get("/area/orders/").status_code == 200
    assert other.get("/area/orders/").status_code == 303
    john.refresh_from_db()
    assert john.has_password("a brand new password")
    assert john.password.startswith("md5$")


@pytest.mark.row("AR4")
def test_who_came_in_by_a_link_a_moment_ago_needs_no_current_password(client, john):
    client.post("/area/sign-in/", {"name": "john@example.com", "do": "link"})
    client.post(link_in(OutgoingMail.objects.get()))
    assert 'name="current"' not in client.get("/area/access/password/").content.decode()
    assert change(client).status_code == 303


def test_guessing_the_current_password_becomes_slow(inside):
    for _n in range(5):
        assert change(inside, current="wrong").status_code == 200
    assert change(inside, current=PASSWORD).status_code == 429


@pytest.mark.parametrize("bad", ["short", "password1234", "john@example.com", "x" * 200])
def test_a_weak_or_endless_password_is_refused(inside, john, bad):
    assert change(inside, current=PASSWORD, password=bad).status_code == 200
    john.refresh_from_db()
    assert john.has_password(PASSWORD)


@pytest.mark.row("AR3")
def test_a_user_name_that_is_taken_brings_three_free_ones(inside, john):
    make.customer("Another John", "other@example.com", username="johndoe")
    page = inside.post("/area/access/username/", {"username": "JohnDoe"}).content.decode()
    assert "Somebody else has this user name. Free ones are: " in page
    free = page.split("Free ones are: ")[1].split("<")[0].split(", ")
    assert len(free) == 3
    for name in free:
        assert inside.post("/area/access/username/", {"username": name}).status_code == 303
    john.refresh_from_db()
    assert john.username == free[-1]


@pytest.mark.parametrize("bad", ["a", "two words", "señor", "charlie@example.com", "<b>x</b>"])
def test_what_is_no_user_name_is_refused(inside, john, bad):
    assert inside.post("/area/access/username/", {"username": bad}).status_code == 200
    john.refresh_from_db()
    assert john.username == ""


def test_devices_can_be_signed_out_one_by_one_or_all_others_and_nobody_elses(inside, john):
    others = [type(inside)() for _n in range(3)]
    for one in others:
        one.post("/area/sign-in/", {"name": "john@example.com", "password": PASSWORD, "do": "password"})
    stranger = make.customer("Charlie Buyer", "charlie@example.com")
    CustomerSession.objects.begin(stranger, by_link=True, ip="", user_agent="")
    theirs = stranger.sessions.get()
    inside.post("/area/sessions/", {"session": theirs.pk})
    assert stranger.sessions.exists()
    first = john.sessions.order_by("pk")[1]
    inside.post("/area/sessions/", {"session": first.pk})
    assert [one.get("/area/orders/").status_code for one in others] == [303, 200, 200]
    inside.post("/area/sessions/", {"session": "others"})
    assert [one.get("/area/orders/").status_code for one in others] == [303, 303, 303]
    assert "This session" in inside.get("/area/access/").content.decode()
    assert inside.post("/area/sessions/")["Location"] == "/area/sign-in/"
    assert inside.get("/area/orders/").status_code == 303
    assert not john.sessions.exists()
