"""Addresses: the list, the form by country, the bin, and what orders keep."""

import pytest
from django.core.exceptions import ValidationError

from crm.models import Address, Order, RecordSettings
from tests import make

HOME = {
    "alias": "Home",
    "first_name": "John",
    "last_name": "Doe",
    "line1": "Calle Mayor 8",
    "postcode": "28013",
    "city": "Madrid",
    "country": "ES",
    "state": "Madrid",
}


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def html(answer):
    return answer.content.decode()


def address(of, **fields):
    return Address.objects.add(of, {**HOME, **fields}, by=None)


@pytest.mark.row("AD1")
def test_the_list_is_narrowed_by_column(world, bob):
    address(world.john)
    address(world.john, line1="8 rue des Potiers", postcode="69001", city="Lyon", country="FR", state="")
    spanish = html(bob.get("/addresses/?country=ES"))
    assert "Calle Mayor 8" in spanish
    assert "rue des Potiers" not in spanish
    assert "rue des Potiers" in html(bob.get("/addresses/?city=lyon"))
    assert "Calle Mayor 8" not in html(bob.get("/addresses/?postcode=69001"))
    assert "Calle Mayor 8" in html(bob.get("/addresses/?name=john%40example"))
    assert "There is no" in html(bob.get("/addresses/?country=XX"))


@pytest.mark.row("AD1")
def test_a_row_leads_to_the_customer_and_counts_the_orders_that_used_it(world, bob):
    home = address(world.john)
    make.order(world.john, delivered_to=home, invoiced_to=home)
    make.order(world.john, invoiced_to=home)
    other = make.order(world.john, "MK-OTHER1")
    page = html(bob.get("/addresses/"))
    assert f'href="/customers/{world.john.pk}/orders/?address={home.pk}">2</a>' in page
    assert f'href="/customers/{world.john.pk}/"' in page
    assert other.reference not in html(bob.get(f"/customers/{world.john.pk}/orders/?address={home.pk}"))


def test_fifty_addresses_cost_no_more_queries_than_one(world, bob, django_assert_max_num_queries):
    for number in range(50):
        make.order(world.john, delivered_to=address(world.john, line1=f"Calle {number}"))
    bob.get("/addresses/")
    with django_assert_max_num_queries(12):
        assert "1–50" in html(bob.get("/addresses/"))


@pytest.mark.row("AD2")
def test_the_customer_is_found_by_e_mail_and_gives_the_name(world, bob):
    typed = {**HOME, "first_name": "", "last_name": "", "email": "JOHN@example.com"}
    answer = bob.post("/addresses/new/", typed)
    saved = Address.objects.get()
    assert (answer.status_code, answer.url) == (303, f"/addresses/{saved.pk}/")
    assert (saved.customer, saved.first_name, saved.last_name) == (world.john, "John", "Doe")
    assert saved.history.get().history_user == world.bob
    assert "John" in html(
        bob.get("/addresses/fields/?part=name&email=john@example.com", headers={"HX-Request": "true"})
    )


@pytest.mark.row("AD2")
def test_an_unknown_e_mail_is_an_error_at_its_field_and_what_was_typed_stays(world, bob):
    page = html(bob.post("/addresses/new/", {**HOME, "email": "nobody@example.com"}))
    assert "No customer on file uses this e-mail." in page
    assert "Calle Mayor 8" in page
    assert not Address.objects.exists()


@pytest.mark.row("AD2")
@pytest.mark.parametrize(
    ("country", "postcode", "fits"),
    [
        ("ES", "28013", True),
        ("ES", "2809", False),
        ("ES", "99999", False),
        ("GB", "bs1 4qa", True),
        ("GB", "12345", False),
        ("PT", "1000-001", True),
        ("NL", "1012JS", True),
        ("HK", "", True),
    ],
)
def test_the_postcode_is_as_the_country_writes_it(world, bob, country, postcode, fits):
    bob.post("/addresses/new/", {**HOME, "email": "john@example.com", "country": country, "postcode": postcode})
    assert Address.objects.exists() == fits


@pytest.mark.row("AD2")
def test_a_state_is_asked_for_where_the_country_has_them(world, bob):
    assert "Province" in html(bob.get("/addresses/fields/?country=ES", headers={"HX-Request": "true"}))
    assert 'value="California"' in html(bob.get("/addresses/fields/?country=US", headers={"HX-Request": "true"}))
    assert 'name="state"' not in html(bob.get("/addresses/fields/?country=FR", headers={"HX-Request": "true"}))
    page = html(bob.post("/addresses/new/", {**HOME, "state": "", "email": "john@example.com"}))
    assert "addresses of this country need it" in page


