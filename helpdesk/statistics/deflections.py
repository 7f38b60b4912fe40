"""How many questions the contact form answered by itself, and how many wrote all the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from helpdesk.models import Deflection
from helpdesk.models.figures import FactKind

if TYPE_CHECKING:
    from helpdesk.statistics.reports import Half


def count(now: "Half", before: "Half", contacts: Iterable[int]) -> None:
    """Write the numbers of both halves, by contact, into them. One query."""
    rows = Deflection.objects.filter(contact__in=contacts, at__gte=before.period.begin, at__lt=now.period.end)
    is_now = Q(at__gte=now.period.begin)
    told = (
        rows.order_by().values_list("contact").annotate(n=Count("pk", filter=is_now), was=Count("pk", filter=~is_now))
    )
    for contact, n, was in told:
        now.deflected[contact], before.deflected[contact] = n, was


@dataclass(frozen=True)
class Answered:
    """What the form did at one contact: questions it answered, and letters of those it did not answer."""

    contact: object
    answered: int
    wrote: int
    url: str  # the list of those who wrote

    @property
    def share(self) -> int:
        """Per cent of those who were shown their order and said something."""
        return round(100 * self.answered / ((self.answered + self.wrote) or 1))


def wrote(half: "Half", contact: int) -> int:
    """Letters at a contact whose writer had been shown the order."""
    return half.by_contact[contact].counts[FactKind.SHOWN] if contact in half.by_contact else 0
