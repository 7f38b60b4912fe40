"""What is overdue, by mail: to each agent who wants it, on working days at their hour."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, Agent
from helpdesk import letters
from helpdesk.filters import ME, NOBODY, OVERDUE, TODAY, due_condition
from helpdesk.hours import hours_of
from helpdesk.models import DeskSettings, Target, Thread
from helpdesk.regular import DIGEST
from helpdesk.waiting import due_of

LATE = timedelta(hours=6)  # a mail that could not leave by then is no use any more
SHOWN = 20  # threads
Words = Callable[[], dict[str, object]]


def due_at(agent: Agent, now: datetime) -> datetime | None:
    """When the agent wants the mail today; None on a day on which the shop is closed."""
    local = now.astimezone(DeskSettings.load().zone)
    if not hours_of(None).spans(local.date()):
        return None
    return local.replace(hour=agent.digest_hour, minute=0, second=0, microsecond=0)


def send_due() -> int:
    """Queue what is due; returns how many. The periodic job: whoever claims an agent's row writes to them."""
    if not Target.in_force():
        return 0
    now, sent = timezone.now(), 0
    zone = DeskSettings.load().zone
    away = Absence.objects.by_agent(now.astimezone(zone).date())
    for agent in Agent.objects.active().filter(digest_mail=True).exclude(email=""):
        due = due_at(agent, now)
        if agent.pk not in away and due is not None and due <= now < due + LATE:
            sent += _send(agent, due, now)
    return sent


@transaction.atomic
def _send(agent: Agent, due: datetime, now: datetime) -> bool:
    """Once a day, and only if something is overdue."""
    earlier = Q(digest_sent_at=None) | Q(digest_sent_at__lt=due)
    if not Agent.objects.filter(earlier, pk=agent.pk).update(digest_sent_at=now):
        return False
    mine = Thread.objects.visible_to(agent).on_desk().filter(assignee=agent)
    if not mine.filter(due_condition(OVERDUE, "")).exists():
        return False
    letters.queue_digest(agent, lambda: words(agent, due, now), unsubscribe=DIGEST.off_url(agent))
    return True


def words(agent: Agent, due: datetime, now: datetime) -> dict[str, object]:
    """What the mail says: what is overdue, the oldest first, what has to be done today, and what nobody has."""
    zone, seen = DeskSettings.load().time_zone, Thread.objects.visible_to(agent).on_desk()
    mine = seen.filter(assignee=agent).select_related("contact", "customer").due_first()
    late, today = mine.filter(due_condition(OVERDUE, zone)), mine.filter(due_condition(TODAY, zone))
    return {
        "agent": agent,
        "due": due,
        "late": [_told(one, now) for one in late[:SHOWN]],
        "late_count": late.count(),
        "today": [_told(one, now) for one in today[:SHOWN]],
        "nobodys": seen.filter(assignee=None).filter(due_condition(OVERDUE, zone)).count(),
        "shop": DeskSettings.load().shop_name,
        "site": settings.SITE_URL,
        "link": _queue(OVERDUE, ME),
        "nobodys_link": _queue(OVERDUE, NOBODY),
        "choose": settings.SITE_URL + reverse("helpdesk:notice_settings"),
        "off": DIGEST.off_url(agent),
    }


def _told(thread: Thread, now: datetime) -> tuple[Thread, str]:
    at = thread.due_at or now
    return thread, due_of(at, now=now, soon=timedelta())[0]


def _queue(due: str, assignee: str) -> str:
    return f"{settings.SITE_URL}{reverse('helpdesk:queue')}?due={due}&assignee={assignee}&sort=due"
