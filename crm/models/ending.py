"""How a record ends: into the bin and out of it, and erased for good."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Agent
from crm.models.record import Record
from crm.models.shop import RecordSettings
from crm.models.shop_call import ShopAnswer
from crm.models.webhook import Delivery
from search import rebuilding

# What stays of somebody who was erased: the figures, and where the shop knows them.
KEPT = {"group", "source", "shop_id", "is_guest", "registered_at", "order_count", "spent", "version"}
OF_A_CART = ("email", "name", "phone", "postcode", "city", "device", "user_agent", "page")
OF_AN_ORDER = ("email", "delivery_name", "delivery_address", "delivery_postcode", "delivery_phone", "invoice_address")


class HasOrdersError(Exception):
    """A customer with orders is not deleted: the law wants their invoices kept. Says so in a sentence."""

    def __init__(self, count: int) -> None:
        self.count = count
        words = ngettext(
            "Has %(n)s order. The law requires keeping the invoices, and without the record they would have no name.",
            "Has %(n)s orders. The law requires keeping the invoices, and without the record they would have no name.",
            count,
        )
        super().__init__(words % {"n": count})


class Ending(Record):
    """Verbs that end a record. Each: guard, change and record in one transaction, ping on commit."""

    class Meta:
        abstract = True

    @transaction.atomic
    def trash(self, *, by: Agent | None) -> bool:
        """Into the bin, out of everybody's sight; their threads stay. Returns whether it changed.

        Raises HasOrdersError for a customer with orders.
        """
        self.lock()
        customer = self._customer
        if customer.deleted_at is not None:
            return False
        if count := customer.orders.count():
            raise HasOrdersError(count)
        self.write(by=by, deleted_at=timezone.now())
        customer.events.record("deleted", customer, by=by)
        return True

    @transaction.atomic
    def lose(self, *, reason: str) -> bool:
        """The shop has deleted them: they are marked, and nothing else. Returns whether it changed.

        They get no advertising from now on; once the shop tells of them again, the mark goes. `reason` names the shop.
        """
        self.lock()
        customer = self._customer
        if customer.gone_at is not None:
            return False
        customer._change_reason = reason[:100]  # type: ignore[attr-defined]
        self.write(by=None, gone_at=timezone.now())
        return True

    @transaction.atomic
    def restore(self, *, by: Agent | None) -> bool:
        """Out of the bin. Returns whether it changed.

        Raises ValueError, with a sentence, once the days for it are over, and where somebody else has the e-mail now.
        """
        self.lock()
        customer = self._customer
        if customer.deleted_at is None:
            return False
        if timezone.now() > self.gone_on:
            raise ValueError(_("The days in which this could be undone are over."))
        other = type(customer).objects.account_with(customer.addresses_of_mail(), besides=customer)
        if other and not customer.is_guest:
            said = _("%(name)s (no. %(number)s) has the same e-mail now.")
            raise ValueError(said % {"name": other, "number": other.pk})
        self.write(by=by, deleted_at=None)
        customer.events.record("restored", customer, by=by)
        return True

    @property
    def gone_on(self) -> datetime:
        """When whoever is in the bin is deleted for good."""
        return (self._customer.deleted_at or timezone.now()) + timedelta(days=RecordSettings.load().bin_days)

    @transaction.atomic
    def purge(self) -> None:
        """Delete the row of somebody in the bin with all that is theirs, its history too; their threads stay."""
        customer = self._customer
        customer.carts.filter(order=None).delete()
        pk = customer.pk
        customer.delete()
        type(customer).history.filter(id=pk).delete()
        for relation in _owned(type(customer)):
            _forget_versions(relation, pk)

    @transaction.atomic
    def erase(self, *, by: Agent | None) -> bool:
        """Take the person out of everything for good; orders, carts and the figures of each week stay.

        Whoever keeps personal data elsewhere is named in settings.PERSONAL_DATA. Returns whether it changed.
        """
        self.lock()
        customer = self._customer
        if customer.erased_at is not None:
            return False
        for one in customer.merged_customers.filter(erased_at=None):
            one.erase(by=by)
        addresses = customer.addresses_of_mail()
        self._erase_said([*addresses, *filter(None, (customer.phone, customer.other_phone))])
        self._erase_rows()
        self._erase_columns()
        for path in settings.PERSONAL_DATA:  # when the name is gone already: the search writes down what is left
            import_string(f"{path}.erase")(customer.pk, addresses)
        self._erase_words()
        asked = customer.privacy_requests
        asked.filter(kind="erasure", done_at=None).update(done_at=timezone.now(), done_by=by)
        asked.update(words="")
        customer.events.update(data={}, ip_address=None)
        customer.events.record("erased", customer, by=by)
        self.announce()
        return True

    def _erase_said(self, words: list[str]) -> None:
        """What was said to the shop of somebody with these addresses and phones, or answered to it."""
        for word in words:
            ShopAnswer.objects.filter(body__icontains=word).delete()
            Delivery.objects.filter(body__icontains=word).delete()

    def _erase_rows(self) -> None:
        """All that belongs to the person alone goes; what the shop must keep loses the person."""
        customer = self._customer
        household = customer.household
        for relation in _owned(type(customer)):
            relation.related_model._base_manager.filter(**{relation.field.name: customer}).delete()
            _forget_versions(relation, customer.pk)
        customer.history.all().delete()
        blank = dict.fromkeys(OF_A_CART, "") | {"ip_address": None}
        for cart in customer.carts.all():
            cart.lines.update(customization="")
        customer.carts.update(**blank)
        customer.orders.update(**dict.fromkeys(OF_AN_ORDER, ""))
        if household is not None and not household.people.exclude(pk=customer.pk).exists():
            household.history.all().delete()
            household.delete()

    def _erase_words(self) -> None:
        """The search finds the orders and carts by what is left, and nothing keeps the words of before."""
        from crm.models.words import CartWords, CustomerWords, OrderWords

        customer = self._customer
        CustomerWords.write([customer.pk])
        OrderWords.write(customer.orders.order_by().values_list("pk", flat=True))
        CartWords.write(customer.carts.order_by().values_list("pk", flat=True))
        rebuilding.ask_to_forget()

    def _erase_columns(self) -> None:
        customer = self._customer
        empty = type(customer)()
        for column in customer._meta.concrete_fields:
            if column.name not in KEPT and not column.primary_key:
                setattr(customer, column.attname, getattr(empty, column.attname))
        customer.erased_at, customer.is_active = timezone.now(), False
        customer.version += 1
        customer.save_without_historical_record()  # type: ignore[attr-defined]


def _owned(model: type[models.Model]) -> Iterator[Any]:
    """Relations of rows that are a customer's alone: whatever would go with the row, but for groups and events."""
    stays = {"RecordEvent", "Customer_groups"}
    for relation in model._meta.get_fields(include_hidden=True):
        one_of_many = relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
        is_owned = one_of_many and getattr(relation, "on_delete", None) is models.CASCADE
        if is_owned and getattr(relation.related_model, "__name__", "") not in stays:
            yield relation


def _forget_versions(relation: Any, customer_id: int) -> None:
    """Delete what simple-history kept of a customer's rows."""
    versions = getattr(relation.related_model, "history", None)
    if versions is not None:
        versions.filter(**{relation.field.attname: customer_id}).delete()
