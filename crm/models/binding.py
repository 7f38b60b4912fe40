"""Carts without a customer get one, and lose it again: only ever by somebody of the team."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import Agent
from crm import pings
from crm.models.customer import Customer
from crm.models.record_event import RecordEvent
from crm.models.shop import RecordSettings
from crm.models.watch import CartWatch

if TYPE_CHECKING:
    from crm.models.cart import Cart


class Binding(models.Model):
    """Verbs that say whose cart it is. Each: check, change and record in one transaction, ping on commit."""

    class Meta:
        abstract = True

    @property
    def _bound(self) -> "Cart":
        return cast("Cart", self)

    def watch_if_lost(self) -> None:
        """On a write: a cart that was charged and made no order is watched at once; for others a job looks."""
        cart = self._bound
        if cart.is_charged and cart.order_id is None and cart.total >= RecordSettings.load().watch_amount:
            CartWatch.objects.begin([cart])

    @transaction.atomic
    def link(self, customer: Customer, *, by: Agent, reasons: Iterable[str] = ()) -> bool:
        """It is this customer's, for these `reasons` (sentences). Returns whether it changed.

        Raises ValueError, with a sentence, if it is somebody else's already.
        """
        cart = self._bound._lock()
        if cart.customer_id == customer.pk:
            return False
        if cart.customer_id is not None:
            raise ValueError(_("This cart belongs to %(name)s already.") % {"name": cart.customer})
        cart._set(customer=customer)
        facts: dict[str, Any] = {"cart": str(cart), "cart_id": cart.pk, "reasons": list(reasons)}
        RecordEvent.objects.record(RecordEvent.Kind.CART_LINKED, customer, by=by, **facts)
        CartWatch.objects.settle(cart, by=by, note="; ".join(reasons))
        return True

    @transaction.atomic
    def unlink(self, *, by: Agent) -> bool:
        """Undo link(): it is nobody's again. False where the shop named the customer."""
        cart = self._bound._lock()
        owner = cart.customer
        if owner is None or not self.was_linked():
            return False
        cart._set(customer=None)
        facts: dict[str, Any] = {"cart": str(cart), "cart_id": cart.pk}
        RecordEvent.objects.record(RecordEvent.Kind.CART_UNLINKED, owner, by=by, **facts)
        owner_id = owner.pk
        transaction.on_commit(lambda: pings.cart_changed(cart.pk, owner_id))
        CartWatch.objects.reopen(cart)
        return True

    def was_linked(self) -> bool:
        """Whether the team, not the shop, said whose it is."""
        cart, kinds = self._bound, RecordEvent.Kind
        told = RecordEvent.objects.filter(kind__in=[kinds.CART_LINKED, kinds.CART_UNLINKED], data__cart_id=cart.pk)
        last = told.filter(customer=cart.customer_id).order_by("-at", "-pk").first()
        return last is not None and last.kind == kinds.CART_LINKED
