"""The week by mail: to each supervisor who wants it, on their day and hour, the numbers of the page."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import Agent
from helpdesk import letters
from helpdesk.models import Contact, DeskSettings
from helpdesk.regular import WEEK
from helpdesk.review.lists import name_of
from helpdesk.review.summary import summary_of
from helpdesk.statistics import pictures
from helpdesk.statistics.counting import keep, look_back
from helpdesk.statistics.forecast import Forecast
from helpdesk.statistics.pages import Page
from helpdesk.statistics.periods import Period
from helpdesk.statistics.pictures import Picture
from helpdesk.statistics.reports import report

LATE = timedelta(days=2)  # a mail that could not leave by then is no use any more
WEEKS = 4


def due_at(agent: Agent, now: datetime) -> datetime:
    """The last moment, up to now, at which this agent wants the mail."""
    local = now.astimezone(DeskSettings.load().zone)
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
    look_back()
    keep()
    with transaction.atomic():
        earlier = Q(weekly_sent_at=None) | Q(weekly_sent_at__lt=due)
        if not Agent.objects.filter(earlier, pk=agent.pk).update(weekly_sent_at=now):
            return False
        letters.queue_week(agent, lambda: words(agent, due), unsubscribe=WEEK.off_url(agent))
    return True


Words = Callable[[], dict[str, object]]


def words(agent: Agent, due: datetime) -> dict[str, object]:
    """What the mail says: the page of the last whole week before."""
    period = Period.week_of(due.date() - timedelta(days=7), DeskSettings.load().zone)
    contacts = list(Contact.objects.visible_to(agent))
    ids = [one.pk for one in contacts]
    page, weeks = Page(report(period, ids), viewer=agent, contacts=contacts, chosen=[]), _weeks(period, ids)
    return {
        "agent": agent,
        "due": due,
        "page": page,
        "period": period,
        "shop": DeskSettings.load().shop_name,
        "site": settings.SITE_URL,
        "link": f"{settings.SITE_URL}{reverse('helpdesk:week')}?{period.query}",
        "unanswered_link": settings.SITE_URL + page.unanswered_url,
        "weeks": weeks,
        "pictures": _pictures(page, period, weeks),
        "review": summary_of(period.first, agent),
        "review_link": f"{settings.SITE_URL}{reverse('helpdesk:review')}?week={name_of(period)}",
        "notes": [(said, settings.SITE_URL + path, todo) for said, path, todo in _notes(page, ids)],
        "profile": settings.SITE_URL + reverse("helpdesk:notice_settings"),
        "off": WEEK.off_url(agent),
    }


def _weeks(period: Period, contacts: list[int]) -> list[tuple[int, int, int]]:
    """The backlog at the end of the last weeks: number of the week, threads, per cent of the most."""
    periods = [period]
    for _n in range(WEEKS - 1):
        periods.insert(0, periods[0].before)
    told = [(one.week, report(one, contacts).now.backlog) for one in periods]
    most = max(n for _week, n in told) or 1
    return [(week, n, max(1, 100 * n // most)) for week, n in told]


def _pictures(page: Page, period: Period, weeks: list[tuple[int, int, int]]) -> list[Picture]:
    """The charts, each with all that it says in words."""
    groups, days = page.day_bars.groups, [date_format(day, "j") for day in period.days]
    told = [
        _("%(day)s: %(new)d new, %(answers)d answered, %(closed)d closed")
        % {"day": one.label, "new": one.values[0], "answers": one.values[1], "closed": one.values[2]}
        for one in groups
    ]
    backlog = [_("week %(n)d: %(threads)d") % {"n": week, "threads": n} for week, n, _share in weeks]
    return [
        Picture("days", pictures.by_day(page.day_bars, days), "; ".join(told)),
        Picture("backlog", pictures.by_week(weeks), "; ".join(backlog)),
    ]


def _notes(page: Page, contacts: list[int]) -> list[tuple[str, str, str]]:
    """What else a supervisor should know: sentence, path, what to do there. Other apps' are named in the settings."""
    notes = [note for path in settings.WEEK_NOTES for note in import_string(path)()]
    if n := page.now.answered_by_form:
        one, many = (
            _("The contact form answered a question by itself."),
            _("The contact form answered %(n)d questions."),
        )
        path = f"{reverse('helpdesk:week')}?{page.period.query}"
        notes.append((one if n == 1 else many % {"n": n}, path, _("See the week")))
    coming = Forecast(contacts, monday=page.period.last + timedelta(days=1))
    if not coming.is_thin:
        said = _("In the week from %(day)s about %(n)d new threads are expected.")
        words = {"day": date_format(coming.monday, "MONTH_DAY_FORMAT"), "n": coming.whole}
        notes.append((said % words, reverse("helpdesk:staffing"), _("See when")))
    return notes
