"""A PrestaShop is read by its web service: trial, first import, what changed, and what can go wrong."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from crm.models import Address, Cart, Customer, CustomerGroup, Order, PrestaShop, RecordSettings, Shop, Voucher
from crm.prestashop import running
from tests.servers.prestashop import KEY, PrestaShopServer

pytestmark = [pytest.mark.django_db]
SETTINGS = "/settings/shops/"
MADRID = ZoneInfo("Europe/Madrid")
ENTITY = b'<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]><prestashop><api>&a;</api></prestashop>'
SQL = b"<prestashop><errors><error><code>97</code><message>SQL</message></error></errors></prestashop>"


@pytest.fixture
def alice(client, world):
    client.force_login(world.alice)
    return client


@pytest.fixture
def shop(settings, world) -> Shop:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    RecordSettings.decide(by=None, business=True)
    return Shop.objects.create(name="Taller Norte", url="https://shop.example", time_zone="Europe/Madrid")


@pytest.fixture
def connection(alice, shop, prestashop) -> PrestaShop:
    sell(prestashop)
    form = {"prestashop-address": prestashop.url, "prestashop-key": KEY, "prestashop-cart_days": "90"}
    assert alice.post(f"{SETTINGS}{shop.pk}/prestashop/", form).status_code == 303
    return PrestaShop.objects.get()


def ago(**past: int) -> str:
    """The shop's wall clock some time ago."""
    return (timezone.now() - timedelta(**past)).astimezone(MADRID).strftime("%Y-%m-%d %H:%M:%S")


def customer(prestashop: PrestaShopServer, number: int, **fields) -> dict:
    row = {
        "id": number,
        "id_default_group": 3,
        "id_lang": 1,
        "newsletter_date_add": "0000-00-00 00:00:00",
        "passwd": "$2y$secret",
        "secure_key": "secret",
        "deleted": 0,
        "lastname": "Vidal",
        "firstname": "Inés",
        "email": f"c{number}@mail.example",
        "birthday": "0000-00-00",
        "newsletter": 0,
        "optin": 0,
        **dict.fromkeys(("website", "company", "siret", "ape"), ""),
        "outstanding_allow_amount": "0.000000",
        "max_payment_days": 0,
        "active": 1,
        "is_guest": 0,
        "date_add": ago(days=30),
        "date_upd": ago(days=20),
    }
    return prestashop.add("customers", **row | fields)


def address(prestashop: PrestaShopServer, number: int, of: int, **fields) -> dict:
    row = {
        "id": number,
        "id_customer": of,
        "id_country": 6,
        "id_state": 320,
        "alias": "Casa",
        "company": "",
        "lastname": "Vidal",
        "firstname": "Inés",
        "vat_number": "",
        "address1": "Carrer Major, 1",
        "address2": "",
        "postcode": "08001",
        "city": "Barcelona",
        "other": "",
        "phone": "",
        "phone_mobile": "600000123",
        "dni": "",
        "deleted": 0,
        "date_upd": ago(days=20),
    }
    return prestashop.add("addresses", **row | fields)


def cart(prestashop: PrestaShopServer, number: int, of: int, *lines: tuple[int, int, int], **fields) -> dict:
    row = {
        "id": number,
        "id_currency": 1,
        "id_customer": of,
        "id_lang": 1,
        "id_carrier": 2,
        "secure_key": "secret",
        "date_add": ago(days=2),
        "date_upd": ago(days=2),
        "cart_rows": [
            {"id_product": product, "id_product_attribute": other, "id_customization": 0, "quantity": quantity}
            for product, other, quantity in lines
        ],
    }
    return prestashop.add("carts", **row | fields)


