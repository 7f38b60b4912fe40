"""To whom a follow-up mail is due now: consent, quiet hours, and how often somebody was written to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.models import (
    Cart,
    Customer,
    CustomerEmail,
    FollowUp,
    FollowUpKind,
    FollowUpRule,
    FollowUpSettings,
    Order,
    Shop,
)
from crm.models.cart import ONLINE_FOR

AT_ONCE = 200
WEEK = timedelta(days=7)
IDLE_WINDOW = timedelta(days=30)  # who has been away for longer is not written to on the first day


@dataclass(frozen=True)
class Due:
    """A rule, and the id of what it follows: a cart, an order, or a customer."""

    rule: FollowUpRule
    pk: int


def due() -> Iterator[Due]:
    """What is due now, some at a time. Asked again at once it says the same: only claim() changes anything."""
    for rule in FollowUpRule.objects.filter(is_on=True):
        for pk in found_by(rule).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]:
            yield Due(rule, pk)


def found_by(rule: FollowUpRule) -> QuerySet[Any]:
    """What this rule is due for: carts, orders or customers."""
    finders = {
        FollowUpKind.CART: carts_left,
        FollowUpKind.THANKS: orders_made,
        FollowUpKind.IDLE: customers_away,
        FollowUpKind.BEST: best_customers,
    }
    return finders[FollowUpKind(rule.kind)](rule)


def zone_of(shop: Shop | None) -> ZoneInfo:
    """The shop's time zone."""
    return ZoneInfo(shop.time_zone if shop else settings.TIME_ZONE)


def reachable() -> QuerySet[Customer]:
    """Who allows us to write, has an address, and was not written to lately; nobody whose shop has quiet hours now."""
    now, chosen = timezone.now(), FollowUpSettings.load()
    lately = FollowUp.objects.filter(customer=OuterRef("pk"))
    in_week = lately.filter(at__gt=now - WEEK).order_by().values("customer").annotate(n=Count("pk")).values("n")
    people = Customer.objects.present().filter(is_active=True, newsletter=True, do_not_contact=False, gone_at=None)
    people = people.filter(Exists(CustomerEmail.objects.filter(customer=OuterRef("pk"))))
    people = people.annotate(in_week=Coalesce(Subquery(in_week), 0)).filter(in_week__lt=chosen.most_a_week)
    people = people.exclude(Exists(lately.filter(at__gt=now - timedelta(hours=12))))
    return people.exclude(_asleep(chosen, now))


def _asleep(chosen: FollowUpSettings, now: datetime) -> Q:
    quiet = [shop.pk for shop in Shop.objects.all() if chosen.is_quiet(now.astimezone(zone_of(shop)))]
    nobodys = Q(source=None) if chosen.is_quiet(now.astimezone(zone_of(None))) else Q(pk__in=[])
    return Q(source__in=quiet) | nobodys


def carts_left(rule: FollowUpRule) -> QuerySet[Cart]:
    """A customer's newest cart, if it rested for as long as the step says, the steps before were sent, and nothing was
    ordered since. Nobody who is in the shop now."""
    now, newest = timezone.now(), FollowUpSettings.load().cart_days
    carts = Cart.objects.waiting().filter(
        item_count__gt=0,
        changed_at__lte=now - timedelta(hours=rule.hours),
        changed_at__gt=now - timedelta(days=newest),
        customer__in=reachable(),
    )
    carts = carts.filter(Q(seen_at=None) | Q(seen_at__lte=now - ONLINE_FOR))
    mine = Q(customer=OuterRef("customer"))
    newer = Cart.objects.filter(mine, changed_at__gt=OuterRef("changed_at"), item_count__gt=0)
    bought = Order.objects.filter(mine, placed_at__gt=OuterRef("changed_at"))
    sent = FollowUp.objects.filter(cart=OuterRef("pk"))
    carts = carts.exclude(Exists(newer)).exclude(Exists(bought)).exclude(Exists(sent.filter(rule=rule)))
    before = FollowUpRule.objects.filter(kind=rule.kind, is_on=True, step__lt=rule.step).order_by("-step").first()
    return carts.filter(Exists(sent.filter(rule=before))) if before else carts


def orders_made(rule: FollowUpRule) -> QuerySet[Order]:
    """Paid orders of that age, the customer's newest one; each once."""
    until = timezone.now() - timedelta(hours=rule.hours)
    orders = Order.objects.filter(is_valid=True, placed_at__lte=until, placed_at__gt=until - WEEK)
    newer = Order.objects.filter(customer=OuterRef("customer"), placed_at__gt=OuterRef("placed_at"))
    sent = FollowUp.objects.filter(order=OuterRef("pk"), rule=rule)
    return orders.filter(customer__in=reachable()).exclude(Exists(newer)).exclude(Exists(sent))


def customers_away(rule: FollowUpRule) -> QuerySet[Customer]:
    """Whose last order is that old; once for each last order."""
    until = timezone.now() - timedelta(hours=rule.hours)
    mine = Order.objects.filter(customer=OuterRef("pk"), is_valid=True)
    last = mine.order_by("-placed_at").values("placed_at")[:1]
    sent = FollowUp.objects.filter(customer=OuterRef("pk"), rule=rule, at__gt=OuterRef("last"))
    people = reachable().annotate(last=Subquery(last)).filter(last__lte=until, last__gt=until - IDLE_WINDOW)
    return people.exclude(Exists(sent))


def best_customers(rule: FollowUpRule) -> QuerySet[Customer]:
    """Who bought for so much in that time, in the main currency; once in as long a time."""
    since = timezone.now() - timedelta(hours=rule.hours)
    mine = Order.objects.filter(customer=OuterRef("pk"), is_valid=True, placed_at__gt=since).order_by()
    sums = mine.values("customer").annotate(sum=Sum(F("total") / F("rate"))).values("sum")
    sent = FollowUp.objects.filter(customer=OuterRef("pk"), rule=rule, at__gt=since)
    people = reachable().annotate(bought=Subquery(sums)).filter(bought__gte=rule.amount)
    return people.exclude(Exists(sent))
