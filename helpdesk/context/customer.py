"""Whoever is on file: who they are, how to reach them, and what stands beside their threads."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, models

from accounts.access import AgentRequest
from accounts.models import Agent
from crm import countries, panel, phones, pings, salutations
from crm.identity import Likeness, resembling
from crm.lists import customers as customer_list
from crm.models import Customer, CustomerEmail
from crm.tables import Selection

SENDERS_COLUMNS = ("language", "first_name", "last_name", "company", "erased_at")


def customers() -> models.QuerySet[Customer]:
    """All on file, whatever became of them."""
    return Customer.objects.prefetch_related("emails")


def people() -> models.QuerySet[Customer]:
    """All who are neither deleted nor erased nor part of somebody else."""
    return Customer.objects.present()


def chosen_customers(request: AgentRequest) -> Selection:
    """Those that a form of the customers' list means: ticked ones, or all that its filters match."""
    return customer_list.selection_of(request)


def with_mail(customers: models.QuerySet[Customer]) -> models.QuerySet[Customer]:
    """Those of them who have an address of mail."""
    return customers.filter(models.Exists(CustomerEmail.objects.filter(customer=models.OuterRef("pk"))))


def people_of_household(household_id: int) -> models.QuerySet[Customer]:
    """Who belongs to a shared account."""
    return Customer.objects.present().filter(household=household_id)


def people_like(*, first_name: str, last_name: str, email: str, phone: str) -> list[Likeness]:
    """Who on file somebody new might be, with the reason."""
    return resembling(first_name=first_name, last_name=last_name, email=email, phone=phone)


def whatsapp_number(customer: Customer) -> tuple[str, str]:
    """A customer's number as E.164 and an empty string; or an empty string and why there is none."""
    return phones.number_of(customer)


def phone_countries() -> list[tuple[str, str]]:
    """Choices such as ("ES", "Spain (+34)"), by name."""
    return countries.phone_countries()


def country_of_phone(customer: Customer) -> str:
    """Where a number of theirs without country code belongs: their own number's country, else the usual address'."""
    return countries.country_of(customer.phone) or phones.country_of(customer)


def set_phone(customer: Customer, phone: str, country: str, *, by: Agent) -> None:
    """Another number to call. Raises ValidationError, by field, for what nobody can call."""
    customer.edit({"phone": phone, "phone_country": country}, by=by)


def mail_changed(customer_id: int | None) -> None:
    """A mail to a customer went further than before: their pages hear of it after the commit."""
    pings.customers_changed([customer_id])


def add_customer(values: Mapping[str, Any], *, by: Agent) -> Customer:
    """A new customer. Raises ValidationError, by field."""
    return Customer.objects.add(values, by=by)


def add_address_of_mail(customer: Customer, address: str, *, by: Agent) -> None:
    """One more e-mail of a customer. Raises ValidationError where somebody else has it."""
    customer.edit({"emails": [*customer.addresses_of_mail(), address]}, by=by)


def is_customer(customer_id: int) -> bool:
    """Whether there is such a customer to look at."""
    return Customer.objects.present().filter(pk=customer_id).exists()


def customer_for(address: str) -> Customer | None:
    """Who writes from this address. Each mail asks: only the columns that its arrival needs are read."""
    return Customer.objects.only(*SENDERS_COLUMNS).for_email(address)


def customer_who_wrote(customer_id: int, address: str) -> Customer | None:
    """Who is proven to have written, else who writes from this address."""
    known = Customer.objects.present().filter(pk=customer_id).first() if customer_id else None
    return known or customer_for(address)


def customer_vouched_for(*, email: str, shop_id: str = "", customer: int = 0) -> Customer | None:
    """Whom the shop vouches for, by its own id where it gives one that we know, else by address.

    `customer` is our own number, of somebody who is signed in here.
    """
    known = Customer.objects.filter(shop_id=shop_id).order_by("is_guest", "pk").first() if shop_id else None
    return known or customer_who_wrote(customer, email)


def is_known_address(customer: Customer | None, address: str) -> bool:
    """Whether the address is one of the customer's."""
    return customer is not None and customer.emails.filter(address=address.lower()).exists()


def salutation(customer: Customer | None, *, name: str, language: str) -> str:
    """The first words of a reply to somebody, in their language."""
    return salutations.salutation(customer, name=name, language=language)


def count_new_thread(customer: int | None) -> None:
    """A customer (id) has one more active thread. Call it inside the transaction that begins it."""
    if customer is not None:
        Customer.objects.filter(pk=customer).update(open_threads=models.F("open_threads") + 1)


def count_threads(customers: Iterable[int | None], threads: models.QuerySet[Any]) -> None:
    """Write down how many of these threads each of these customers (ids) has: counted anew, so that nothing drifts.

    Call it inside the transaction that changed a thread. Whoever counts the same customer meanwhile waits.
    """
    for one in sorted({one for one in customers if one is not None}):
        row = Customer.objects.filter(pk=one)
        if connection.features.has_select_for_update:
            list(row.select_for_update(of=("self",)).values_list("pk"))
        row.update(open_threads=threads.filter(customer=one).count())


def panel_of(customer_id: int | None, *, order: int | None, line: int | None, at: datetime | None) -> dict[str, Any]:
    """What the panel shows of a customer; nothing where there is none. As crm.panel.panel_of."""
    customer = panel.customer_with_card(customer_id) if customer_id else None
    return panel.panel_of(customer, order=order, line=line, written_at=at) if customer else {}
