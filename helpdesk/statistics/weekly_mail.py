"""The week by mail: to each supervisor who wants it, on their day and hour, the numbers of the page."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agent
from helpdesk import letters
from helpdesk.models import Contact, DeskSettings
from helpdesk.review.lists import name_of
from helpdesk.review.summary import summary_of
from helpdesk.statistics.counting import keep, zone_of_days
from helpdesk.statistics.pages import Page
from helpdesk.statistics.periods import Period
from helpdesk.statistics.reports import report

SIGNER = signing.Signer(salt="weekly-mail")
LATE = timedelta(days=2)  # a mail that could not leave by then is no use any more
WEEKS = 4


def due_at(agent: Agent, now: datetime) -> datetime:
    """The last moment, up to now, at which this agent wants the mail."""
    local = now.astimezone(zone_of_days())
    wanted = local.replace(hour=agent.weekly_hour, minute=0, second=0, microsecond=0)
    wanted -= timedelta(days=(local.weekday() - agent.weekly_day) % 7)
    return wanted if wanted <= local else wanted - timedelta(days=7)


def send_due() -> int:
    """Queue what is due; returns how many. The periodic job: whoever claims an agent's row writes to them."""
    now, sent = timezone.now(), 0
    for agent in Agent.objects.supervisors().filter(weekly_mail=True).exclude(email=""):
        due = due_at(agent, now)
        if now - due < LATE and agent.date_joined < due and (agent.weekly_sent_at or agent.date_joined) < due:
            sent += _send(agent, due, now)
    return sent


def _send(agent: Agent, due: datetime, now: datetime) -> bool:
    keep()
    with transaction.atomic():
        earlier = Q(weekly_sent_at=None) | Q(weekly_sent_at__lt=due)
        if not Agent.objects.filter(earlier, pk=agent.pk).update(weekly_sent_at=now):
            return False
        letters.queue_week(agent, lambda: words(agent, due), unsubscribe=off_url(agent))
    return True


Words = Callable[[], dict[str, object]]


def words(agent: Agent, due: datetime) -> dict[str, object]:
    """What the mail says: the page of the last whole week before."""
    period = Period.week_of(due.date() - timedelta(days=7), zone_of_days())
    contacts = list(Contact.objects.visible_to(agent))
    ids = [one.pk for one in contacts]
    page = Page(report(period, ids), viewer=agent, contacts=contacts, chosen=[])
    return {
        "agent": agent,
        "due": due,
        "page": page,
        "period": period,
        "shop": DeskSettings.load().shop_name,
        "site": settings.SITE_URL,
        "link": f"{settings.SITE_URL}{reverse('helpdesk:week')}?{period.query}",
        "unanswered_link": settings.SITE_URL + page.unanswered_url,
        "weeks": _weeks(period, ids),
        "review": summary_of(period.first, agent),
        "review_link": f"{settings.SITE_URL}{reverse('helpdesk:review')}?week={name_of(period)}",
        "profile": settings.SITE_URL + reverse("helpdesk:notice_settings"),
        "off": off_url(agent),
    }


def _weeks(period: Period, contacts: list[int]) -> list[tuple[int, int, int]]:
    """The backlog at the end of the last weeks: number of the week, threads, per cent of the most."""
    periods = [period]
    for _n in range(WEEKS - 1):
        periods.insert(0, periods[0].before)
    told = [(one.week, report(one, contacts).now.backlog) for one in periods]
    most = max(n for _week, n in told) or 1
    return [(week, n, max(1, 100 * n // most)) for week, n in told]


def off_url(agent: Agent) -> str:
    """One click ends it, without signing in."""
    return settings.SITE_URL + reverse("helpdesk:week_mail_off", args=[SIGNER.sign(str(agent.pk))])


def reader_in(token: str) -> Agent:
    """Whose link it is. Raises signing.BadSignature, or Agent.DoesNotExist."""
    return Agent.objects.get(pk=int(SIGNER.unsign(token)))
