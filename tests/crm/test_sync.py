"""What a shop tells is written down once, by its own ids."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from crm.models import Cart, CartState, Consent, Customer, CustomerGroup, Order, OrderLine, RecordEvent, Shop, Visit
from crm.sync import addresses, carts, customers, groups, orders, visits, vouchers
from tests import make

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = datetime(2026, 11, 16, 9, tzinfo=UTC), datetime(2026, 11, 17, 9, tzinfo=UTC)
ANA = {"id": "17", "first_name": "Ana", "last_name": "Ruiz", "email": "Ana@Example.com"}
LINES = [
    {"product_ref": "BOWL", "name": "Cuenco Bruma", "quantity": 2, "unit_price": Decimal("15.00")},
    {"product_ref": "MUG", "name": "Taza Alba", "attributes": "azul", "unit_price": Decimal("12.50")},
]
ORDER = {
    "id": "900",
    "reference": "MK-900",
    "customer": "17",
    "state": "Pagado",
    "total": Decimal("42.50"),
    "placed_at": MONDAY,
    "lines": [{"product_ref": "BOWL", "name": "Cuenco Bruma", "quantity": 2, "unit_price": Decimal("15.00")}],
}


@pytest.fixture
def shop() -> Shop:
    return Shop.objects.create(name="Taller Norte", url="https://shop.example")


def became(answers) -> list[str]:
    return [str(one.what) for one in answers]


def test_a_customer_told_twice_is_written_once(shop):
    assert became(customers.upsert(shop, [ANA])) == ["created"]
    ana = Customer.objects.get(source=shop, shop_id="17")
    before = (ana.version, ana.updated_at, ana.history.count())
    assert became(customers.upsert(shop, [ANA])) == ["unchanged"]
    ana.refresh_from_db()
    assert (ana.version, ana.updated_at, ana.history.count()) == before == (1, ana.updated_at, 1)
    assert (ana.name, ana.email, str(ana.group)) == ("Ana Ruiz", "ana@example.com", "Customer")


def test_a_change_by_the_shop_is_told_in_the_history(shop):
    customers.upsert(shop, [ANA, {"id": "18", "first_name": "Luis"}])
    answers = customers.upsert(shop, [ANA | {"phone": "+34600000123"}, {"id": "18", "first_name": "Luis"}])
    assert became(answers) == ["changed", "unchanged"]
    ana = Customer.objects.get(shop_id="17")
    newest = ana.history.first()
    assert (newest.phone, newest.history_user, newest.history_change_reason) == ("+34600000123", None, "Taller Norte")
    assert ana.version == 2
    assert Customer.objects.get(shop_id="18").history.count() == 1


def test_what_an_object_does_not_name_stays(shop):
    customers.upsert(shop, [ANA | {"company": "Ruiz SL"}])
    customers.upsert(shop, [{"id": "17", "first_name": "Anna"}])
    ana = Customer.objects.get(shop_id="17")
    assert (ana.first_name, ana.last_name, ana.company, ana.email) == ("Anna", "Ruiz", "Ruiz SL", "ana@example.com")


def test_another_main_address_leaves_the_first_one_on_file(shop):
    customers.upsert(shop, [ANA])
    assert became(customers.upsert(shop, [ANA | {"email": "ana@ruiz.example"}])) == ["changed"]
    ana = Customer.objects.get(shop_id="17")
    assert ana.email == "ana@ruiz.example"
    assert {one.address for one in ana.emails.all()} == {"ana@ruiz.example", "ana@example.com"}
    assert became(customers.upsert(shop, [ANA | {"email": "ana@ruiz.example"}])) == ["unchanged"]


def test_the_same_id_in_another_shop_is_somebody_else(shop):
    other = Shop.objects.create(name="Taller Sur")
    customers.upsert(shop, [ANA])
    assert became(customers.upsert(other, [ANA | {"first_name": "Eva"}])) == ["created"]
    assert set(Customer.objects.filter(shop_id="17").values_list("first_name", flat=True)) == {"Ana", "Eva"}


def test_one_wrong_object_does_not_keep_the_others(shop):
    answers = carts.upsert(shop, [{"id": "1", "lines": LINES}, {"id": "2", "customer": "77"}, {"id": "1"}])
    assert became(answers) == ["created", "refused", "refused"]
    assert "77" in answers[1].errors["customer"][0]
    assert list(answers[2].errors) == ["id"]
    assert Cart.objects.count() == 1


def test_groups_are_named_by_the_shops_id_or_by_a_fixed_key(shop):
    told = {"id": "4", "name": "Mayoristas", "discount": Decimal("12.00")}
    assert became(groups.upsert(shop, [told, {"id": "3", "key": "customer", "name": "Clientes"}])) == [
        "created",
        "changed",
    ]
    customers.upsert(shop, [ANA | {"group": "4", "groups": ["customer"]}])
    ana = Customer.objects.get(shop_id="17")
    assert ana.group.name == "Mayoristas"
    assert {one.shop_id for one in ana.groups.all()} == {"3", "4"}
    customers.upsert(shop, [ANA | {"group": "3", "groups": []}])
    assert {one.key for one in ana.groups.all()} == {"customer"}
    assert ana.events.filter(kind=RecordEvent.Kind.UNGROUPED).get().data["group"] == "Mayoristas"


@pytest.mark.row("GR4")
def test_a_groups_discounts_by_category_are_those_of_the_shop(shop):
    cups = {"category": "Tazas", "discount": Decimal("10.00"), "category_ref": "8"}
    club = {"id": "4", "name": "Club", "category_discounts": [cups]}
    assert became(groups.upsert(shop, [club])) == ["created"]
    assert became(groups.upsert(shop, [club])) == ["unchanged"]
    assert became(groups.upsert(shop, [club | {"category_discounts": [cups | {"discount": Decimal(20)}]}])) == [
        "changed"
    ]
    assert [str(one) for one in CustomerGroup.objects.get(shop_id="4").category_discounts.all()] == ["Tazas −20 %"]
    groups.upsert(shop, [club | {"category_discounts": []}])
    assert not CustomerGroup.objects.get(shop_id="4").category_discounts.exists()


def test_a_consent_of_the_shop_is_kept_with_its_moment(shop):
    customers.upsert(shop, [ANA | {"newsletter": True, "consented_at": MONDAY}])
    consent = Consent.objects.get()
    assert (consent.given, consent.source, consent.at, consent.detail) == (True, "shop", MONDAY, "Taller Norte")
    customers.upsert(shop, [ANA | {"newsletter": True}])
    assert Consent.objects.count() == 1


def test_what_a_customer_took_back_here_the_shop_does_not_give_again(shop):
    customers.upsert(shop, [ANA | {"newsletter": True, "consented_at": MONDAY}])
    ana = Customer.objects.get(shop_id="17")
    Consent.objects.create(customer=ana, kind="newsletter", given=False, source="unsubscribed", at=TUESDAY)
    Customer.objects.update(newsletter=False)
    assert became(customers.upsert(shop, [ANA | {"newsletter": True, "consented_at": MONDAY}])) == ["unchanged"]
    assert not Customer.objects.get(shop_id="17").newsletter
    later = datetime(2026, 11, 18, tzinfo=UTC)
    assert became(customers.upsert(shop, [ANA | {"newsletter": True, "consented_at": later}])) == ["changed"]


def test_who_was_erased_does_not_come_back(shop):
    customers.upsert(shop, [ANA])
    Customer.objects.update(erased_at=MONDAY, first_name="")
    assert became(customers.upsert(shop, [ANA])) == ["refused"]
    assert Customer.objects.get().first_name == ""
    assert became(carts.upsert(shop, [{"id": "1", "customer": "17"}])) == ["refused"]


@pytest.mark.row("AR12")
def test_a_customer_with_orders_stays_when_the_shop_deletes_them(shop):
    customers.upsert(shop, [ANA, {"id": "18"}])
    orders.upsert(shop, [ORDER])
    with pytest.raises(ValueError, match="1 order"):
        customers.remove(shop, "17")
    customers.remove(shop, "18")
    assert Customer.objects.get(shop_id="18").deleted_at
    assert became(customers.upsert(shop, [{"id": "18"}])) == ["changed"]
    assert Customer.objects.get(shop_id="18").deleted_at is None


def test_who_was_deleted_by_the_team_does_not_come_back(shop):
    customers.upsert(shop, [ANA])
    ana = Customer.objects.get()
    Customer.objects.update(deleted_at=MONDAY)
    RecordEvent.objects.record(RecordEvent.Kind.DELETED, ana, by=make.supervisor())
    assert became(customers.upsert(shop, [ANA | {"first_name": "Eva"}])) == ["refused"]


def test_orders_bring_lines_states_and_sums(shop):
    customers.upsert(shop, [ANA])
    assert became(orders.upsert(shop, [ORDER, ORDER | {"id": "901", "reference": "MK-901"}])) == ["created"] * 2
    ana = Customer.objects.get(shop_id="17")
    assert (ana.order_count, ana.spent) == (2, Decimal("85.00"))
    assert became(orders.upsert(shop, [ORDER])) == ["unchanged"]
    sent = ORDER | {"state": "Enviado", "states": [{"state": "Enviado", "at": TUESDAY}]}
    assert became(orders.upsert(shop, [sent])) == ["changed"]
    order = Order.objects.get(shop_id="900")
    assert [(one.state, one.at) for one in order.states.all()] == [("Pagado", MONDAY), ("Enviado", TUESDAY)]
    assert became(orders.upsert(shop, [sent | {"lines": []}])) == ["changed"]
    assert not order.lines.exists()


def test_an_order_that_goes_to_somebody_else_is_added_up_for_both(shop):
    customers.upsert(shop, [ANA, {"id": "18"}])
    orders.upsert(shop, [ORDER])
    orders.upsert(shop, [{"id": "900", "customer": "18"}])
    assert list(Customer.objects.order_by("shop_id").values_list("order_count", flat=True)) == [0, 1]
    orders.remove(shop, "900")
    assert Customer.objects.get(shop_id="18").spent is None


def test_an_order_takes_the_cart_it_was_made_from(shop):
    customers.upsert(shop, [ANA])
    carts.upsert(shop, [{"id": "5", "customer": "17", "lines": LINES}])
    orders.upsert(shop, [ORDER | {"cart": "5"}])
    cart = Cart.objects.get()
    assert (cart.order.reference, cart.state) == ("MK-900", CartState.ORDERED)
    assert became(orders.upsert(shop, [ORDER | {"cart": "5"}])) == ["unchanged"]
    with pytest.raises(ValueError, match="order"):
        carts.remove(shop, "5")


def test_a_cart_is_added_up_and_keeps_since_when_a_product_is_in_it(shop):
    carts.upsert(shop, [{"id": "5", "lines": LINES, "changed_at": MONDAY, "total_shipping": Decimal("4.90")}])
    cart = Cart.objects.get()
    assert (cart.item_count, cart.total_products, cart.total) == (3, Decimal("42.50"), Decimal("47.40"))
    more = [*LINES, {"name": "Jarra", "unit_price": Decimal(30)}]
    assert became(carts.upsert(shop, [{"id": "5", "lines": more, "changed_at": TUESDAY}])) == ["changed"]
    cart.refresh_from_db()
    assert (cart.total, cart.changed_at, cart.state) == (Decimal("77.40"), TUESDAY, cart.state)
    assert [line.added_at for line in cart.lines.all()] == [MONDAY, MONDAY, TUESDAY]
    assert became(carts.upsert(shop, [{"id": "5", "lines": more, "changed_at": TUESDAY}])) == ["unchanged"]


def test_the_shop_does_not_take_a_found_customer_from_a_cart(shop, world: SimpleNamespace):
    carts.upsert(shop, [{"id": "5", "lines": LINES}])
    Cart.objects.update(customer=world.john)
    carts.upsert(shop, [{"id": "5", "lines": LINES[:1], "customer": None}])
    assert Cart.objects.get().customer == world.john


def test_a_merged_customers_cart_is_that_of_who_they_are_now(shop, world: SimpleNamespace):
    customers.upsert(shop, [ANA])
    Customer.objects.filter(shop_id="17").update(merged_into=world.john)
    carts.upsert(shop, [{"id": "5", "customer": "17"}])
    assert Cart.objects.get().customer == world.john


def test_visits_vouchers_and_addresses_belong_to_a_customer(shop):
    customers.upsert(shop, [ANA])
    assert became(visits.upsert(shop, [{"id": "v1", "customer": "17", "began_at": TUESDAY}])) == ["created"]
    assert Customer.objects.get().visited_at == TUESDAY
    assert became(visits.upsert(shop, [{"id": "v1", "pages": 4}])) == ["changed"]
    assert Visit.objects.get().pages == 4
    assert became(vouchers.upsert(shop, [{"id": "w1", "customer": "17", "code": "GRACIAS"}])) == ["created"]
    home = {"id": "a1", "customer": "17", "line1": "Calle Mayor 1", "city": "Madrid", "country": "ES"}
    assert became(addresses.upsert(shop, [home])) == ["created"]
    addresses.remove(shop, "a1")
    assert Customer.objects.get().addresses.get().deleted_at
    assert became(addresses.upsert(shop, [home])) == ["changed"]
    assert became(vouchers.upsert(shop, [{"id": "w2", "code": "NADIE"}])) == ["refused"]


@pytest.mark.parametrize("times", [2, 200])
def test_the_number_of_questions_does_not_grow_with_the_objects(shop, django_assert_max_num_queries, times):
    customers.upsert(shop, [ANA | {"id": str(n), "email": f"ana{n}@example.com"} for n in range(times)])
    told = [{"id": str(n), "customer": str(n), "lines": LINES} for n in range(times)]
    with django_assert_max_num_queries(30):
        carts.upsert(shop, told)
    with django_assert_max_num_queries(9):
        assert set(became(carts.upsert(shop, told))) == {"unchanged"}
    assert OrderLine.objects.count() == 0
