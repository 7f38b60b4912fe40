"""What a simulated PrestaShop has: customers, addresses, carts, orders, threads, as its tables hold them.

`python -m tests.servers.stock 8100` runs one, to try the first import in the settings of a practice shop.
"""

import sys
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from tests.servers.prestashop import KEY, PrestaShopServer, furnish, serve

MADRID = ZoneInfo("Europe/Madrid")


def ago(**past: int) -> str:
    """The shop's wall clock some time ago."""
    return (timezone.now() - timedelta(**past)).astimezone(MADRID).strftime("%Y-%m-%d %H:%M:%S")


def customer(server: PrestaShopServer, number: int, **fields) -> dict:
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
    return server.add("customers", **row | fields)


def address(server: PrestaShopServer, number: int, of: int, **fields) -> dict:
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
    return server.add("addresses", **row | fields)


def cart(server: PrestaShopServer, number: int, of: int, *lines: tuple[int, int, int], **fields) -> dict:
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
    return server.add("carts", **row | fields)


def order(server: PrestaShopServer, number: int, of: int, made_from: int, place: int, **fields) -> dict:
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
        server.add("order_histories", **history)
    return server.add("orders", **row | fields)


def sell(server: PrestaShopServer) -> None:
    """A customer with an address, a cart that became an order, a cart of nobody, a voucher."""
    customer(server, 41, newsletter=1, newsletter_date_add=ago(days=29), birthday="1988-04-02")
    customer(server, 42, id_default_group=4, company="Taller Sur", siret="B123")
    address(server, 5, 41)
    address(server, 6, 0)  # of a supplier
    cart(server, 898, 41, (12, 34, 2), date_upd=ago(days=9), date_add=ago(days=9))
    cart(server, 907, 0, (12, 34, 1))
    cart(server, 908, 0)  # of a robot
    cart(server, 800, 41, (12, 0, 1), date_upd=ago(days=200))
    order(server, 310, 41, 898, 5)
    rule = {"date_to": "2199-01-01 00:00:00", "quantity": 1, "reduction_percent": "10.00", "reduction_amount": "0.00"}
    rule |= {"reduction_currency": 0, "active": 1, "date_upd": ago(days=3), "name": {1: "Gracias", 2: "Thanks"}}
    server.add("cart_rules", id=1, id_customer=41, code="GRACIAS10", **rule)
    server.add("cart_rules", id=2, id_customer=0, code="TODOS", **rule)
    thread(server, 77, 41, id_order=310, id_product=12, status="pending1", date_add=ago(days=6))
    message(server, 140, 77, "Hola:\r\nfalta una jarra &amp; la tapa", date_add=ago(days=6), ip_address=1410337574)
    message(server, 141, 77, "<p>Mañana sale <b>otra</b></p>", id_employee=1, date_add=ago(days=5))
    message(server, 142, 77, "Avisar al taller", id_employee=1, private=1, date_add=ago(days=5))
    thread(server, 78, 0, email="otra@mail.example", id_contact=9, status="closed", date_upd=ago(days=300))
    message(server, 143, 78, "¿Hacéis tazas?", date_add=ago(days=301), file_name="taza.jpg")
    thread(server, 79, 0, email="nadie@mail.example")  # in which nothing was said


def thread(server: PrestaShopServer, number: int, of: int, **fields) -> dict:
    row = {
        "id": number,
        "id_lang": 1,
        "id_shop": 1,
        "id_customer": of,
        "id_order": 0,
        "id_product": 0,
        "id_contact": 2,
        "email": f"c{of}@mail.example",
        "token": "secret",
        "status": "open",
        "date_add": ago(days=7),
        "date_upd": ago(days=5),
    }
    return server.add("customer_threads", **row | fields)


def message(server: PrestaShopServer, number: int, of: int, text: str, **fields) -> dict:
    row = {
        "id": number,
        "id_employee": 0,
        "id_customer_thread": of,
        "ip_address": "",
        "message": text,
        "file_name": "",
        "user_agent": "",
        "private": 0,
        "date_add": ago(days=5),
        "date_upd": ago(days=5),
        "read": 0,
    }
    return server.add("customer_messages", **row | fields)


def main(port: int) -> None:
    """Runs until Ctrl+C."""
    from django.conf import settings

    settings.configure(USE_TZ=True)
    shop = PrestaShopServer()
    furnish(shop)
    sell(shop)
    names = [("Marc", "Soler"), ("Júlia", "Prat"), ("Nuria", "Gil"), ("Pau", "Roca"), ("Ana", "Luna")]
    for number in range(100, 700):
        first, last = names[number % 5]
        customer(
            shop,
            number,
            firstname=first,
            lastname=last,
            email="no address" if number == 300 else f"{number}@mail.example",
        )
        address(shop, number, number)
        cart(shop, number + 2000, number, (12, 34, 1 + number % 3))
        thread(shop, number, number, status=("open", "closed", "pending1", "closed")[number % 4])
        message(shop, number + 1000, number, "¿Cuándo sale mi pedido?")
    server = serve(shop, port)
    sys.stdout.write(f"{shop.url} with the key {KEY}\nThe desk needs WEBHOOK_PRIVATE_HOSTS=127.0.0.1\n")
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
