"""The page of one cart: who fills it, with what, with and without tax; deleting it; writing about it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Cart, CartItem, CartSums, Shop, Voucher
from helpdesk.models import OutgoingMail, Thread
from tests import make

MUG = CartItem(
    "Taza Bruma", 2, Decimal("14.00"), product_ref="TB-300", attributes="Azul", supplier_ref="P-9", stock=14,
    tax_rate=Decimal(21), image_url="https://img.shop.example/mug.jpg", customization="Para Ana",
)  # fmt: skip
APRON = CartItem("Delantal de lino", 1, Decimal("34.90"), tax_rate=Decimal(21))


@pytest.fixture
def cart(world):
    world.john.language = "en"
    world.john.save()
    shop = Shop.objects.create(name="Taller", url="https://www.shop.example", cart_link="{shop}/admin/carts/{id}")
    made = make.cart(world.john, source=shop, shop_id="77", vouchers=["GRACIAS10"], carrier="Liebre")
    made.replace_lines([MUG, APRON], sums=CartSums(Decimal("6.29"), Decimal("2.50"), Decimal("4.90")))
    return made


def page_of(client, agent, cart):
    client.force_login(agent)
    return client.get(reverse("crm:cart", args=[cart.pk])).content.decode().replace("\xa0", " ")


@pytest.mark.row("CA6")
def test_the_page_shows_lines_sums_vouchers_and_the_customer(cart, world, client):
    Voucher.objects.create(customer=world.john, code="GRACIAS10", percent=10)
    make.order(world.john, total=Decimal("42.50"))
    page = page_of(client, world.bob, cart)
    for words in (
        ("Taza Bruma", "Azul", "TB-300", "P-9", "14 in stock", "Para Ana", "€14.00", "€28.00"),
        ("Delantal de lino", "€62.90", "−€6.29", "€2.50", "€4.90", "€64.01", "GRACIAS10", "−10 %", "Liebre"),
        ("John Doe", "john@example.com", "1, for €42.50", "https://www.shop.example/admin/carts/77"),
    ):
        assert all(word in page for word in words), [word for word in words if word not in page]


@pytest.mark.row("CA6")
def test_an_ordered_cart_leads_to_its_order_and_offers_no_deletion(cart, world, client):
    order = make.order(world.john)
    cart.take_order(order)
    page = page_of(client, world.bob, cart)
    assert reverse("crm:order", args=[order.pk]) in page
    assert reverse("crm:cart_deletion", args=[cart.pk]) not in page


@pytest.mark.row("CA6")
def test_prices_without_tax_add_up_and_are_remembered_for_every_cart(cart, world, client):
    client.force_login(world.bob)
    answer = client.post(reverse("crm:cart_prices", args=[cart.pk]), {"prices": "net"})
    assert (answer.status_code, answer.headers["Location"]) == (303, reverse("crm:cart", args=[cart.pk]))
    page = page_of(client, world.bob, cart)
    assert "€11.57" in page
    assert "€23.14" in page
    sums = client.get(reverse("crm:cart_content", args=[cart.pk])).context["sums"]
    assert sums.products - sums.discounts + sums.wrapping + sums.shipping == sums.total == cart.total - cart.total_tax
    other = make.cart(world.john)
    other.replace_lines([MUG])
    assert "€23.14" in page_of(client, world.bob, other)
    client.post(reverse("crm:cart_prices", args=[cart.pk]), {"prices": "gross"})
    assert "€23.14" not in page_of(client, world.bob, other)


@pytest.mark.row("CA6")
def test_pictures_come_from_the_shops_own_servers_only(cart, world, client):
    client.force_login(world.bob)
    answer = client.get(reverse("crm:cart", args=[cart.pk]))
    assert 'src="https://img.shop.example/mug.jpg"' in answer.content.decode()
    assert "https://*.shop.example" in answer.headers["Content-Security-Policy"]
    foreign = CartItem("Taza", image_url="https://evil.example/shop.example.jpg")
    cart.replace_lines([foreign])
    assert "evil.example" not in page_of(client, world.bob, cart)


@pytest.mark.row("CA7")
def test_a_new_line_says_so_for_a_moment_and_a_removed_one_stays_struck_for_ten_minutes(
    cart, world, client, time_machine
):
    time_machine.move_to(timezone.now() + timedelta(hours=1), tick=False)
    cart.replace_lines([MUG, CartItem("Jarra esmaltada")])
    client.force_login(world.bob)
    content = client.get(reverse("crm:cart_content", args=[cart.pk])).content.decode()
    assert content.count("line--new") == content.count("line--gone") == 1
    assert "Delantal de lino" in content
    time_machine.move_to(timezone.now() + timedelta(seconds=20), tick=False)
    content = client.get(reverse("crm:cart_content", args=[cart.pk])).content.decode()
    assert ("line--new" in content, "line--gone" in content) == (False, True)
    time_machine.move_to(timezone.now() + timedelta(minutes=10), tick=False)
    assert "line--gone" not in client.get(reverse("crm:cart_content", args=[cart.pk])).content.decode()


@pytest.mark.row("CA7")
def test_the_dot_is_grey_when_the_shop_said_nothing_for_half_a_minute(cart, world, client, time_machine):
    assert "live-dot--old" not in page_of(client, world.bob, cart)
    time_machine.move_to(timezone.now() + timedelta(seconds=31), tick=False)
    assert "live-dot--old" in page_of(client, world.bob, cart)


def test_what_the_shop_sends_is_text(cart, world, client):
    bad = "<script>alert(1)</script>"
    cart.replace_lines([CartItem(bad, attributes=bad, customization=bad, image_url="javascript:alert(1)")])
    cart.see(page=bad, step=bad)
    page = page_of(client, world.bob, cart)
    assert bad not in page
    assert "javascript:" not in page


def test_the_page_asks_the_same_number_of_questions_whatever_the_cart_holds(
    cart, world, client, django_assert_max_num_queries, seconds_pass
):
    cart.replace_lines([CartItem(f"Taza {n}") for n in range(60)])
    for _ in range(5):
        make.cart(world.john)
    page_of(client, world.bob, cart)
    seconds_pass()
    with django_assert_max_num_queries(15):
        client.get(reverse("crm:cart", args=[cart.pk]))


def test_strangers_are_asked_to_sign_in_and_no_cart_is_a_404(cart, world, client):
    assert client.get(reverse("crm:cart", args=[cart.pk])).status_code == 302
    client.force_login(world.bob)
    assert client.get(reverse("crm:cart", args=[cart.pk + 1])).status_code == 404


@pytest.mark.row("CA5")
def test_a_cart_is_deleted_after_asking_and_one_with_an_order_never(cart, world, client):
    client.force_login(world.bob)
    url = reverse("crm:cart_deletion", args=[cart.pk])
    assert client.get(url).status_code == 200
    assert Cart.objects.filter(pk=cart.pk).exists()
    cart.take_order(make.order(world.john))
    assert client.get(url).status_code == 409
    page = client.post(url, follow=True).content.decode()
    assert "became an order, so it stays" in page
    other = make.cart()
    client.post(reverse("crm:cart_deletion", args=[other.pk]))
    assert list(Cart.objects.all()) == [cart]


@pytest.mark.row("CA9")
def test_writing_about_a_cart_begins_a_thread_with_its_lines_and_the_cart_remembers(cart, world, client):
    client.force_login(world.bob)
    url = reverse("helpdesk:write_about_cart", args=[cart.pk])
    form = client.get(url).context["form"]
    text = form["text"].value()
    assert "2 × Taza Bruma (Azul)" in text
    assert "/cart/" in text
    sent = {**{name: form[name].value() for name in ("subject", "text", "form_key")}, "contact": world.service.pk}
    answer = client.post(url, sent)
    thread = Thread.objects.get()
    assert answer.headers["Location"].startswith(reverse("helpdesk:thread", args=[thread.pk]))
    assert (thread.cart, thread.customer, thread.subject) == (cart, world.john, "Your cart at Mostrador")
    mail = OutgoingMail.objects.get()
    assert (mail.to, "Taza Bruma" in mail.text) == (["john@example.com"], True)
    assert "contacted on" in page_of(client, world.bob, cart)
    client.post(url, sent)
    assert Thread.objects.count() == 1, "the same form twice is one thread"


@pytest.mark.row("CA9")
def test_writing_goes_into_the_open_thread_where_there_is_one(cart, world, client):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    card = client.get(reverse("helpdesk:cart_conversations", args=[cart.pk])).content.decode()
    url = f"{reverse('helpdesk:write_about_cart', args=[cart.pk])}?thread={thread.pk}"
    assert url in card
    form = client.get(url).context["form"]
    client.post(url, {"text": form["text"].value(), "thread": thread.pk})
    thread.refresh_from_db()
    assert (Thread.objects.count(), thread.cart, thread.messages.count()) == (1, cart, 2)


@pytest.mark.row("CA9")
def test_nobody_writes_to_who_must_not_be_contacted_nor_into_threads_they_may_not_see(cart, world, client):
    thread = make.thread(world.service)
    client.force_login(world.charlie)
    url = reverse("helpdesk:write_about_cart", args=[cart.pk])
    answer = client.post(url, {"text": "Hello", "thread": thread.pk, "subject": "x", "contact": world.accounting.pk})
    assert (answer.status_code, thread.messages.count()) == (400, 1)
    world.john.do_not_contact = True
    world.john.save()
    answer = client.post(url, {"text": "Hello", "subject": "x", "contact": world.accounting.pk})
    assert (answer.status_code, Thread.objects.count()) == (400, 1)
    assert "must not be contacted" in answer.content.decode()


@pytest.mark.row("CA9")
def test_a_letter_with_nothing_in_it_comes_back_with_sentences_and_what_was_typed(cart, world, client):
    client.force_login(world.bob)
    url = reverse("helpdesk:write_about_cart", args=[cart.pk])
    page = client.post(url, {"text": "Hello {{ name }}", "subject": "", "contact": ""})
    assert page.status_code == 400
    assert "Write a subject." in page.content.decode()
    assert "Hello {{ name }}" in page.content.decode()
