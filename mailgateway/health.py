"""How the mailboxes do, for people: figures and words from the rows, nothing from the servers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import TruncHour
from django.utils import timezone

from helpdesk import outbox
from mailgateway.models import Beat, Incoming, Mailbox
from mailgateway.troubles import Side, Trouble

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
    """One mailbox. `state` is one of paused, reconnecting, failing, not-sending, new, well."""

    mailbox: Mailbox
    state: str
    waiting: int
    received: int
    bars: list[Bar]
    last_mail_at: datetime | None = None
    lag: timedelta | None = None  # between the server's getting the last mail and our storing it
    receiving: Trouble | None = None
    sending: Trouble | None = None
    next_in: int = 0  # seconds until it is tried again
    past: list[Trouble] = field(default_factory=list)

    @property
    def is_bad(self) -> bool:
        """Something people have to put right."""
        return self.state in {"failing", "not-sending"}

    @property
    def failing_since(self) -> datetime | None:
        """When the first thing to put right began."""
        if self.state == "failing":
            return self.receiving.began_at if self.receiving else self.mailbox.last_error_at
        return self.sending.began_at if self.sending else self.mailbox.smtp_error_at

    @property
    def was_renumbered(self) -> bool:
        """The server began to count anew within the last day."""
        at = self.mailbox.renumbered_at
        return at is not None and timezone.now() - at < timedelta(hours=HOURS)


def all_mailboxes() -> list[Health]:
    """Every mailbox with its state, the mail that waits to leave and the last 24 hours."""
    return _looked_at(list(Mailbox.objects.select_related("contact")))


def of(mailbox: Mailbox) -> Health:
    """One of them, with its last outages."""
    found = _looked_at([mailbox])[0]
    found.past.extend(Trouble.objects.filter(mailbox=mailbox, ended_at__isnull=False)[:10])
    return found


def _looked_at(mailboxes: list[Mailbox]) -> list[Health]:
    waiting, hours, lags, next_in = outbox.waiting_by_contact(), _by_hour(), _lags(), _next_tries()
    going_on = {(one.mailbox_id, one.side): one for one in Trouble.objects.going_on()}
    found = []
    for mailbox in mailboxes:
        receiving, sending = (going_on.get((mailbox.pk, side)) for side in (Side.RECEIVING, Side.SENDING))
        last_mail_at, lag = lags.get(mailbox.pk, (None, None))
        found.append(
            Health(
                mailbox,
                state_of(mailbox, receiving),
                waiting.get(mailbox.contact_id, 0) if mailbox.smtp_host else 0,
                sum(hours.get(mailbox.pk, {}).values()),
                _bars(hours.get(mailbox.pk, {})),
                last_mail_at=last_mail_at,
                lag=lag,
                receiving=receiving,
                sending=sending,
                next_in=next_in.get(mailbox.pk, 0) if receiving else 0,
            )
        )
    return found


def state_of(mailbox: Mailbox, receiving: Trouble | None = None) -> str:
    """What to say first about a mailbox; a short outage that it mends by itself is no alarm yet."""
    if not mailbox.is_active:
        return "paused"
    if mailbox.last_error:
        is_young = receiving is not None and not receiving.is_lasting and mailbox.last_success_at is not None
        return "reconnecting" if is_young else "failing"
    if mailbox.smtp_error:
        return "not-sending"
    return "well" if mailbox.last_success_at else "new"


def _lags() -> dict[int, tuple[datetime, timedelta | None]]:
    """When the last mail of each mailbox came, and how long it had lain on the server."""
    newest = Incoming.objects.filter(mailbox=OuterRef("pk")).order_by("-pk")
    rows = Mailbox.objects.annotate(
        last=Subquery(newest.values("received_at")[:1]), server=Subquery(newest.values("server_at")[:1])
    ).values_list("pk", "last", "server")
    found: dict[int, tuple[datetime, timedelta | None]] = {}
    for pk, last, server in rows:
        if last is not None:
            found[pk] = (last, max(last - server, timedelta()) if server else None)
    return found


def _next_tries() -> dict[int, int]:
    """Seconds until each waiting loop tries again, by mailbox."""
    now = timezone.now()
    rows = Beat.objects.filter(name__startswith="mailbox-", next_at__gt=now).values_list("name", "next_at")
    return {int(name.removeprefix("mailbox-")): int((at - now).total_seconds()) + 1 for name, at in rows if at}


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
