"""What the shop gave a customer to spend, and what the team wants it to give."""

import re
import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.numbers import list_currencies
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from crm import outbound, pings
from crm.models.customer import Customer
from crm.models.record_event import RecordEvent
from crm.models.shop import FromShop
from crm.models.webhook import Happening

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that are read for one another
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}")
CURRENCIES = frozenset(list_currencies())
MOST = Decimal("9999999999.99")


def letters(count: int) -> str:
    """So many at random: nobody guesses ten of them."""
    return "".join(secrets.choice(LETTERS) for _n in range(count))


def propose_code() -> str:
    """A code that can be read out and typed, such as "M7KQ-2XHP-94"."""
    return f"{letters(4)}-{letters(4)}-{letters(2)}"


class VoucherQuerySet(models.QuerySet["Voucher"]):
    """Vouchers, in the desk's words."""

    @transaction.atomic
    def give(self, customer: Customer, *, by: Agent, code: str = "", **terms: Any) -> "Voucher":
        """Give a customer a voucher, and ask the shop to make it.

        `terms` are `percent`, or `amount` with its `currency`; and `name`, `quantity`, `valid_until` where they are
        said. Without a `code` there is a new one. Raises ValidationError, by field, for what no shop could make.
        """
        customer.lock()
        voucher = self.model(customer=customer, source=customer.source, code=code.strip() or propose_code(), **terms)
        voucher.check_terms()
        voucher.save()
        facts = {"code": voucher.code, "worth": voucher.worth}
        RecordEvent.objects.record(RecordEvent.Kind.VOUCHER_GIVEN, customer, by=by, **facts)
        voucher.ask_for()
        pings.customers_changed([customer.pk])
        return voucher


class Voucher(FromShop):
    """A voucher that belongs to one customer. One without an id of the shop is asked for, and not made yet."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="vouchers")
    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=255, blank=True)
    percent = models.DecimalField(_("discount in %"), max_digits=5, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    quantity = models.PositiveIntegerField(_("uses left"), default=1)
    is_active = models.BooleanField(_("active"), default=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("voucher")
        constraints = [FromShop.once_a_shop("voucher")]
        indexes = [
            models.Index(fields=["source", "updated_at", "id"], name="vouchers_as_told"),
            models.Index(fields=["code"], name="vouchers_by_code"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def worth(self) -> str:
        """What it takes off, in words."""
        if self.percent is not None:
            return f"{number_format(self.percent.normalize())} %"
        return f"{number_format(self.amount, 2)} {self.currency}" if self.amount is not None else ""

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether somebody could still spend it."""
        return self.is_active and self.quantity > 0

    @transaction.atomic
    def withdraw(self, *, by: Agent) -> bool:
        """Take it back, and ask the shop to end it. Returns whether it changed.

        Raises ValueError where it was used up. If the shop says later that it takes it all the same, it is active.
        """
        self.refresh_from_db(
            from_queryset=type(self).objects.select_for_update(of=("self",)).select_related("customer")
        )
        if not self.is_active:
            return False
        if not self.may_be_withdrawn:
            raise ValueError(gettext("It was used up: there is nothing left to withdraw."))
        self.is_active, self.withdrawn_at = False, timezone.now()
        self.save(update_fields=["is_active", "withdrawn_at", "updated_at"])
        facts = {"code": self.code, "worth": self.worth}
        RecordEvent.objects.record(RecordEvent.Kind.VOUCHER_ENDED, self.customer, by=by, **facts)
        outbound.announce(Happening.VOUCHER_WITHDRAWN, self._withdrawn(), shop=self.source or self.customer.source)
        pings.customers_changed([self.customer_id])
        return True

    def check_terms(self) -> None:
        """Raises ValidationError, with all that is wrong by field."""
        wrong = {field: [sentence] for field, sentence in self._wrong().items()}
        if wrong:
            raise ValidationError(wrong)

    def _wrong(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if not CODE.fullmatch(self.code):
            found["code"] = gettext("A code has 3 to 64 letters, digits, dots and dashes, as in SORRY-10.")
        elif type(self).objects.filter(code__in={self.code, self.code.upper(), self.code.lower()}).exists():
            found["code"] = gettext("There is a voucher with this code already.")
        if self.quantity < 1:
            found["quantity"] = gettext("It can be used once at least.")
        if self.valid_until is not None and self.valid_until <= timezone.now():
            found["valid_until"] = gettext("That day is over.")
        return found | self._wrong_worth()

    def _wrong_worth(self) -> dict[str, str]:
        if (self.percent is None) == (self.amount is None):
            return {"percent": gettext("Enter a percentage or an amount: one of the two.")}
        if self.percent is not None:
            return {} if 0 < self.percent <= 100 else {"percent": gettext("More than 0 and at most 100.")}
        if self.amount is None or not 0 < self.amount <= MOST:
            return {"amount": gettext("An amount above 0.")}
        return {} if self.currency in CURRENCIES else {"currency": gettext("Not a currency of ISO 4217, such as EUR.")}

    def ask_for(self) -> int:
        """Ask the customer's shop to make it; returns how many addresses will be told."""
        return outbound.announce(Happening.VOUCHER_WANTED, self._wanted(), shop=self.customer.source)

    def _wanted(self) -> dict[str, str | int | datetime | None]:
        return {
            "code": self.code,
            "name": self.name,
            "percent": None if self.percent is None else str(self.percent),
            "amount": None if self.amount is None else str(self.amount),
            "currency": self.currency if self.amount is not None else "",
            "valid_until": self.valid_until,
            "quantity": self.quantity,
            "customer": self.customer_id,
            "customer_shop_id": self.customer.shop_id,
            "email": self.customer.email,
        }

    def _withdrawn(self) -> dict[str, str | int]:
        return {
            "id": self.shop_id,
            "code": self.code,
            "customer": self.customer_id,
            "customer_shop_id": self.customer.shop_id,
        }