def order(prestashop: PrestaShopServer, number: int, of: int, made_from: int, place: int, **fields) -> dict:
    line = {"id": 701, "product_id": 12, "product_attribute_id": 34, "product_quantity": 2}
    line |= {"product_name": "Jarra azul - Tamaño: L", "product_reference": "JA-L"}
    line |= {"unit_price_tax_incl": "39.900000", "unit_price_tax_excl": "32.975207"}
    row = {
        "id": number,
        "id_address_delivery": place,
        "id_address_invoice": place,
        "id_cart": made_from,
        "id_currency": 1,
        "id_customer": of,
        "id_carrier": 2,
        "current_state": 4,
        "valid": 1,
        "date_add": ago(days=9),
        "date_upd": ago(days=8),
        "shipping_number": "ZX900",
        "payment": "Transferencia",
        "total_discounts_tax_incl": "5.000000",
        "total_paid": "79.700000",
        "total_paid_tax_incl": "79.700000",
        "total_paid_tax_excl": "65.870000",
        "total_products_wt": "79.800000",
        "total_shipping_tax_incl": "4.900000",
        "conversion_rate": "1.000000",
        "reference": "QWMPLARTE",
        "order_rows": [line],
    }
    for n, (state, days) in enumerate(((2, 9), (4, 8))):
        history = {"id": number * 10 + n, "id_order": number, "id_order_state": state, "date_add": ago(days=days)}
        prestashop.add("order_histories", **history)
    return prestashop.add("orders", **row | fields)


def sell(prestashop: PrestaShopServer) -> None:
    """A customer with an address, a cart that became an order, a cart of nobody, a voucher."""
    customer(prestashop, 41, newsletter=1, newsletter_date_add=ago(days=29), birthday="1988-04-02")
    customer(prestashop, 42, id_default_group=4, company="Taller Sur", siret="B123")
    address(prestashop, 5, 41)
    address(prestashop, 6, 0)  # of a supplier
    cart(prestashop, 898, 41, (12, 34, 2), date_upd=ago(days=9), date_add=ago(days=9))
    cart(prestashop, 907, 0, (12, 34, 1))
    cart(prestashop, 908, 0)  # of a robot
    cart(prestashop, 800, 41, (12, 0, 1), date_upd=ago(days=200))
    order(prestashop, 310, 41, 898, 5)
    rule = {"date_to": "2199-01-01 00:00:00", "quantity": 1, "reduction_percent": "10.00", "reduction_amount": "0.00"}
    rule |= {"reduction_currency": 0, "active": 1, "date_upd": ago(days=3), "name": {1: "Gracias", 2: "Thanks"}}
    prestashop.add("cart_rules", id=1, id_customer=41, code="GRACIAS10", **rule)
    prestashop.add("cart_rules", id=2, id_customer=0, code="TODOS", **rule)


def ask(alice, connection: PrestaShop, what: str) -> PrestaShop:
    assert alice.post(f"{SETTINGS}{connection.shop_id}/prestashop/task/", {"do": what}).status_code == 303
    return run(connection)


def run(connection: PrestaShop) -> PrestaShop:
    """All turns until there is nothing to do."""
    PrestaShop.objects.update(next_at=timezone.now(), leased_until=None)
    while running.read_shops():
        PrestaShop.objects.exclude(task="").update(next_at=timezone.now())
    connection.refresh_from_db()
    return connection


def counts(connection: PrestaShop, task: str) -> dict[str, tuple[int, int, int, int]]:
    steps = connection.steps.filter(task=task)
    return {one.resource: (one.created, one.changed, one.unchanged, one.refused) for one in steps}


def page_of(alice, connection: PrestaShop) -> str:
    return alice.get(f"{SETTINGS}{connection.shop_id}/").content.decode()


