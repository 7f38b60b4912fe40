"""What visits to the private area leave behind, and how long it is kept."""

from datetime import timedelta

from django.utils import timezone

from crm.models import AreaLink, CustomerSession, RecordSettings, Visit
from crm.models.entrance import STAYS

ENDED_LINKS = timedelta(days=30)  # so long an old link can say that it was used, or came too late


def forget() -> dict[str, int]:
    """Delete visits older than the settings keep them, sessions nobody used, old links. Again at once, it is none."""
    now, days = timezone.now(), RecordSettings.load().visit_days
    return {
        "visits": Visit.objects.filter(began_at__lt=now - timedelta(days=days)).delete()[0],
        "sessions": CustomerSession.objects.filter(seen_at__lt=now - STAYS).delete()[0],
        "links": AreaLink.objects.filter(expires_at__lt=now - ENDED_LINKS).delete()[0],
    }
