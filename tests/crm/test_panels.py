"""The customer beside a thread."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.models import CartItem, Customer, CustomerGroup, CustomerNote, CustomerTag, RecordSettings, Shop, Voucher
from tests import make

XSS = "<script>alert(1)</script>"


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def panel(client, customer, text="Where is it?", **about):
    thread = make.thread(sender=customer.email, text=text)
    thread.link(by=None, **about)
    answer = client.get(f"/threads/{thread.pk}/panel/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


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
    page = panel(bob, world.john, order=older, product=line)
    assert page.index(older.reference) < page.index(newer.reference)
    assert "order--hit" in page
    assert "the one in question" in page
    assert 'href="https://track.test/1"' in page


def test_somebody_elses_order_is_never_shown(world, bob):
    foreign = make.order(make.customer("Eve", "eve@x.test"))
    assert foreign.reference not in panel(bob, world.john, order=foreign)


def test_totals_are_told_by_currency(world, bob):
    make.order(world.john)
    make.order(world.john, currency="USD")
    page = panel(bob, world.john)
    assert "€42.50" in page
    assert "$42.50" in page


@pytest.mark.row("CA6")
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
    thread = make.thread()
    assert client.get(f"/threads/{thread.pk}/panel/").status_code == 302
    client.force_login(world.charlie)
    assert client.get(f"/threads/{thread.pk}/panel/").status_code == 404


def test_the_panel_takes_few_queries(world, bob, django_assert_max_num_queries):
    for _ in range(5):
        make.order(world.john)
    thread = make.thread()
    bob.get(f"/threads/{thread.pk}/panel/")  # the desk's settings are made on the first request
    with django_assert_max_num_queries(36):
        bob.get(f"/threads/{thread.pk}/panel/")


@pytest.mark.row("AR9")
@pytest.mark.row("AR10")
@pytest.mark.row("CF7")
@pytest.mark.row("GR4")
def test_how_they_pay_and_ship_and_what_their_group_gets_is_beside_the_thread(world, bob):
    group = CustomerGroup.objects.create(name="Club Barro", discount=Decimal(5), badge="CLUB")
    group.category_discounts.create(category="Tazas", discount=Decimal(12))
    settings = RecordSettings.fresh()
    settings.business = True
    settings.save()
    values = {"payment_method": "Bizum", "shipping_method": "SEUR 24 h", "tax_number": "B12345678"}
    Customer.objects.filter(pk=world.john.pk).update(group=group, credit_limit=Decimal(900), payment_days=30, **values)
    page = panel(bob, world.john)
    for said in ("Bizum", "SEUR 24 h", "Club Barro", "(−5 %)", "Tazas −12 %", "CLUB", "B12345678", "€900.00", ">30<"):
        assert said in page, said


@pytest.mark.row("CV10")
def test_a_voucher_is_put_into_the_reply_as_the_shop_wrote_it(world, bob):
    Voucher.objects.create(customer=world.john, code="Gracias-10", percent=Decimal(10))
    page = panel(bob, world.john)
    assert 'data-insert="Gracias-10"' in page
    assert 'data-copy="Gracias-10"' in page


def test_what_the_order_was_when_the_customer_wrote_stands_beside_what_it_is(world, bob):
    order = make.order(world.john, state="Entregado")
    order.states.create(state="En preparación", at=timezone.now() - timedelta(days=3))
    order.states.create(state="Entregado", at=timezone.now() + timedelta(hours=1))
    page = panel(bob, world.john, order=order)
    assert "When the customer wrote: En preparación" in page
    assert "Entregado" in page


def test_an_order_named_in_the_text_is_proposed_and_one_click_sets_it(world, bob):
    order = make.order(world.john, reference="MK-10482")
    thread = make.thread(text="My order mk-10482 has not come")
    page = bob.get(f"/threads/{thread.pk}/panel/").content.decode()
    assert "MK-10482 is named in the messages" in page
    assert "An order of this customer" in page
    bob.post(f"/threads/{thread.pk}/order/", {"order": order.pk, "product": ""})
    thread.refresh_from_db()
    assert thread.order == order
    assert "is named in the messages" not in bob.get(f"/threads/{thread.pk}/panel/").content.decode()


def test_somebody_elses_order_named_in_the_text_comes_with_a_warning(world, bob):
    make.order(make.customer("Eve Other", "eve@x.test"), reference="XKBKNABJK")
    page = panel(bob, world.john, text="About XKBKNABJK, please")
    assert "An order of Eve Other: ask before you tell anything of it" in page


def test_a_cart_is_set_from_the_thread_and_the_order_stays(world, bob):
    order, cart = make.order(world.john), make.cart(world.john)
    cart.replace_lines([CartItem("Taza")])
    thread = make.thread()
    thread.link(by=None, order=order)
    bob.post(f"/threads/{thread.pk}/order/", {"cart": cart.pk})
    thread.refresh_from_db()
    assert (thread.cart, thread.order) == (cart, order)
    foreign = make.cart(make.customer("Eve", "eve@x.test"))
    refused = bob.post(f"/threads/{thread.pk}/order/", {"cart": foreign.pk}, headers={"HX-Request": "true"})
    assert "not the customer" in refused.content.decode()
    thread.refresh_from_db()
    assert thread.cart == cart


@pytest.mark.row("CV16")
def test_the_shops_own_page_of_an_order_is_one_click_away(world, bob):
    shop = Shop.objects.create(name="Norte", url="https://norte.test/", order_link="{shop}/order/{reference}")
    order = make.order(world.john, source=shop, reference="A/1")
    assert 'href="https://norte.test/order/A%2F1"' in panel(bob, world.john, order=order)