@pytest.mark.row("AD2")
def test_every_script_is_kept_as_it_was_typed(world, bob):
    typed = {**HOME, "first_name": "Łukasz", "last_name": "Đặng 山田", "line1": "Ñandú ß 1, ул. Мира", "city": "Málaga"}
    bob.post("/addresses/new/", {**typed, "state": "Málaga", "email": "john@example.com"})
    saved = Address.objects.get()
    assert (saved.first_name, saved.last_name, saved.line1) == ("Łukasz", "Đặng 山田", "Ñandú ß 1, ул. Мира")


@pytest.mark.row("AD2")
def test_a_state_that_the_shop_sent_and_we_do_not_know_survives_an_edit(world, bob):
    home = address(world.john, state="Comarca de la Selva")
    bob.post(f"/addresses/{home.pk}/", {**HOME, "state": "Comarca de la Selva", "city": "Blanes"})
    home.refresh_from_db()
    assert (home.city, home.state) == ("Blanes", "Comarca de la Selva")


@pytest.mark.row("AD3")
def test_what_the_team_asks_for_is_refused_when_missing_by_form_and_verb_alike(world, bob):
    home = address(world.john)
    RecordSettings.decide(by=world.alice, required_address=["phone"])
    page = html(bob.post("/addresses/new/", {**HOME, "email": "john@example.com"}))
    assert "The shop asks for this." in page
    with pytest.raises(ValidationError) as refused:
        Address.objects.add(world.john, HOME, by=None)
    assert list(refused.value.message_dict) == ["phone"]
    assert list(home.left_out()) == ["phone"]
    bob.post("/addresses/new/", {**HOME, "phone": "+34 910 000 111", "email": "john@example.com"})
    assert Address.objects.count() == 2


@pytest.mark.row("AD4")
def test_a_deleted_address_leaves_old_orders_as_they_are_and_can_be_brought_back(world, bob):
    home = address(world.john)
    order = make.order(world.john, delivered_to=home, delivery_address="John Doe\nCalle Mayor 8", delivery_name="John")
    bob.post(f"/addresses/{home.pk}/delete/")
    order.refresh_from_db()
    assert (order.delivery_address, order.delivered_to_id) == ("John Doe\nCalle Mayor 8", home.pk)
    assert "Calle Mayor 8" in html(bob.get(f"/orders/{order.pk}/"))
    listed = html(bob.get("/addresses/"))
    assert "Orders keep their copies." in listed
    assert "Orders keep their copies." not in html(bob.get("/addresses/"))
    assert f"/addresses/{home.pk}/" in html(bob.get("/addresses/?folder=bin"))
    bob.post("/addresses/restoration/")
    assert Address.objects.present().get() == home
    assert [row.history_user for row in home.history.all()] == [world.bob, world.bob, None]


@pytest.mark.row("AD4")
def test_many_are_deleted_after_a_question_and_the_rest_stays(world, bob):
    homes = [address(world.john, line1=f"Calle {number}") for number in range(3)]
    make.order(world.john, delivered_to=homes[0])
    ticked = {"ids": [homes[0].pk, homes[1].pk]}
    question = html(bob.get("/addresses/deletion/", ticked))
    assert "Delete 2 addresses?" in question
    assert "Orders went to 1 of them" in question
    bob.post("/addresses/deletion/", ticked)
    assert list(Address.objects.present()) == [homes[2]]
    assert Order.objects.get().delivered_to == homes[0]


@pytest.mark.row("AD4")
def test_addresses_of_a_deleted_customer_are_gone_with_them(world, bob):
    address(world.john)
    world.john.deleted_at = "2026-11-01T12:00Z"
    world.john.save()
    assert not Address.objects.present().exists()
    assert not Address.objects.deleted().exists()


def test_a_customer_has_one_usual_address(world, bob):
    first = address(world.john, for_delivery=True, for_invoice=True)
    second = address(world.john, line1="Calle Alcalá 120", for_delivery=True)
    first.refresh_from_db()
    assert (first.for_delivery, first.for_invoice, second.for_delivery) == (False, True, True)


def test_strangers_and_nonsense_get_nothing(world, bob, client):
    assert bob.get("/addresses/4711/").status_code == 404
    assert bob.post("/addresses/4711/delete/").status_code == 404
    assert bob.get("/addresses/new/?customer=4711").status_code == 404
    client.logout()
    assert client.get("/addresses/").status_code == 302
