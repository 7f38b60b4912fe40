"""What is not kept for ever: the bin, visits with their IP addresses."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from crm.models import Customer, RecordSettings, Visit
from crm.models.customer import CustomerQuerySet


def purge() -> dict[str, int]:
    """Do all of it; returns how many records and visits went. Again at once, none does."""
    return {"customers": empty_bin(), "visits": forget_visits()}


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


def _days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)
