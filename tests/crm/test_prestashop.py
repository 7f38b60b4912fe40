"""A PrestaShop is read by its web service: trial, first import, what changed, and what can go wrong."""

from decimal import Decimal

import pytest
from django.utils import timezone

from crm.models import Address, Cart, Customer, CustomerGroup, Order, PrestaShop, Voucher
from crm.prestashop import running
from tests.crm.prestashops import BOTH, SETTINGS, ask, counts, form_of, page_of, run
from tests.servers.prestashop import KEY
from tests.servers.stock import MADRID, ago, customer

pytestmark = [pytest.mark.django_db]
ENTITY = b'<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]><prestashop><api>&a;</api></prestashop>'
SQL = b"<prestashop><errors><error><code>97</code><message>SQL</message></error></errors></prestashop>"
SQL_IN_JSON = b'{"errors":[{"code":97,"message":"SQL"}]}'


@BOTH
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


@pytest.mark.parametrize("version", ["1.7.8.9", "8.1.7", "9.0.0"])
def test_json_is_read_as_each_version_writes_it(alice, connection, prestashop, version):
    type(connection).objects.update(in_json=True)
    prestashop.version = version
    prestashop.tables["languages"].pop()  # names come as plain texts then
    ask(alice, connection, "import")
    assert {path for path, query in prestashop.asked if "output_format" not in query} == {""}
    assert connection.problem == ""
    assert Order.objects.get().total == Decimal("79.70")
    assert Order.objects.get().state == "Enviado"
    assert [(one.name, one.unit_price) for one in Cart.objects.get(shop_id="907").lines.all()] == [
        ("Jarra", Decimal("39.90"))
    ]


def test_the_shop_is_only_read_and_secrets_are_not_asked_for(alice, connection, prestashop):
    ask(alice, connection, "import")
    assert prestashop.methods == {"GET"}
    for path, query in prestashop.asked:
        assert query.get("display") != "full"
        assert "passwd" not in str(query) and "secure_key" not in str(query)  # noqa: PT018
        assert path == "" or "display" in query or path.startswith("products/")
    assert KEY not in connection.locked_key
    assert KEY not in page_of(alice, connection)


@BOTH
def test_a_trial_counts_and_saves_nothing(alice, connection):
    ask(alice, connection, "trial")
    assert counts(connection, "trial") == {
        "groups": (4, 0, 0, 0),
        "customers": (2, 0, 0, 0),
        "addresses": (1, 0, 0, 0),
        "cart_rules": (1, 0, 0, 0),
        "carts": (2, 0, 0, 0),
        "orders": (1, 0, 0, 0),
        "customer_threads": (2, 0, 0, 0),
        "customer_messages": (4, 0, 0, 0),
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


@BOTH
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


@BOTH
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
        (500, {}, SQL_IN_JSON, "SQL"),
        (200, {}, b'{"customers": [', "something else"),
        (200, {}, b"[" * 100_000, "something else"),
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


def test_a_wrong_key_is_no_secret_of_the_page(alice, connection, shop, prestashop):
    form = {**form_of(prestashop), "prestashop-key": "x" * 32}
    alice.post(f"{SETTINGS}{shop.pk}/prestashop/", form)
    assert "does not accept the key" in ask(alice, connection, "trial").problem
    short = alice.post(f"{SETTINGS}{shop.pk}/prestashop/", {**form, "prestashop-key": "short"})
    assert short.status_code == 400
    assert "32" in short.content.decode()
    moved = {**form, "prestashop-address": "https://other.example/api/", "prestashop-key": ""}
    assert alice.post(f"{SETTINGS}{shop.pk}/prestashop/", moved).status_code == 400  # the key goes nowhere else
    inside = {**form, "prestashop-address": "http://10.0.0.1/api/", "prestashop-key": KEY}
    assert alice.post(f"{SETTINGS}{shop.pk}/prestashop/", inside).status_code == 400


@BOTH
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
