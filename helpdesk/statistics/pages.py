"""What the page of a week shows, ready for its template: numbers with their change, links and definitions."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.pieces import duration
from helpdesk.models import CloseReason, Holder, PredefinedReply
from helpdesk.models.figures import Fact
from helpdesk.statistics import charts, deflections, shares
from helpdesk.statistics.behind import behind
from helpdesk.statistics.cells import DASH, Change, Kpi, changed, decimal, percent, time, whole
from helpdesk.statistics.definitions import DEFINITIONS, Definition
from helpdesk.statistics.reports import Half, Spread
from helpdesk.statistics.tables import Tables

OLDEST = 5


class Page(Tables):
    """Everything about one report that the template asks for."""

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
