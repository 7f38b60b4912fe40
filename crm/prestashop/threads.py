"""Threads of a shop's customer service, with their messages. They go to the desk that settings.SHOP_THREADS names."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from ipaddress import IPv4Address
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from crm.models import Customer, Order, OrderLine, PrestaShopStep
from crm.prestashop.mapping import Page
from crm.prestashop.pages import read_all
from crm.prestashop.records import Record
from crm.prestashop.resources import MESSAGES, OF_A_MESSAGE, OF_A_THREAD, THREADS
from crm.prestashop.told import ContactOfShop, ShopMessage, ShopThread

STATUSES = ("open", "closed", "pending1", "pending2")


class Correspondence:
    """The threads of a page, and all that has to be known about them; asks the shop, so it is made before a
    transaction. `problems` of threads and `broken` messages are pairs of the shop's id and a sentence."""

    def __init__(self, page: Page) -> None:
        self.page, self.shop = page, page.shop
        self.zone = ZoneInfo(self.shop.time_zone)
        self.problems: list[tuple[str, str]] = []
        self.rows = self._rows()
        self.broken: list[tuple[str, str]] = []
        self.messages = self._messages()
        self.lines = self._lines()
        self._on_file()
        self.contacts = list(self.page.tables.contacts.values()) if self.rows else []
        self.threads = [one for row in self.rows if (one := self._thread(row)) is not None]

    def _rows(self) -> list[Record]:
        """The threads; a page of messages names those that it belongs to."""
        ids = sorted({int(number) for row in self.page.records if (number := row.number("id_customer_thread"))})
        if not ids:
            return [row for row in self.page.records if "status" in row.values]
        asked = {"filter[id]": f"[{'|'.join(map(str, ids))}]", "sort": "[id_ASC]"}
        return self.page.client.list(THREADS, OF_A_THREAD, asked)

    def _messages(self) -> dict[str, list[Record]]:
        """What was said, by thread. One that the shop cannot show costs only itself."""
        found: dict[str, list[Record]] = defaultdict(list)
        if not self.rows:
            return found
        asked = {"filter[id_customer_thread]": f"[{'|'.join(row.id for row in self.rows)}]"}
        rows, self.broken = read_all(self.page.client, MESSAGES, OF_A_MESSAGE, asked)
        for row in rows:
            found[row.number("id_customer_thread")].append(row)
        return found

    def _lines(self) -> dict[tuple[str, str], str]:
        """By order and product: what our line of that order calls the product."""
        orders = {row.number("id_order") for row in self.rows if row.number("id_product")} - {""}
        if not orders:
            return {}
        fields = "id,order_rows[product_id,product_reference]"
        asked = {"filter[id]": f"[{'|'.join(sorted(orders, key=int))}]", "sort": "[id_ASC]"}
        return {
            (order.id, part.number("product_id")): part.text("product_reference", 64) or part.number("product_id")
            for order in self.page.client.list("orders", fields, asked)
            for part in order.parts("order_rows")
        }

    def _on_file(self) -> None:
        """Customers, orders and lines that are named, as they are here."""
        people = Customer.objects.filter(source=self.shop, shop_id__in=self._ids("id_customer"))
        told = people.values_list("shop_id", "pk", "merged_into", "erased_at")
        self.customers = {shop_id: merged or pk for shop_id, pk, merged, erased in told if erased is None}
        self.erased = {shop_id for shop_id, _pk, _merged, erased in told if erased is not None}
        orders = Order.objects.filter(source=self.shop, shop_id__in=self._ids("id_order"))
        self.orders: dict[str, int] = dict(orders.values_list("shop_id", "pk"))
        lines = OrderLine.objects.filter(order__in=self.orders.values()).order_by("-pk")
        self.products = {(order, ref): pk for order, ref, pk in lines.values_list("order", "product_ref", "pk")}

    def _ids(self, name: str) -> set[str]:
        return {row.number(name) for row in self.rows} - {""}

    def _thread(self, row: Record) -> ShopThread | None:
        """None for one in which nothing was said, and of somebody who was erased here; what cannot be read is a
        problem."""
        if row.number("id_customer") in self.erased or row.id not in self.messages:
            return None
        order = self.orders.get(row.number("id_order"), 0)
        product = self.lines.get((row.number("id_order"), row.number("id_product")), "")
        try:
            return ShopThread(
                number=int(row.id),
                status=row.text("status") if row.text("status") in STATUSES else "open",
                begun_at=self._moment(row, "date_add"),
                changed_at=self._moment(row, "date_upd"),
                messages=tuple(self._message(one) for one in self.messages.get(row.id, ())),
                contact=self.page.tables.contacts.get(row.number("id_contact"), ContactOfShop()),
                language=self.page.tables.languages.get(row.number("id_lang"), ""),
                email=row.text("email", 255).lower(),
                customer=self.customers.get(row.number("id_customer"), 0),
                order=order,
                line=self.products.get((order, product), 0),
            )
        except ValueError as trouble:
            self.problems.append((row.id, str(trouble)))
            return None

    def _message(self, row: Record) -> ShopMessage:
        employee = row.number("id_employee")
        name, email = self.page.tables.employees.get(employee, ("", ""))
        return ShopMessage(
            number=int(row.id),
            text=row.text("message"),
            at=self._moment(row, "date_add"),
            is_ours=bool(employee),
            is_private=row.yes("private"),
            author=name,
            author_email=email,
            file=row.text("file_name", 255),
            ip=_address(row.number("ip_address")),
            user_agent=row.text("user_agent", 400),
        )

    def _moment(self, row: Record, name: str) -> datetime:
        """The shop's wall clock; never later than now. Raises ValueError with a sentence."""
        said = row.moment(name)
        try:
            at = datetime.fromisoformat(said or "")
        except ValueError as error:
            of_message = "id_customer_thread" in row.values
            text = _("Message %(number)s has no date.") if of_message else _("Thread %(number)s has no date.")
            raise ValueError(text % {"number": row.id}) from error
        return min(at.replace(tzinfo=self.zone) if at.tzinfo is None else at, timezone.now())


