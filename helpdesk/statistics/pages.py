"""What the page of a week shows, ready for its template: numbers with their change, links and definitions."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import Agent
from accounts.pieces import duration
from helpdesk.models import CloseReason, Contact, Holder, Metric, PredefinedReply, Target
from helpdesk.models.figures import Fact, FactKind
from helpdesk.statistics import charts, deflections, shares
from helpdesk.statistics.behind import behind
from helpdesk.statistics.cells import DASH, Change, Kpi, Row, TargetRow, changed, decimal, percent, time, whole
from helpdesk.statistics.days import Line
from helpdesk.statistics.definitions import DEFINITIONS, Definition
from helpdesk.statistics.periods import Period
from helpdesk.statistics.reports import Attained, Half, Report, Spread, average

OLDEST = 5


class Lists:
    """The lists behind numbers of some days, and what needs nothing else: at all contacts, or some chosen."""

    def __init__(self, period: Period, *, contacts: list[Contact], chosen: list[Contact]) -> None:
        self.period, self.contacts, self.chosen = period, contacts, chosen
        self.ids = [one.pk for one in chosen or contacts]
        self.queue = reverse("helpdesk:queue")  # asked for once: a page has three hundred addresses

    def url(self, key: str, **narrow: Any) -> str:
        """The list behind a number."""
        contacts = [one.slug for one in self.chosen]
        if "contact" in narrow:
            contacts = [narrow.pop("contact")]
        return f"{self.queue}?{behind(key, self.period, **narrow).query(contacts)}"

    @cached_property
    def shares(self) -> list[shares.Table]:
        """Tags, products and carriers."""
        return shares.tables(self.period, self.ids, self.url)


class Page(Lists):
    """Everything about one report that the template asks for."""

    def __init__(self, report: Report, *, viewer: Agent, contacts: list[Contact], chosen: list[Contact]) -> None:
        super().__init__(report.period, contacts=contacts, chosen=chosen)
        self.report, self.viewer, self.now, self.before = report, viewer, report.now, report.before

    @property
    def export_query(self) -> str:
        """The queue's query for all threads in which something of this happened."""
        return self.url("active").partition("?")[2]

    # -- the numbers on top -----------------------------------------------------------------------

    @cached_property
    def kpis(self) -> list[Kpi]:
        """Six numbers."""
        now, before = self.now, self.before
        first, first_before = now.times("first").median, before.times("first").median
        return [
            self._kpi("new", whole(now.new), changed(now.new, before.new, better="", say=whole, relative=True)),
            self._kpi(
                "answers",
                whole(now.answers),
                changed(now.answers, before.answers, better="up", say=whole, relative=True),
            ),
            self._kpi(
                "closed", whole(now.closed), changed(now.closed, before.closed, better="up", say=whole, relative=True)
            ),
            self._kpi("first", time(first), changed(first, first_before, better="down", say=time)),
            self._kpi("backlog", whole(now.backlog), changed(now.backlog, before.backlog, better="down", say=whole)),
            self._kpi(
                "satisfaction",
                f"{decimal(now.satisfaction)} / 5" if now.satisfaction else DASH,
                changed(now.satisfaction, before.satisfaction, better="up", say=decimal),
            ),
        ]

    def _kpi(self, key: str, value: str, change: Change | None) -> Kpi:
        label = _("First answer, median") if key == "first" else DEFINITIONS[key].label
        return Kpi(label, value, change, self.url(key), DEFINITIONS[key])

    @property
    def sum(self) -> str:
        """How the backlog came about."""
        now = self.now
        numbers = {"start": now.start, "new": now.new, "re": now.reopened, "closed": now.closed, "end": now.backlog}
        return _("%(start)d at the start + %(new)d new + %(re)d opened again − %(closed)d closed = %(end)d") % numbers

    # -- charts -----------------------------------------------------------------------------------

    @cached_property
    def day_bars(self) -> charts.Bars:
        """New, answered, closed."""
        return charts.day_bars(self.now)

    @property
    def day_rows(self) -> list[tuple[charts.Group, list[tuple[int, str]]]]:
        """The same as a table, each number with its list."""
        pieces = charts.stretches(self.period)
        found = []
        for group, (first, last) in zip(self.day_bars.groups, pieces, strict=True):
            part = type(self.period)(first, last, self.period.zone)
            slugs = [one.slug for one in self.chosen]
            links = [f"{self.queue}?{behind(key, part).query(slugs)}" for key in ("new", "answers", "closed")]
            found.append((group, list(zip(group.values, links, strict=True))))
        return found

    @property
    def busiest(self) -> charts.Group:
        """Where most came in."""
        return max(self.day_bars.groups, key=lambda one: one.values[0])

    @cached_property
    def backlog_lines(self) -> charts.Lines:
        """Level by day."""
        return charts.backlog_lines(self.now, self.before, until=timezone.localdate(timezone=self.period.zone))

    @property
    def backlog_rows(self) -> list[tuple[date | None, int, int]]:
        """The same as a table."""
        days: list[date | None] = [None, *self.period.days]
        return list(zip(days, self.now.backlog_by_day, self.before.backlog_by_day, strict=True))

    @property
    def answer_bars(self) -> charts.Spreading:
        """First answers by working time."""
        return self._spread("first", charts.ANSWER_EDGES)

    @property
    def solved_bars(self) -> charts.Spreading:
        """Closings by working time."""
        return self._spread("closed", charts.SOLVED_EDGES)

    def _spread(self, what: str, edges: tuple[int, ...]) -> charts.Spreading:
        times = self.now.times(what)
        marks = [(times.median, _("median %(time)s")), (times.p90, _("P90 %(time)s"))]
        placed = [(value, words % {"time": time(value)}) for value, words in marks]
        drawn = charts.spread_bars(self.now.sums.work.get(what, []), edges, placed)
        key = {"closed": "resolution"}.get(what, what)
        groups = [
            charts.Group(one.label, one.x, one.values, one.bars, self.url(key, work=charts.bounds(edges, n)))
            for n, one in enumerate(drawn.groups)
        ]
        return charts.Spreading(groups, drawn.marks)

    # -- times ------------------------------------------------------------------------------------

    @cached_property
    def times(self) -> list[dict[str, Any]]:
        """First and later answers and resolution: median and P90 in working and in clock time."""
        rows = (("first", "first"), ("next", "next"), ("closed", "resolution"))
        return [
            {
                "definition": DEFINITIONS[key],
                "url": self.url(key),
                "count": self.now.times(what).count,
                "is_thin": self.now.times(what).is_thin,
                "spreads": [self._spread_words(self.now, what, work=work) for work in (True, False)],
                "before": self._spread_words(self.before, what, work=True),
            }
            for what, key in rows
        ]

    @staticmethod
    def _spread_words(half: Half, what: str, *, work: bool) -> tuple[str, str]:
        spread: Spread = half.times(what, work=work)
        return time(spread.median), time(spread.p90)

    hours = [f"{hour:02}" for hour in range(24)]

    @cached_property
    def heat(self) -> list[tuple[str, list[tuple[int, int, str]]]]:
        """Weekdays with (messages, shade, list) by hour."""
        grid = self.now.heat
        most = max(max(row) for row in grid) or 1
        return [
            (
                str(WEEKDAYS_ABBR[day]).capitalize(),
                [
                    (n, -(-5 * n // most), self.url("received", weekday=day + 1, hour=hour) if n else "")
                    for hour, n in enumerate(row)
                ],
            )
            for day, row in enumerate(grid)
        ]

    # -- tables -----------------------------------------------------------------------------------

    @cached_property
    def agents(self) -> list[Row]:
        """What each agent did; agents see their own line."""
        lines = self.now.agents
        rows = [self._agent(one, lines[one.pk]) for one in self.people]
        return sorted(rows, key=lambda row: -row.first)

    @cached_property
    def people(self) -> list[Agent]:
        """The agents of the period whom the viewer may see."""
        people = Agent.objects.filter(pk__in=self.now.agents)
        return [one for one in people if self.viewer.is_supervisor or one == self.viewer]

    def _agent(self, agent: Agent, line: Line) -> Row:
        return Row(
            agent,
            line.replies,
            line.closed,
            time(Spread.of(line.first).median),
            decimal(average(line.scores)),
            self.url("sent", agent=agent.pk),
            self.url("closed", agent=agent.pk),
        )

    @cached_property
    def by_contact(self) -> list[Row]:
        """What each contact got."""
        rows = []
        for contact in self.chosen or self.contacts:
            half = Half(self.period, sums=self.now.by_contact[contact.pk])
            if half.received or half.new or half.closed or contact.archived_at is None:
                first, score = time(half.times("first").median), decimal(half.satisfaction)
                links = [self.url(key, contact=contact.slug) for key in ("new", "closed")]
                rows.append(Row(contact, half.new, half.closed, first, score, *links))
        return rows

    @property
    def most_replies(self) -> int:
        """The longest bar by agent."""
        return max((row.first for row in self.agents), default=0) or 1

    @property
    def most_new(self) -> int:
        """The longest bar by contact."""
        return max((row.first for row in self.by_contact), default=0) or 1

    @cached_property
    def total(self) -> dict[str, Any]:
        """The last lines of both tables."""
        now = self.now
        median, score = time(now.times("first").median), decimal(now.satisfaction)
        return {"sent": now.sums.sent, "new": now.new, "closed": now.closed, "median": median, "score": score}

    @cached_property
    def targets(self) -> list[TargetRow]:
        """What was met and missed, by what was aimed at; nothing where there are no targets and never were."""
        told = [(metric, self.now.attained(metric)) for metric in Metric]
        if not Target.in_force() and not any(one.total for _metric, one in told):
            return []
        return [self._target(metric.label, one, metric=metric.value) for metric, one in told]

    @cached_property
    def targets_by(self) -> list[tuple[str, list[TargetRow]]]:
        """The same by contact and by agent, who sees their own line only unless they supervise."""
        lines = self.now.agents
        shown = [one for one in self.people if lines[one.pk].met or lines[one.pk].late]
        people = [self._target(one, Attained(lines[one.pk].met, lines[one.pk].late), agent=one.pk) for one in shown]
        return [(_("By contact"), self._targets_of_contacts()), (_("By agent"), people)]

    def _targets_of_contacts(self) -> list[TargetRow]:
        rows = []
        for contact in self.chosen or self.contacts:
            counts = self.now.by_contact[contact.pk].counts
            told = Attained(counts[FactKind.MET], counts[FactKind.LATE])
            rows += [self._target(contact, told, contact=contact.slug)] if told.total else []
        return rows

    def _target(self, name: Any, told: Attained, **narrow: Any) -> TargetRow:
        met, late = (self.url(key, **narrow) for key in ("met", "late"))
        return TargetRow(name, told.met, met, told.late, late, percent(told.share), time(told.average))

    @cached_property
    def unanswered(self) -> list[Fact]:
        """Whose customers wait longest, at the end of the period or now."""
        found = behind("unanswered", self.period).facts(self.period.zone.key).filter(contact__in=self.ids)
        rows = found.select_related("thread__contact", "thread__assignee", "thread__customer").order_by("at", "pk")
        oldest = list(rows[:OLDEST])
        for fact in oldest:
            fact.waited = duration(self.until - fact.at)  # type: ignore[attr-defined]
        return oldest

    @property
    def unanswered_url(self) -> str:
        """All of them."""
        return self.url("unanswered")

    @property
    def agents_total(self) -> int:
        """Under the table by agent, for those who see all of it."""
        return self.now.sums.sent if self.viewer.is_supervisor else 0

    @property
    def until(self) -> Any:
        """The end of the period, or now."""
        return min(self.period.end, timezone.now())

    @property
    def more(self) -> list[tuple[Definition, str, str]]:
        """Numbers without a chart: definition, value, list."""
        now = self.now
        return [
            (DEFINITIONS["received"], whole(now.received), self.url("received")),
            (DEFINITIONS["reopened"], whole(now.reopened), self.url("reopened")),
            (DEFINITIONS["touch"], f"{percent(now.one_touch)} · {now.sums.touches}", self.url("touch")),
            (DEFINITIONS["kept"], whole(now.sums.counts["kept"]), self.url("kept")),
            (DEFINITIONS["broken"], whole(now.sums.counts["broken"]), self.url("broken")),
            (DEFINITIONS["exchanges"], decimal(now.exchanges), self.url("exchanges")),
        ]

    @property
    def exchanges(self) -> list[tuple[str, int, str]]:
        """Closings by how many exchanges they took."""
        told = sorted((int(number), times) for number, times in self.now.sums.exchanges.items())
        return [(str(number), times, self.url("exchanges", number=number)) for number, times in told]

    @property
    def held(self) -> list[tuple[str, str, int]]:
        """Who was waited for: name, average a closing, per cent."""
        held, closed = self.now.sums.held, self.now.closed
        total = sum(held.values()) or 1
        return [
            (str(Holder(who).label), time(held[who] / closed if closed else None), round(100 * held[who] / total))
            for who in (Holder.US, Holder.CUSTOMER, Holder.THIRD_PARTY)
            if held.get(who)
        ]

    @property
    def reasons(self) -> list[tuple[str, int, str]]:
        """Why threads were closed."""
        told = {int(pk): n for pk, n in self.now.sums.reasons.most_common(shares.SHOWN)}
        names = {one.pk: str(one) for one in CloseReason.objects.filter(pk__in=told)} if told else {}
        return [(names[pk], n, self.url("closed", reason=pk)) for pk, n in told.items() if pk in names]

    @cached_property
    def replies(self) -> list[tuple[str, int, str]]:
        """Which predefined replies were used."""
        used = {int(pk): n for pk, n in self.now.sums.replies.most_common(shares.SHOWN)}
        names = dict(PredefinedReply.objects.filter(pk__in=used).values_list("pk", "title")) if used else {}
        return [(names[pk], n, self.url("sent", reply=pk)) for pk, n in used.items() if pk in names]

    @property
    def answered(self) -> list[deflections.Answered]:
        """What the contact form answered by itself, by contact."""
        told = [
            deflections.Answered(
                one,
                self.now.deflected.get(one.pk, 0),
                deflections.wrote(self.now, one.pk),
                self.url("shown", contact=one.slug),
            )
            for one in self.chosen or self.contacts
        ]
        return [one for one in told if one.answered or one.wrote]

    @property
    def answered_change(self) -> Change | None:
        """Beside the period before."""
        return changed(self.now.answered_by_form, self.before.answered_by_form, better="up", say=whole, relative=True)

    @property
    def scores(self) -> list[tuple[int, int, str]]:
        """Ratings from 5 to 1."""
        told = self.now.sums.scores
        return [(score, told[str(score)], self.url("satisfaction", score=score)) for score in range(5, 0, -1)]

    @property
    def rated(self) -> int:
        """How many ratings."""
        return sum(self.now.sums.scores.values())

    @property
    def response_rate(self) -> str:
        """How many of those asked rated."""
        return percent(self.now.response_rate)