def test_the_first_import_brings_customers_addresses_groups_orders_carts_and_vouchers(alice, connection, prestashop):
    done = ask(alice, connection, "import")
    assert (done.problem, done.task, done.version) == ("", "", "8.2.1")
    assert done.imported_at is not None
    ines = Customer.objects.get(shop_id="41")
    assert (ines.name, ines.email, ines.language, ines.newsletter) == ("Inés Vidal", "c41@mail.example", "es", True)
    assert ines.birthday.isoformat() == "1988-04-02"
    assert ines.group == CustomerGroup.fixed("customer")
    assert ines.vouchers.get().code == "GRACIAS10"
    business = Customer.objects.get(shop_id="42")
    assert (str(business.group.discount), business.group.price_display, business.tax_number) == (
        "10.00",
        "without",
        "B123",
    )
    assert str(Address.objects.get()) == "Carrer Major, 1, 08001 Barcelona, ES"
    bought = Order.objects.get()
    assert (bought.customer, bought.total, bought.total_tax) == (ines, Decimal("79.70"), Decimal("13.83"))
    assert (bought.state, bought.is_shipped, bought.is_done) == ("Enviado", True, False)
    assert [one.state for one in bought.states.all()] == ["Pago aceptado", "Enviado"]
    assert (
        bought.placed_at.astimezone(MADRID).strftime("%Y-%m-%d %H:%M:%S") == prestashop.row("orders", 310)["date_add"]
    )
    assert bought.tracking_link == "https://track.example/?n=ZX900"
    assert bought.delivered_to == Address.objects.get()
    line = bought.lines.get()
    assert (line.name, line.quantity, line.unit_price, line.tax_rate) == (
        "Jarra azul - Tamaño: L",
        2,
        Decimal("39.90"),
        Decimal("21.00"),
    )
    assert bought.cart.shop_id == "898"
    nameless = Cart.objects.get(shop_id="907")
    assert (nameless.customer, nameless.total) == (None, Decimal("39.90"))
    assert [(one.name, one.product_ref) for one in nameless.lines.all()] == [("Jarra", "JA-L")]
    assert not Cart.objects.filter(shop_id__in=["800", "908"]).exists()  # too old; of a robot
    assert Voucher.objects.count() == 1
    assert "Inés" in alice.get(f"/customers/{ines.pk}/").content.decode()


def test_the_shop_is_only_read_and_secrets_are_not_asked_for(alice, connection, prestashop):
    ask(alice, connection, "import")
    assert prestashop.methods == {"GET"}
    for path, query in prestashop.asked:
        assert query.get("display") != "full"
        assert "passwd" not in str(query) and "secure_key" not in str(query)  # noqa: PT018
        assert path == "" or "display" in query or path.startswith("products/")
    assert KEY not in connection.locked_key
    assert KEY not in page_of(alice, connection)


def test_a_trial_counts_and_saves_nothing(alice, connection):
    ask(alice, connection, "trial")
    assert counts(connection, "trial") == {
        "groups": (4, 0, 0, 0),
        "customers": (2, 0, 0, 0),
        "addresses": (1, 0, 0, 0),
        "cart_rules": (1, 0, 0, 0),
        "carts": (2, 0, 0, 0),
        "orders": (1, 0, 0, 0),
    }
    assert not Customer.objects.exclude(source=None).exists()
    assert not Order.objects.exists() and not Cart.objects.exists()  # noqa: PT018
    assert CustomerGroup.objects.exclude(source=None).count() == 0
    assert "Trial" in page_of(alice, connection)


def test_importing_twice_creates_nothing_twice(alice, connection):
    ask(alice, connection, "import")
    versions = Customer.history.count(), Address.history.count()
    ask(alice, connection, "import")
    assert {created for created, changed, _same, _no in counts(connection, "import").values()} == {0}
    assert {changed for _new, changed, _same, _no in counts(connection, "import").values()} == {0}
    assert (Customer.history.count(), Address.history.count()) == versions
    assert Customer.objects.exclude(source=None).count() == 2