def _address(number: str) -> str:
    """An IPv4 address, which the shop keeps as a number."""
    return str(IPv4Address(int(number))) if number and int(number) < 2**32 else ""


def _desk(verb: str) -> Any:
    return import_string(f"{settings.SHOP_THREADS}.{verb}")


def try_threads(told: Correspondence, step: PrestaShopStep, also: PrestaShopStep) -> None:
    """What would become of these threads; `also` counts their messages. Only the shop's contacts are written down."""
    _desk("hear")(told.contacts, shop=told.shop)
    known = _desk("known")(told.shop.pk, [one.number for one in told.threads])
    for thread in told.threads:
        is_known = thread.number in known
        step.unchanged += is_known
        step.created += not is_known
        _count(also, thread, 0 if is_known else len(thread.messages))
    _note(told.problems, step)
    _note(told.broken, also)


def write_threads(told: Correspondence, step: PrestaShopStep, also: PrestaShopStep) -> None:
    """Hand them to the desk, which takes no message twice. Call inside atomic(), with the steps."""
    take, problems = _desk("take"), list(told.problems)
    _desk("hear")(told.contacts, shop=told.shop)
    for thread in told.threads:
        try:
            with transaction.atomic():
                taken = take(thread, shop=told.shop)
        except ValueError as trouble:
            problems.append((str(thread.number), str(trouble)))
            continue
        step.created += taken.is_new
        step.changed += not taken.is_new and taken.is_other
        step.unchanged += not taken.is_new and not taken.is_other
        _count(also, thread, taken.messages)
    _note(problems, step)
    _note(told.broken, also)


def _count(also: PrestaShopStep, thread: ShopThread, new: int) -> None:
    also.seen += len(thread.messages)
    also.created += new
    also.unchanged += len(thread.messages) - new


def _note(problems: Iterable[tuple[str, str]], step: PrestaShopStep) -> None:
    for number, why in problems:
        step.refused += 1
        step.note(number, why)
