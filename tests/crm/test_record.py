"""The verbs that write a customer's record: what they check, what they write down."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from crm.models import Consent, Customer, CustomerGroup, RecordSettings
from crm.models.record import OutdatedError
from tests import make


def add(world, **values):
    return Customer.objects.add({"emails": [f"new{len(values)}@post.test"], **values}, by=world.alice)


def problems(world, **values):
    with pytest.raises(ValidationError) as raised:
        add(world, **values)
    return raised.value.message_dict


def prefer(**choices):
    records = RecordSettings.fresh()
    for name, value in choices.items():
        setattr(records, name, value)
    records.save()


@pytest.mark.row("CF1")
@pytest.mark.parametrize(
    "name", ["O'Brien", "Nguyễn", "李", "Anne-Marie", "J.R.R. Tolkien", "X Æ A-12", "عبد الله", "St.John"]
)
def test_every_real_name_is_saved(world, name):
    assert add(world, first_name=name, last_name=name).last_name == name


@pytest.mark.row("CF1")
@pytest.mark.parametrize("name", ["Win at https://spam.test", "www.spam.test", "buy.now/cheap"])
def test_a_web_address_is_no_name(world, name):
    assert problems(world, first_name=name) == {"first_name": ["A name, not a web address."]}


@pytest.mark.row("CF1")
def test_one_account_an_e_mail_whatever_its_case(world):
    assert problems(world, emails=["JOHN@Example.com"]) == {
        "emails": [f"John Doe (no. {world.john.pk}) already has this e-mail."]
    }


@pytest.mark.row("CF8")
def test_guests_may_share_an_e_mail(world):
    guest = add(world, emails=["john@example.com"], is_guest=True)
    assert guest.group == CustomerGroup.fixed("guest")
    assert Customer.objects.for_email("john@example.com") == world.john


@pytest.mark.row("AR2")
def test_an_e_mail_or_a_phone_is_enough_and_nothing_is_not(world):
    assert add(world).email
    assert Customer.objects.add({"phone": "600 000 123"}, by=None).phone == "+34600000123"
    assert problems(world, emails=[], first_name="Ana") == {
        "emails": ["Enter an e-mail or a phone: one of them is enough."]
    }


@pytest.mark.row("AR20")
@pytest.mark.parametrize(
    ("phone", "country", "said"),
    [
        ("600 000 12", "ES", "Digits are missing. Example: 612 34 56 78"),
        ("6000000000000", "ES", "There are too many digits. Example: 612 34 56 78"),
        ("000 000 000", "PT", "Nobody has such a number. Example: 912 345 678"),
        ("call me", "ES", "This is no phone number. Example: 612 34 56 78"),
        ("+49 151 23", "ES", "Nobody has such a number. Example: 01512 3456789"),
    ],
)
def test_a_number_that_nobody_can_call_is_refused_with_an_example(world, phone, country, said):
    assert problems(world, phone=phone, phone_country=country) == {"phone": [said]}


@pytest.mark.row("AR20")
@pytest.mark.parametrize(
    ("phone", "country"), [("912 345 678", "PT"), ("+351912345678", "ES"), ("00351912345678", "ES")]
)
def test_a_number_is_kept_with_its_country(world, phone, country):
    assert add(world, phone=phone, phone_country=country).phone == "+351912345678"


def test_a_number_of_the_shop_that_nobody_changed_is_no_reason_to_refuse(world):
    Customer.objects.filter(pk=world.john.pk).update(phone="12")
    assert world.john.edit({"phone": "12", "first_name": "Jon"}, by=world.bob)


@pytest.mark.row("AR6")
def test_several_e_mails_with_one_main(world):
    world.john.edit({"emails": ["New@Post.test", "john@example.com"]}, by=world.bob)
    assert world.john.addresses_of_mail() == ["new@post.test", "john@example.com"]
    assert Customer.objects.for_email("NEW@post.test") == world.john
    assert world.john.events.get(kind="email_added").by == world.bob
    with pytest.raises(ValidationError, match="One @ too many"):
        world.john.edit({"emails": ["a@@b.test"]}, by=world.bob)


@pytest.mark.row("CF6")
def test_the_main_group_is_one_of_the_chosen(world):
    club = CustomerGroup.objects.create(name="Club")
    usual = CustomerGroup.fixed("customer")
    assert problems(world, groups=[usual], group=club) == {
        "group": ["The main group has to be one of the chosen groups."]
    }
    made = add(world, groups=[usual, club], group=club)
    assert (made.group, set(made.groups.all())) == (club, {usual, club})
    made.edit({"groups": [usual], "group": usual}, by=world.bob)
    assert made.events.get(kind="ungrouped").data == {"group": "Club"}


@pytest.mark.row("CL10")
def test_what_the_shop_requires_is_asked_of_every_door(world):
    prefer(required_customer=["birthday"])
    assert problems(world, first_name="Ana") == {"birthday": ["The shop asks for this."]}
    made = add(world, birthday=date(1990, 1, 2))
    assert world.john.edit({"first_name": "Jon"}, by=world.bob)  # an old record is no reason to refuse
    with pytest.raises(ValidationError):
        made.edit({"birthday": None}, by=world.bob)


@pytest.mark.row("CF3")
@pytest.mark.row("CF7")
def test_what_is_switched_off_is_not_written(world):
    prefer(birthdays=False, business=False)
    made = add(world, birthday=date(1990, 1, 2), tax_number="B1")
    assert (made.birthday, made.tax_number) == (None, "")
    prefer(birthdays=True, business=True)
    made = add(world, birthday=date(1990, 1, 2), tax_number="B1", emails=["b@b.test"])
    assert (made.birthday, made.tax_number) == (date(1990, 1, 2), "B1")


@pytest.mark.row("CF9")
def test_the_second_of_two_saves_is_told(world):
    version = world.john.version
    Customer.objects.get(pk=world.john.pk).edit({"phone": "600000123"}, by=world.alice, version=version)
    with pytest.raises(OutdatedError):
        world.john.edit({"phone": "600000999"}, by=world.bob, version=version)
    assert Customer.objects.get(pk=world.john.pk).phone == "+34600000123"


@pytest.mark.row("AR22")
def test_the_story_says_who_changed_what(world):
    world.john.edit({"phone": "600000123"}, by=world.alice)
    world.john.edit({"phone": "600000999"}, by=world.bob)
    newest, before = world.john.history.all()[:2]
    assert (before.phone, newest.phone, newest.history_user) == ("+34600000123", "+34600000999", world.bob)


def test_saving_what_is_there_already_changes_nothing(world):
    version, told = world.john.version, world.john.history.count()
    assert not world.john.edit({"first_name": "John", "emails": ["john@example.com"]}, by=world.bob)
    assert (world.john.version, world.john.history.count()) == (version, told)


@pytest.mark.row("CF4")
def test_an_account_is_switched_off_and_on_with_history_and_a_ping(world, heard, django_capture_on_commit_callbacks):
    group = f"customer-{world.john.pk}"
    heard.listen(group)
    with django_capture_on_commit_callbacks(execute=True):
        assert world.john.disable(by=world.bob)
    assert not world.john.disable(by=world.bob)
    assert (world.john.is_active, world.john.history.first().history_user) == (False, world.bob)
    assert heard(group, "customer")
    assert world.john.enable(by=world.bob)


@pytest.mark.row("CF5")
def test_each_consent_is_kept_with_its_date_and_source(world):
    john = world.john
    with pytest.raises(ValueError, match="who they spoke to"):
        john.set_consent("newsletter", True, source=Consent.Source.PHONE, by=world.bob)
    assert john.set_consent("newsletter", True, source=Consent.Source.PHONE, detail="asked Bob", by=world.bob)
    assert not john.set_consent("newsletter", True, source=Consent.Source.PHONE, detail="again", by=world.bob)
    assert john.set_consent("newsletter", False, source=Consent.Source.TEAM, by=world.bob)
    off, on = john.consents.all()
    assert (on.given, on.source, on.detail, on.by, off.given) == (True, "phone", "asked Bob", world.bob, False)
    assert [version.newsletter for version in john.history.all()[:2]] == [False, True]


@pytest.mark.row("CF5")
def test_nobody_can_be_asked_for_offers_that_are_switched_off(world):
    prefer(partner_offers=False)
    with pytest.raises(ValueError, match="switched off"):
        world.john.set_consent("offers", True, source="phone", detail="asked", by=world.bob)


@pytest.mark.row("CF8")
def test_a_guest_becomes_an_account(world):
    guest = add(world, is_guest=True, emails=["guest@post.test"])
    order = make.order(guest)
    assert guest.become_account(by=world.bob)
    order.refresh_from_db()
    assert (guest.is_guest, guest.group, order.customer) == (False, CustomerGroup.fixed("customer"), guest)


@pytest.mark.row("CF8")
def test_no_guest_becomes_a_second_account_with_the_same_e_mail(world):
    guest = add(world, is_guest=True, emails=["john@example.com"])
    with pytest.raises(ValueError, match="Merge the two"):
        guest.become_account(by=world.bob)
