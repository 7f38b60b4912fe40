"""Customers, their phones and addresses, orders and carts that are found."""

import re

import pytest
from django.utils import timezone

from crm.models import CustomerEmail
from search import rebuilding
from tests import make
from tests.helpdesk.search.seeker import customer_of, thread_of


@pytest.mark.row("SE3")
def test_names_are_found_in_any_order_without_accents_and_the_full_name_comes_first(world, bob):
    jose = make.customer("José Doe", "jd@example.com")
    for typed in ("doe john", "john doe", "DOE, John", "joh do"):
        assert customer_of(world.john) in bob.links(typed), typed
    assert customer_of(jose) in bob.links("jose")
    assert customer_of(jose) in bob.links("JOSÉ")
    longer = make.customer("John Doe Smith", "jds@example.com")
    links = bob.links("doe john", **{"in": "customers"})
    assert links == [customer_of(world.john), customer_of(longer)]


@pytest.mark.row("SE3")
def test_a_part_of_a_name_and_a_name_with_a_slip_are_found(world, bob):
    lucia = make.customer("Lucía Fernández", "lucia@example.com")
    for typed in ("ernand", "fernandes", "fernadez", "ferandnez", "lucai fernandez"):
        assert bob.links(typed, **{"in": "customers"}) == [customer_of(lucia)], typed
    assert bob.links("gonzalez", **{"in": "customers"}) == []


@pytest.mark.row("SE4")
@pytest.mark.row("AR6")
def test_every_address_of_a_customer_and_every_sender_is_found(world, bob):
    world.john.emails.create(address="john.at.work@office.example")
    assert customer_of(world.john) in bob.links("john.at.work@office.example")
    assert customer_of(world.john) in bob.links("office.example")
    stranger = make.thread(sender="nobody@elsewhere.example", sender_name="")
    assert bob.links("nobody@elsewhere.example") == [thread_of(stranger)]
    world.john.emails.filter(address__startswith="john.at").delete()
    assert bob.links("john.at.work@office.example") == []
    assert CustomerEmail.objects.count() == 1


@pytest.mark.row("SE6")
def test_a_customer_shows_the_phone_and_how_many_threads_are_open(world, bob):
    world.john.phone = "+34612345678"
    world.john.save()
    make.thread()
    make.thread().close(by=world.bob)
    make.thread(world.accounting)
    make.thread(subject="Another")
    html = bob.page("doe john", **{"in": "customers"})
    assert "+34612345678" in html
    assert "2 open threads" in html  # one is closed, one Bob may not see


@pytest.mark.row("SE7")
def test_the_erased_the_deleted_and_the_merged_are_not_found(world, bob):
    others = [make.customer(f"John Gone{n}", f"gone{n}@example.com") for n in range(3)]
    for one, field in zip(others, ("erased_at", "deleted_at"), strict=False):
        setattr(one, field, timezone.now())
        one.save()
    others[2].merged_into = world.john
    others[2].save()
    assert bob.links("john", **{"in": "customers"}) == [customer_of(world.john)]
    assert bob.links("john", **{"in": "customers", "erased": "1"}) == [customer_of(world.john)]
    assert bob.counts("john")["Customers"] == "1"


@pytest.mark.row("SE7")
def test_no_word_of_the_erased_is_left(world, alice, django_capture_on_commit_callbacks):
    world.john.phone = "+34612345678"
    world.john.save()
    world.john.addresses.create(line1="Calle Mayor 5", postcode="28013", city="Madrid", country="ES")
    make.order(world.john, delivery_name="John Doe", email="john@example.com")
    make.cart(world.john, name="John Doe", phone="612345678")
    make.thread(text="Yours, John Doe")
    with django_capture_on_commit_callbacks(execute=True):
        world.john.erase(by=world.alice)
    for kind in rebuilding.kinds():
        assert rebuilding.count(kind).agrees
        for row in kind.objects.all():
            assert not re.search("john|doe|612345678|mayor", row.words), row.words
    assert alice.links("john", erased="1", everywhere="1") == []


@pytest.mark.row("SE7")
def test_a_supervisor_may_ask_for_them(world, alice):
    gone = make.customer("John Gone", "gone@example.com", deleted_at=timezone.now())
    assert alice.links("gone", **{"in": "customers"}) == []
    assert alice.links("gone", **{"in": "customers", "erased": "1"}) == [customer_of(gone)]


@pytest.mark.row("SE9")
def test_phones_in_any_spelling_references_and_addresses_are_found(world, bob):
    world.john.phone = "+34612345678"
    world.john.save()
    world.john.addresses.create(line1="Calle Mayor 5", postcode="28013", city="Madrid", country="ES")
    for typed in ("612 34 56 78", "612345678", "+34 612 345 678", "0034 612345678", "345678", "calle mayor", "28013"):
        assert customer_of(world.john) in bob.links(typed, **{"in": "customers"}), typed
    order = make.order(None, "MK-777", delivery_name="Eva Luna", delivery_phone="699112233", tracking_number="ES0099XY")
    for typed in ("MK-777", "eva luna", "699 11 22 33", "es0099xy", "cuenco bruma"):
        assert f"/orders/{order.pk}/" in bob.links(typed), typed


def test_a_cart_is_found_by_what_lies_in_it_and_what_was_typed_into_it(world, bob):
    cart = make.cart(name="Eva Luna", email="eva@example.com", phone="699112233")
    cart.lines.create(name="Jarra esmaltada", quantity=2)
    for typed in ("jarras", "eva", "eva@example.com", "699 112 233", str(cart)):
        assert bob.counts(typed)["Carts"] == "1", typed
    assert "Jarra</mark> esmaltada ×2" in bob.page("jarra")
