"""What is done again and again, by whichever worker's turn it is. See settings.PERIODIC_JOBS."""

from datetime import timedelta
from typing import Any

from django.db.models import F

from crm import pings
from crm.models import Cart, CartState, RecordSettings
from crm.models.cart import CartQuerySet

BATCH = 500


def settle_carts() -> int:
    """Store what the time made of carts: abandoned, then expired. Returns how many; again at once, it is none."""
    since = F("changed_at") + timedelta(hours=RecordSettings.load().abandoned_hours)
    abandoned = _settle(Cart.objects.due_to_abandon(), state=CartState.ABANDONED, abandoned_at=since)
    return abandoned + _settle(Cart.objects.due_to_expire(), state=CartState.EXPIRED)


def _settle(due: CartQuerySet, **fields: Any) -> int:
    """In batches, so that nobody waits for a long write; the rule is asked again with each, as another worker may be
    at it too, or the customer back."""
    count = 0
    while found := dict(due.order_by("changed_at").values_list("pk", "customer_id")[:BATCH]):
        changed = due.filter(pk__in=found).order_by().update(**fields)
        count += changed
        for cart_id, customer_id in found.items():
            pings.cart_changed(cart_id, customer_id)
    return count


def purge_carts() -> int:
    """Delete carts without order that are older than the settings keep them. Returns how many."""
    count = 0
    while found := list(Cart.objects.outdated().order_by("changed_at").values_list("pk", flat=True)[:BATCH]):
        gone, by_model = Cart.objects.outdated().filter(pk__in=found).delete()
        count += by_model.get("crm.Cart", 0)
        pings.cart_list_changed()
        if not gone:  # the customers came back meanwhile
            break
    return count
