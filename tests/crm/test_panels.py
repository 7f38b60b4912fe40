"""The customer beside a thread."""

from decimal import Decimal

import pytest

from crm.models import CustomerNote, CustomerTag
from crm.models.cart import CartItem
from tests import make

XSS = "<script>alert(1)</script>"


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def panel(client, customer, query=""):
    answer = client.get(f"/customers/{customer.pk}/panel/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.row("CF11")
def test_the_card_shows_who_it_is_with_the_pinned_note(world, bob):
    world.john.tags.add(CustomerTag.objects.create(name="VIP"))
    world.john.set_emails(["john@example.com", "doe@work.test"])
    CustomerNote.objects.create(customer=world.john, author=world.alice, text="Call after five", is_pinned=True)
    CustomerNote.objects.create(customer=world.john, author=world.alice, text="Not pinned")
    page = panel(bob, world.john)
    for said in ("John Doe", "VIP", "john@example.com", "doe@work.test", "Call after five", "Customer since"):
        assert said in page
    assert "Not pinned" not in page


@pytest.mark.row("CS9")
def test_the_order_in_question_comes_first_with_its_product_marked(world, bob):
    older = make.order(world.john, tracking_number="TR 1", tracking_url="https://track.test/1")
    newer = make.order(world.john)
    line = older.lines.first()
    page = panel(bob, world.john, f"?order={older.pk}&line={line.pk}")
    assert page.index(older.reference) < page.index(newer.reference)
    assert "order--hit" in page
    assert "the one in question" in page
    assert 'href="https://track.test/1"' in page


def test_somebody_elses_order_is_never_shown(world, bob):
    foreign = make.order(make.customer("Eve", "eve@x.test"))
    assert foreign.reference not in panel(bob, world.john, f"?order={foreign.pk}")


def test_totals_are_told_by_currency(world, bob):
    make.order(world.john)
    make.order(world.john, currency="USD")
    page = panel(bob, world.john)
    assert "€42.50" in page
    assert "$42.50" in page


def test_the_live_cart_says_how_old_it_is_and_has_a_path_of_its_own(world, bob):
    make.cart(world.john).replace_lines([CartItem("Taza Bruma", 2, Decimal(14))])
    for page in (panel(bob, world.john), bob.get(f"/customers/{world.john.pk}/panel/cart/").content.decode()):
        for said in ("Taza Bruma", "€28.00", "Changed", "In the shop"):
            assert said in page


def test_no_cart_is_no_section(world, bob):
    assert "Live cart" not in panel(bob, world.john)


def test_words_of_the_shop_stay_text(world, bob):
    customer = make.customer(f"{XSS} Doe", "x@x.test", company=XSS, phone=XSS)
    make.order(customer, carrier=XSS, tracking_number=XSS, tracking_url="javascript:alert(1)", payment=XSS)
    make.cart(customer).replace_lines([CartItem(XSS)])
    page = panel(bob, customer)
    assert "<script>" not in page
    assert 'href="javascript' not in page


def test_the_panel_is_for_agents(world, client):
    assert client.get(f"/customers/{world.john.pk}/panel/").status_code == 302


def test_the_panel_takes_few_queries(world, bob, django_assert_max_num_queries):
    for _ in range(5):
        make.order(world.john)
    panel(bob, world.john)  # the desk's settings are made on the first request
    with django_assert_max_num_queries(13):
        panel(bob, world.john)