def test_what_changed_follows_by_itself_and_only_that_is_written(alice, connection, prestashop):
    ask(alice, connection, "import")
    run(connection)
    assert {pair[:2] for pair in counts(connection, "sync").values()} == {(0, 0)}
    prestashop.row("customers", 41).update(lastname="Vidal Roca", date_upd=ago(seconds=1))
    prestashop.row("orders", 310).update(current_state=5, date_upd=ago(seconds=1))
    prestashop.add("order_histories", id=9999, id_order=310, id_order_state=5, date_add=ago(seconds=1))
    prestashop.row("carts", 907).update(id_customer=42, date_upd=ago(seconds=1))
    customer(prestashop, 43, date_upd=ago(seconds=1))
    for _again in range(3):  # a change is seen again within the overlap, and written once
        run(connection)
    assert Customer.objects.get(shop_id="41").last_name == "Vidal Roca"
    bought = Order.objects.get()
    assert (bought.state, bought.is_done, bought.states.count()) == ("Entregado", True, 3)
    assert Cart.objects.get(shop_id="907").customer.shop_id == "42"
    told = counts(connection, "sync")
    assert told["customers"][:2] == (1, 1)
    assert told["orders"][:2] == (0, 1)
    since = connection.steps.get(task="sync", resource="customers").since
    run(connection)
    assert connection.steps.get(task="sync", resource="customers").since == since


def test_changes_of_one_second_are_all_read(alice, connection, prestashop):
    ask(alice, connection, "import")
    moment = ago(seconds=1)
    for number in range(100, 350):
        customer(prestashop, number, date_upd=moment)
    run(connection)
    assert Customer.objects.exclude(source=None).count() == 2 + 250


def test_an_import_that_is_killed_goes_on_where_it_was(alice, connection, prestashop, monkeypatch):
    for number in range(100, 350):
        customer(prestashop, number)

    class Killed(BaseException):
        pass

    note, pages = running.Run._note, []

    def dying(self, step, found):
        pages.append(step.resource)
        if pages.count("customers") == 3:
            raise Killed
        note(self, step, found)

    monkeypatch.setattr(running.Run, "_note", dying)
    with pytest.raises(Killed):
        ask(alice, connection, "import")
    monkeypatch.undo()
    assert Customer.objects.exclude(source=None).count() == 200
    assert running.read_shops() == 0  # the dead one's lease still holds
    prestashop.asked.clear()
    assert run(connection).imported_at is not None
    assert Customer.objects.exclude(source=None).count() == 252
    first = next(query for path, query in prestashop.asked if path == "customers")
    assert first["filter[id]"] == ">[297]"
    assert counts(connection, "import")["customers"] == (252, 0, 0, 0)


def test_a_missing_right_is_named_and_nothing_is_imported(alice, connection, prestashop):
    prestashop.forbidden = {"orders", "carts"}
    assert "carts, orders" in ask(alice, connection, "import").problem
    assert connection.task == ""
    assert not Customer.objects.exclude(source=None).exists()
    assert "carts, orders" in page_of(alice, connection)
    prestashop.forbidden = set()
    assert ask(alice, connection, "import").problem == ""
    assert connection.imported_at is not None


@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (200, {"Content-Type": "text/html"}, b"<html><body>Maintenance<br></body></html>", "maintenance"),
        (503, {"Content-Type": "text/html"}, b"<h1>Back soon</h1>", "maintenance"),
        (302, {"Location": "https://elsewhere.example/api/"}, b"", "another address"),
        (401, {}, b"401 Unauthorized", "does not accept the key"),
        (200, {}, ENTITY, "something else"),
        (200, {}, b"", "something else"),
        (500, {}, SQL, "SQL"),
    ],
)
def test_what_is_no_answer_is_said_by_name(alice, connection, prestashop, status, headers, body, said):
    prestashop.instead.append((status, headers, body))
    assert said in ask(alice, connection, "import").problem
    assert not Customer.objects.exclude(source=None).exists()


def test_a_shop_that_fails_is_asked_again_later_each_time(alice, connection, prestashop):
    ask(alice, connection, "import")
    waits = []
    for _turn in range(3):
        prestashop.instead.append((503, {}, b"later"))
        PrestaShop.objects.update(next_at=timezone.now())
        running.read_shops()
        connection.refresh_from_db()
        waits.append(round((connection.next_at - timezone.now()).total_seconds() / 60))
        assert running.read_shops() == 0
    assert waits == [1, 2, 4]
    assert run(connection).problem == ""
    assert connection.failures == 0


