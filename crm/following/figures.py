"""What came of the follow-up mails, and clearing away their vouchers."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from crm.models import FollowUp, FollowUpRule, Order, Voucher
from crm.models.follow_up import OURS

DAYS = 30


@dataclass(frozen=True)
class Figures:
    """Of one rule in the last 30 days: mails, vouchers in them, vouchers used, carts that became orders."""

    sent: int = 0
    vouchers: int = 0
    used: int = 0
    recovered: int = 0

    @property
    def rate(self) -> float | None:
        """How many of the vouchers were used, in %; None where there were none."""
        return 100 * self.used / self.vouchers if self.vouchers else None


def figures() -> dict[int, Figures]:
    """By the rule's id. Three queries."""
    since = timezone.now() - timedelta(days=DAYS)
    sent = list(FollowUp.objects.filter(at__gt=since).select_related("cart", "voucher"))
    spent = _codes_spent([one for one in sent if one.voucher_code], since)
    return {rule.pk: _figures([one for one in sent if one.rule_id == rule.pk], spent) for rule in _rules()}


def _rules() -> list[FollowUpRule]:
    return list(FollowUpRule.objects.all())


def _figures(sent: list[FollowUp], spent: set[str]) -> Figures:
    given = [one for one in sent if one.voucher_code]
    return Figures(
        sent=len(sent),
        vouchers=len(given),
        used=sum(one.voucher_code in spent for one in given),
        recovered=sum(one.cart is not None and one.cart.order_id is not None for one in sent),
    )


def _codes_spent(given: list[FollowUp], since: object) -> set[str]:
    """Codes that the shop says have no use left, or that stand in an order of whom they were given to."""
    found = {one.voucher_code for one in given if one.voucher and one.voucher.quantity == 0}
    people = {one.customer_id for one in given}
    orders = Order.objects.filter(customer__in=people, placed_at__gt=since).exclude(vouchers=[])
    for codes in orders.values_list("vouchers", flat=True):
        found.update(str(code) for code in codes)
    return found


def purge_vouchers() -> int:
    """Delete our own vouchers whose time was over a month ago: they are in no figure any more. Returns how many."""
    over = Q(valid_until__lt=timezone.now() - timedelta(days=DAYS)) & Q(code__startswith=OURS)
    return Voucher.objects.filter(over).delete()[1].get("crm.Voucher", 0)
