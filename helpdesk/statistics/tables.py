"""The lists behind numbers of some days, and their tables by agent, by contact and of targets."""

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import Agent
from helpdesk.models import Contact, Metric, Target
from helpdesk.models.figures import FactKind
from helpdesk.statistics import shares
from helpdesk.statistics.behind import behind
from helpdesk.statistics.cells import Row, TargetRow, decimal, percent, time
from helpdesk.statistics.days import Line
from helpdesk.statistics.periods import Period
from helpdesk.statistics.reports import Attained, Half, Report, Spread, average


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


class Tables(Lists):
    """What each agent and each contact did, and how targets were kept."""

    def __init__(self, report: Report, *, viewer: Agent, contacts: list[Contact], chosen: list[Contact]) -> None:
        super().__init__(report.period, contacts=contacts, chosen=chosen)
        self.report, self.viewer, self.now, self.before = report, viewer, report.now, report.before

    @cached_property
    def agents(self) -> list[Row]:
        """What each agent did; agents see their own line."""
        lines = self.now.agents
        rows = [self._agent(one, lines[one.pk]) for one in self.people]
        return sorted(rows, key=lambda row: -row.first)

    @cached_property
    def people(self) -> list[Agent]:
        """The agents of the period whom the viewer may see."""
        if not self.viewer.is_supervisor:
            return [self.viewer] if self.viewer.pk in self.now.agents else []
        return list(Agent.objects.filter(pk__in=self.now.agents))

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

    @property
    def agents_total(self) -> int:
        """Under the table by agent, for those who see all of it."""
        return self.now.sums.sent if self.viewer.is_supervisor else 0
