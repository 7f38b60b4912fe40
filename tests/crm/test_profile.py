"""The page of one customer and the story of the record."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.models import (
    Address,
    CartItem,
    Consent,
    Customer,
    CustomerGroup,
    CustomerLink,
    CustomerNote,
    Order,
    OrderLine,
    RecordEvent,
    RecordSettings,
    Shop,
    SocialTitle,
    TitleUse,
    Visit,
    Voucher,
)
from tests import make

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


@pytest.fixture
def alice(world, client):
    client.force_login(world.alice)
    return client


def shown(client, customer, path=""):
    answer = client.get(f"/customers/{customer.pk}/{path}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.row("CV1")
@pytest.mark.row("CV14")
def test_all_that_is_known_of_a_customer_stands_on_the_page(world, bob):
    RecordSettings.objects.update_or_create(pk=1, defaults={"title_use": TitleUse.TEAM})
    title = SocialTitle.objects.create(names={"en": "Mrs", "es": "Sra."})
    shop = Shop.objects.create(name="Taller Norte", customer_link="{shop}/c/{id}", url="https://norte.test")
    Customer.objects.filter(pk=world.john.pk).update(
        title=title,
        birthday=date(1992, 2, 4),
        registered_at=datetime(2023, 3, 12, 18, 22, tzinfo=UTC),
        visited_at=datetime(2026, 11, 19, 8, 2, tzinfo=UTC),
        source=shop,
        shop_id="77",
        language="es",
        newsletter=True,
        is_guest=True,
        is_active=False,
        referrer="https://blog.test/",
        phone="+34600000123",
    )
    Consent.objects.create(
        customer=world.john, kind="newsletter", given=True, source="shop", at=datetime(2023, 3, 12, tzinfo=UTC)
    )
    page = shown(bob, world.john)
    for said in (
        *("Mrs John Doe", "mailto:john@example.com", f">{world.john.pk}<", "4 Feb 1992 (", "12 Mar 2023", "19 Nov"),
        *("Taller Norte", "Spanish", "Yes, since 12 Mar 2023", "Updated", "Disabled", "Guest", "https://blog.test/"),
        *("https://norte.test/c/77", "+34600000123", "Partner offers"),
    ):
        assert said in page, said


@pytest.mark.row("CV1")
def test_what_nobody_knows_is_said_so(world, bob):
    page = shown(bob, world.john)
    for said in ("Unknown", "Never", "Enabled", "No orders yet.", "No carts."):
        assert said in page, said


@pytest.mark.row("CV2")
def test_rank_counts_who_paid_more(world, bob):
    eve = make.customer("Eve", "eve@x.test")
    make.order(world.john, total=Decimal(90))
    make.order(eve, total=Decimal(40))
    Order.objects.add_up([world.john.pk, eve.pk])
    assert "no. 1" in shown(bob, world.john)
    assert "no. 2" in shown(bob, eve)
    assert "no. 3" not in shown(bob, make.customer("New", "new@x.test"))


@pytest.mark.row("CF11")
@pytest.mark.row("CV3")
def test_a_pinned_note_is_beside_the_threads_and_leaves_to_nobody(world, bob):
    thread = make.thread()
    bob.post(f"/customers/{world.john.pk}/notes/", {"text": "Call <b>after</b> five"})
    note = CustomerNote.objects.get()
    assert note.author == world.bob
    bob.post(f"/customers/{world.john.pk}/notes/{note.pk}/", {"do": "pin"})
    assert "Call &lt;b&gt;after&lt;/b&gt; five" in shown(bob, world.john)
    assert "after" in bob.get(f"/threads/{thread.pk}/panel/").content.decode()
    bob.post(f"/threads/{thread.pk}/reply/", {"body": "Hello John", "status": ""})
    assert all("five" not in mail.text + mail.html for mail in thread.outgoing.all())


def test_an_empty_note_is_refused_at_the_field(world, bob):
    answer = bob.post(f"/customers/{world.john.pk}/notes/", {"text": " "}, headers={"HX-Request": "true"})
    assert "Write the note first." in answer.content.decode()
    assert not CustomerNote.objects.exists()


def test_a_colleagues_note_is_deleted_by_a_supervisor_only(world, bob, client):
    note = CustomerNote.objects.create(customer=world.john, author=world.alice, text="Mine")
    bob.post(f"/customers/{world.john.pk}/notes/{note.pk}/", {"do": "remove"})
    assert CustomerNote.objects.exists()
    client.force_login(world.alice)
    client.post(f"/customers/{world.john.pk}/notes/{note.pk}/", {"do": "remove"})
    assert not CustomerNote.objects.exists()


@pytest.mark.row("CV5")
def test_the_main_group_is_marked(world, bob):
    main, other = CustomerGroup.fixed("customer"), CustomerGroup.objects.create(name="Club", discount=Decimal(5))
    Customer.objects.filter(pk=world.john.pk).update(group=main)
    world.john.groups.set([main, other])
    page = shown(bob, world.john)
    assert "Customer · main" in page
    assert "Club · −5 %" in page


@pytest.mark.row("CV6")
def test_totals_are_told_in_the_currency_that_was_paid(world, bob):
    make.order(world.john, currency="EUR", tracking_number="T1", tracking_url="https://track.test/1")
    make.order(world.john, currency="USD", total=Decimal(10))
    make.order(world.john, is_valid=False, total=Decimal(99), state="Pago rechazado")
    page = shown(bob, world.john)
    for said in ("€42.50 in 1 order", "$10.00 in 1 order", "Pago rechazado · not paid", "https://track.test/1", ">3<"):
        assert said in page, said


@pytest.mark.row("AR13")
def test_panel_page_and_list_of_orders_show_the_same_orders(world, bob):
    orders = [make.order(world.john) for _ in range(4)]
    thread = make.thread()
    pages = [shown(bob, world.john), shown(bob, world.john, "orders/")]
    pages.append(bob.get(f"/threads/{thread.pk}/panel/").content.decode())
    for number, page in enumerate(pages):
        assert not [order for order in orders if f'href="/orders/{order.pk}/"' not in page], number
    one = bob.get(f"/orders/{orders[0].pk}/").content.decode()
    assert "Cuenco Bruma" in one
    assert f'href="/customers/{world.john.pk}/"' in one


def test_orders_are_found_by_a_part_of_the_reference(world, bob):
    make.order(world.john, reference="MK-777")
    make.order(world.john, reference="MK-888")
    page = shown(bob, world.john, "orders/?q=77")
    assert "MK-777" in page
    assert "MK-888" not in page
    assert "No order of this customer has “zz”" in shown(bob, world.john, "orders/?q=zz")


@pytest.mark.row("CV7")
def test_a_product_of_three_orders_says_three_and_names_them(world, bob):
    orders = [make.order(world.john) for _ in range(3)]
    make.order(world.john, is_valid=False)
    page = shown(bob, world.john, "products/")
    assert "bought 3 times" in page
    assert "6 pieces" in page
    assert all(order.reference in page for order in orders)


@pytest.mark.row("CV8")
def test_a_product_leaves_the_list_of_those_never_bought_once_it_is_ordered(world, bob):
    make.cart(world.john).replace_lines([CartItem("Jarra esmaltada")])
    assert "In a cart, never bought" in shown(bob, world.john, "products/")
    OrderLine.objects.create(order=make.order(world.john), name="Jarra esmaltada")
    assert "In a cart, never bought" not in shown(bob, world.john, "products/")


@pytest.mark.row("CV9")
def test_addresses_are_shown_until_deleted_and_orders_keep_theirs(world, bob):
    address = Address.objects.create(
        customer=world.john, line1="C/ Mayor 8", city="Madrid", country="ES", postcode="28013", for_delivery=True
    )
    order = make.order(world.john, delivery_address="C/ Mayor 8\n28013 Madrid")
    assert "C/ Mayor 8, 28013 Madrid" in shown(bob, world.john, "aside/")
    address.deleted_at = timezone.now()
    address.save()
    assert "No address." in shown(bob, world.john, "aside/")
    assert "C/ Mayor 8" in bob.get(f"/orders/{order.pk}/").content.decode()


@pytest.mark.row("CV10")
def test_vouchers_tell_what_they_are_worth(world, bob):
    Voucher.objects.create(customer=world.john, code="GRACIAS10", percent=Decimal(10), quantity=2)
    Voucher.objects.create(customer=world.john, code="VALE5", amount=Decimal(5), currency="EUR", is_active=False)
    page = shown(bob, world.john, "aside/")
    for said in ("GRACIAS10", "−10 %", "2 uses left", "−€5.00", "not active"):
        assert said in page, said


@pytest.mark.row("CV12")
def test_an_agent_sees_the_network_of_a_visit_and_a_supervisor_the_address(world, bob, client):
    Visit.objects.create(customer=world.john, pages=3, seconds=130, ip_address="203.0.113.7", user_agent=FIREFOX)
    page = shown(bob, world.john, "aside/")
    for said in ("Firefox 133 on Linux", "203.0.113…", "3 pages", "2 minutes", "Direct link"):
        assert said in page, said
    assert "203.0.113.7" not in page
    client.force_login(world.alice)
    assert "203.0.113.7" in shown(client, world.john, "aside/")


@pytest.mark.row("AR21")
def test_galleries_are_links_by_the_shops_template_and_of_the_customers_own(world, bob):
    shop = Shop.objects.create(name="Norte", url="https://norte.test", gallery_link="{shop}/g/{id}")
    Customer.objects.filter(pk=world.john.pk).update(source=shop, shop_id="77")
    CustomerLink.objects.create(customer=world.john, name="Boda", url="https://fotos.test/boda")
    page = shown(bob, world.john, "aside/")
    assert 'href="https://norte.test/g/77"' in page
    assert 'href="https://fotos.test/boda"' in page


@pytest.mark.row("AR22")
def test_the_story_tells_field_old_new_who_and_when(world, alice):
    john = Customer.objects.get(pk=world.john.pk)
    john.phone = "+34600000100"
    john.save()
    john.phone = "+34600000123"
    john._history_user = world.bob
    john.save()
    page = shown(alice, john, "history/?kind=changes")
    for said in ("Phone", "+34600000100", "+34600000123", "Bob Agent", "Record created"):
        assert said in page, said
    assert "+34600000123" not in shown(alice, john, f"history/?by={world.alice.pk}")
    assert "Nothing matches" in shown(alice, john, "history/?until=2001-01-01")


@pytest.mark.row("AR22")
@pytest.mark.row("AR23")
def test_the_story_tells_sign_ins_and_consents(world, bob):
    RecordEvent.objects.record(RecordEvent.Kind.SIGNED_IN, world.john, ip="203.0.113.7")
    Consent.objects.create(customer=world.john, kind="offers", given=False, source="phone", detail="no more, please")
    page = shown(bob, world.john, "history/")
    for said in ("Signed in", "203.0.113…", "Partner offers", "By phone: “no more, please”"):
        assert said in page, said
    assert "Partner offers" not in shown(bob, world.john, "history/?kind=access")


@pytest.mark.row("AR22")
def test_a_supervisor_puts_a_field_back_and_an_agent_cannot(world, bob, client):
    john = Customer.objects.get(pk=world.john.pk)
    john.phone = "+34600000123"
    john.save()
    version = john.history.last()
    change = {"field": "phone", "version": version.history_id}
    assert client.post(f"/customers/{john.pk}/history/put-back/", change).status_code == 403
    client.force_login(world.alice)
    assert client.post(f"/customers/{john.pk}/history/put-back/", change).status_code == 303
    john.refresh_from_db()
    assert john.phone == ""
    assert john.history.first().history_user == world.alice
    client.post(f"/customers/{john.pk}/history/put-back/", {"field": "password", "version": "x"})
    assert "not there any more" in shown(client, john, "history/")


def test_a_merged_record_leads_to_the_one_that_was_kept(world, bob):
    eve = make.customer("Eve", "eve@x.test")
    Customer.objects.filter(pk=eve.pk).update(merged_into=world.john)
    assert bob.get(f"/customers/{eve.pk}/").url == f"/customers/{world.john.pk}/"


def test_without_script_one_link_brings_every_card(world, bob):
    make.order(world.john)
    page = shown(bob, world.john, "?whole")
    for said in ("Products they buy", "Last visits", "History of changes", "Addresses"):
        assert said in page, said


def test_strangers_are_asked_to_sign_in_and_nobody_is_404(world, client):
    assert client.get(f"/customers/{world.john.pk}/").status_code == 302
    client.force_login(world.bob)
    assert client.get("/customers/999999/").status_code == 404


@pytest.mark.row("CV15")
def test_the_page_takes_as_many_queries_for_500_orders_as_for_one(world, bob, django_assert_max_num_queries):
    made = timezone.now()
    rows = [
        Order(customer=world.john, reference=f"R{n}", state="x", placed_at=made - timedelta(days=n)) for n in range(500)
    ]
    Order.objects.bulk_create(rows)
    OrderLine.objects.bulk_create(OrderLine(order=order, name="Taza") for order in rows)
    for _ in range(20):
        make.cart(world.john).replace_lines([CartItem("Taza"), CartItem("Jarra")])
    shown(bob, world.john)
    for path, most in (("", 15), ("products/", 9), ("aside/", 14), ("threads/", 9), ("orders/", 15)):
        with django_assert_max_num_queries(most):
            shown(bob, world.john, path)


@pytest.mark.row("CV4")
def test_threads_are_rows_newest_first_and_only_those_one_may_see(world, bob):
    first, second = make.thread(subject="First matter"), make.thread(subject="Second matter")
    make.thread(world.accounting, subject="Hidden matter")
    for _ in range(3):
        first.receive(make.mail("And?", in_reply_to=""))
    page = shown(bob, world.john, "threads/")
    assert page.index("First matter") < page.index("Second matter")
    assert "Hidden matter" not in page
    assert page.count("<tr>") >= 2
    assert f'href="/threads/{second.pk}/"' in page


@pytest.mark.row("CV13")
def test_mails_sent_are_listed_with_subject_and_how_far_they_came(world, bob):
    thread = make.thread(subject="Where is it")
    thread.reply("<p>Soon</p>", by=world.bob)
    page = shown(bob, world.john, "threads/")
    assert "Mails sent" in page
    assert "Re: Where is it" in page
    assert "Queued" in page


def test_the_page_takes_as_many_queries_however_much_there_is(world, bob, django_assert_max_num_queries, seconds_pass):
    for n in range(30):
        make.cart(world.john, order=make.order(world.john, total=Decimal(n))).replace_lines([CartItem("Taza")])
        world.john.tag(f"t{n}", by=world.bob)
    shown(bob, world.john)
    seconds_pass()
    with django_assert_max_num_queries(15):
        shown(bob, world.john)


@pytest.mark.row("CV1")
def test_the_figures_are_fetched_again_and_say_what_is_now(world, bob, django_assert_max_num_queries, seconds_pass):
    shown(bob, world.john)
    seconds_pass()

    def figures() -> str:
        with django_assert_max_num_queries(15):
            return shown(bob, world.john, "figures/")

    before = figures()
    assert before.strip().split("</dl>")[0] in shown(bob, world.john)  # what the page begins with
    assert f'hx-get="/customers/{world.john.pk}/figures/"' in before
    assert 'hx-swap-oob="true"' in before  # the facts come with them
    assert "<dd>0</dd>" in before
    make.order(world.john, total=Decimal("42.50"))
    make.order(world.john, total=Decimal("10"), currency="USD")
    Order.objects.add_up([world.john.pk])
    world.john.edit({"phone": "+34600000123"}, by=world.bob)
    now = figures()
    for said in ("<dd>2</dd>", "€42.50 + $10.00", "no. 1", "+34600000123"):
        assert said in now, said
    assert bob.get(f"/customers/{10**12}/figures/").status_code == 404
    assert bob.post(f"/customers/{world.john.pk}/figures/").status_code == 405
    bob.logout()
    assert bob.get(f"/customers/{world.john.pk}/figures/").status_code == 302
