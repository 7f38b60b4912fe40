"""Which carts are watched, and until when: a job; a cart that was charged is watched as it is written."""

from datetime import timedelta

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Cart, CartWatch, RecordSettings
from crm.models.cart import ONLINE_FOR
from crm.models.watch import Outcome

BATCH = 500
WITHIN = timedelta(days=60)  # older carts: nobody writes about them any more


def watch() -> dict[str, int]:
    """Begin what is to be watched, and end what has come to an end. Returns how many; again at once, it is nought."""
    return {"begun": begin(), "ended": end()}


def begin() -> int:
    """Watch carts above the amount: charged without order at once; without customer once nobody fills them any more."""
    now, settings = timezone.now(), RecordSettings.load()
    left = Q(customer=None, changed_at__lte=now - ONLINE_FOR)
    orphans = Cart.objects.filter(Q(is_charged=True) | left, order=None, total__gte=settings.watch_amount)
    fresh = orphans.filter(watches=None, changed_at__gte=now - WITHIN).order_by("-changed_at")
    count = 0
    while (carts := list(fresh[:BATCH])) and (begun := CartWatch.objects.begin(carts)):
        count += begun
    return count


def end() -> int:
    """End watches of carts that became orders or found their customer, and of those nobody asked for in time."""
    watches, now = CartWatch.objects.open(), timezone.now()
    ordered = watches.exclude(cart__order=None).update(closed_at=now, outcome=Outcome.ORDERED)
    owned = watches.filter(cart__is_charged=False).exclude(cart__customer=None)
    found = owned.update(closed_at=now, outcome=Outcome.FOUND)
    late = watches.filter(cart__is_charged=False, due_on__lt=timezone.localdate())
    return ordered + found + late.update(closed_at=now, outcome=Outcome.NOBODY)


def week_notes() -> list[tuple[str, str, str]]:
    """For the weekly mail: carts that were paid, and that nobody has."""
    paid = CartWatch.objects.open().filter(cart__is_charged=True, cart__customer=None)
    told = paid.aggregate(n=Count("pk"), until=Max("due_on"))
    if not told["n"]:
        return []
    words = ngettext(
        "%(n)d paid cart still has no customer; a complaint is expected before %(day)s.",
        "%(n)d paid carts still have no customer; a complaint is expected before %(day)s.",
        told["n"],
    )
    day = date_format(told["until"], "DATE_FORMAT")
    return [(words % {"n": told["n"], "day": day}, reverse("crm:carts_watch"), _("Find whose they are"))]
