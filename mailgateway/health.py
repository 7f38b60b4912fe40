"""How the mailboxes do, for people: figures and words from the rows, nothing from the servers."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.db.models.functions import TruncHour
from django.utils import timezone

from helpdesk import outbox
from mailgateway.models import Incoming, Mailbox

HOURS = 24
CHART = 36  # units high


@dataclass(frozen=True)
class Bar:
    """One hour of the chart, in the units of its drawing."""

    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Health:
    """One mailbox. `state` is one of paused, failing, not-sending, new, well."""

    mailbox: Mailbox
    state: str
    waiting: int
    received: int
    bars: list[Bar]


def all_mailboxes() -> list[Health]:
    """Every mailbox with its state, the mail that waits to leave and the last 24 hours."""
    waiting, hours = outbox.waiting_by_contact(), _by_hour()
    return [
        Health(
            mailbox,
            state_of(mailbox),
            waiting.get(mailbox.contact_id, 0) if mailbox.smtp_host else 0,
            sum(hours.get(mailbox.pk, {}).values()),
            _bars(hours.get(mailbox.pk, {})),
        )
        for mailbox in Mailbox.objects.select_related("contact")
    ]


def state_of(mailbox: Mailbox) -> str:
    """What to say first about a mailbox."""
    if not mailbox.is_active:
        return "paused"
    if mailbox.last_error:
        return "failing"
    if mailbox.smtp_error:
        return "not-sending"
    return "well" if mailbox.last_success_at else "new"


def _by_hour() -> dict[int, dict[int, int]]:
    """Mails by mailbox and hours ago."""
    now = timezone.now()
    rows = (
        Incoming.objects.filter(received_at__gt=now - timedelta(hours=HOURS), mailbox__isnull=False)
        .order_by()
        .annotate(hour=TruncHour("received_at"))
        .values_list("mailbox", "hour")
        .annotate(Count("pk"))
    )
    found: dict[int, dict[int, int]] = {}
    for mailbox, hour, count in rows:
        ago = min(HOURS - 1, int((now - hour).total_seconds() // 3600))
        found.setdefault(mailbox, {})[ago] = found.get(mailbox, {}).get(ago, 0) + count
    return found


def _bars(hours: dict[int, int]) -> list[Bar]:
    most = max(hours.values(), default=0) or 1
    heights = [max(1, round(CHART * hours.get(ago, 0) / most)) for ago in reversed(range(HOURS))]
    return [Bar(1 + 10 * place, CHART + 3 - height, height) for place, height in enumerate(heights)]


def last_day() -> dict[str, int]:
    """Mails of the last 24 hours by outcome, with "all" and "auto" (automatic answers) besides."""
    rows = Incoming.objects.filter(received_at__gt=timezone.now() - timedelta(hours=HOURS)).order_by()
    by_outcome = dict(rows.values_list("outcome").annotate(Count("pk")))
    return {**by_outcome, "all": sum(by_outcome.values()), "auto": rows.filter(reason="auto-reply").count()}