def test_a_wrong_key_is_no_secret_of_the_page(alice, connection, shop):
    form = {"prestashop-address": connection.address, "prestashop-key": "x" * 32, "prestashop-cart_days": "90"}
    alice.post(f"{SETTINGS}{shop.pk}/prestashop/", form)
    assert "does not accept the key" in ask(alice, connection, "trial").problem
    short = alice.post(f"{SETTINGS}{shop.pk}/prestashop/", {**form, "prestashop-key": "short"})
    assert short.status_code == 400
    assert "32" in short.content.decode()
    moved = {**form, "prestashop-address": "https://other.example/api/", "prestashop-key": ""}
    assert alice.post(f"{SETTINGS}{shop.pk}/prestashop/", moved).status_code == 400  # the key goes nowhere else
    inside = {**form, "prestashop-address": "http://10.0.0.1/api/", "prestashop-key": KEY}
    assert alice.post(f"{SETTINGS}{shop.pk}/prestashop/", inside).status_code == 400


def test_one_broken_row_costs_only_itself(alice, connection, prestashop):
    for number in range(100, 150):
        customer(prestashop, number)
    customer(prestashop, 150, email="no address")
    customer(prestashop, 151, birthday="2999-01-01")
    prestashop.broken = {("customers", 120), ("products", 12)}
    ask(alice, connection, "import")
    assert connection.imported_at is not None
    taken = Customer.objects.exclude(source=None)
    assert taken.count() == 2 + 50 - 1 + 1
    assert taken.get(shop_id="151").birthday is None
    assert counts(connection, "import")["customers"] == (52, 0, 0, 2)
    assert Cart.objects.get(shop_id="907").lines.get().name == "#12"
    answer = alice.get(f"{SETTINGS}{connection.shop_id}/prestashop/problems/").content.decode("utf-8-sig")
    assert ",120," in answer
    assert ",150," in answer


def test_who_the_shop_deleted_goes_to_the_bin_and_does_not_come_back(alice, connection, prestashop):
    ask(alice, connection, "import")
    prestashop.row("customers", 42).update(deleted=1, date_upd=ago(seconds=1))
    prestashop.row("addresses", 5).update(deleted=1, date_upd=ago(seconds=1))
    for _again in range(2):
        run(connection)
    assert Customer.objects.get(shop_id="42").deleted_at is not None
    assert Address.objects.get().deleted_at is not None
    assert Order.objects.get().delivered_to is not None
    assert Address.history.count() == 2


def test_paused_means_that_nothing_is_asked(alice, connection, prestashop):
    ask(alice, connection, "import")
    alice.post(f"{SETTINGS}{connection.shop_id}/prestashop/task/", {"do": "pause"})
    prestashop.asked.clear()
    run(connection)
    assert prestashop.asked == []
    ask(alice, connection, "resume")
    assert prestashop.asked != []
    ask(alice, connection, "sync")
    assert connection.synced_at is not None


def test_only_supervisors_see_and_steer_it(client, world, connection, prestashop):
    client.force_login(world.bob)
    own = f"{SETTINGS}{connection.shop_id}/prestashop/"
    assert {client.post(f"{own}{path}").status_code for path in ("", "task/", "delete/")} == {403}
    assert {client.get(f"{own}{path}").status_code for path in ("", "problems/")} == {403}
    client.force_login(world.alice)
    fragment = client.get(own, HTTP_HX_REQUEST="true").content.decode()
    assert "prestashop-progress" in fragment
    assert client.post(f"{own}task/", {"do": "steal"}).status_code == 404
    assert client.post(f"{own}delete/").status_code == 303
    assert not PrestaShop.objects.exists()
