"""Who of the team is away today, and what is said when a thread is given to them."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Absence, Agent
from helpdesk.models import Contact


def absence_of(agent: Agent) -> Absence | None:
    """Today's absence of an agent."""
    return Absence.objects.on(timezone.localdate()).filter(agent=agent).first()


def with_absence(people: Iterable[Agent]) -> list[Agent]:
    """The people, each with today's `absence`, or None."""
    away, found = Absence.objects.by_agent(timezone.localdate()), list(people)
    for one in found:
        one.absence = away.get(one.pk)  # type: ignore[attr-defined]
    return found


def people_of(contact: Contact) -> list[Agent]:
    """Whoever may see a contact's threads, each with today's `absence`."""
    return with_absence(contact.people())


def sentence_of(absence: Absence) -> str:
    """That somebody is away, until when, and who stands in."""
    words = {"name": absence.agent, "day": date_format(absence.until, "SHORT_DATE_FORMAT"), "deputy": absence.deputy}
    if absence.deputy is None:
        return _("%(name)s is away until %(day)s, and nobody stands in.") % words
    return _("%(name)s is away until %(day)s. %(deputy)s stands in.") % words
