"""What is not kept for ever: the bin, visits with their IP addresses, ways into the private area, imported files."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from crm.models import AreaLink, Customer, CustomerFile, CustomerSession, RecordSettings, Visit
from crm.models.customer import CustomerQuerySet
from crm.models.entrance import STAYS

DAYS_OF_ENDED_LINKS = 30


def purge() -> dict[str, int]:
    """Do all of it; returns how many records, visits, ways in and files went. Again at once, none does."""
    return {
        "customers": empty_bin(),
        "visits": forget_visits(),
        "access": forget_access(),
        "files": CustomerFile.objects.outdated().delete()[0],
    }


def gone_customers() -> CustomerQuerySet:
    """Those in the bin whose days are over."""
    return Customer.objects.in_bin().filter(deleted_at__lt=_days_ago(RecordSettings.load().bin_days))


def empty_bin() -> int:
    """Delete for good who lay in the bin long enough; somebody who got an order meanwhile stays there."""
    gone = list(gone_customers().filter(orders=None))
    for customer in gone:
        customer.purge()
    return len(gone)


def old_visits() -> models.QuerySet[Visit]:
    """Visits that are older than the shop keeps them."""
    return Visit.objects.filter(began_at__lt=_days_ago(RecordSettings.load().visit_days))


def forget_visits() -> int:
    """Delete old visits."""
    return old_visits().delete()[0]


def forget_access() -> int:
    """Delete sessions that nobody used for long, and links long after their end: so long they can say what became."""
    sessions = CustomerSession.objects.filter(seen_at__lt=timezone.now() - STAYS)
    links = AreaLink.objects.filter(expires_at__lt=_days_ago(DAYS_OF_ENDED_LINKS))
    return sessions.delete()[0] + links.delete()[0]


def _days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)
