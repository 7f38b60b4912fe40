"""The statistics of a week, or of any other stretch of days."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from helpdesk.chrome import desk_of
from helpdesk.models import Contact
from helpdesk.statistics import prestashop as theirs
from helpdesk.statistics.definitions import DEFINITIONS, TIMES_IN_WORDS
from helpdesk.statistics.pages import Page
from helpdesk.statistics.periods import Period
from helpdesk.statistics.reports import report
from helpdesk.statistics.tables import Lists

AT_ONCE = 92  # days: of more, what threads were about is counted after the page is there


@agent_required
@require_safe
def show(request: AgentRequest) -> HttpResponse:
    """?from= and ?to= are days, ?contact= short names; nothing is the present week of all contacts."""
    period, problem = period_of(request)
    contacts, chosen = contacts_of(request)
    with_shares = "shares" in request.GET
    if request.htmx and with_shares:
        lists = Lists(period, contacts=contacts, chosen=chosen)
        return render(request, "helpdesk/statistics/_shares.html", {"shares": lists.shares})
    page = Page(
        report(period, [one.pk for one in chosen or contacts]), viewer=request.user, contacts=contacts, chosen=chosen
    )
    context = {
        **_chosen(period, contacts, chosen),
        "page": page,
        "shares_later": period.length > AT_ONCE and not with_shares,
        "problem": problem,
        "definitions": DEFINITIONS,
        "times_in_words": TIMES_IN_WORDS,
    }
    return render(request, "helpdesk/statistics/week.html", context, status=400 if problem else 200)


def _chosen(period: Period, contacts: list[Contact], chosen: list[Contact]) -> dict[str, Any]:
    """What the bar on top shows and leads to."""
    more = "".join(f"&contact={one.slug}" for one in chosen)
    after = period.after
    return {
        "period": period,
        "contacts": contacts,
        "slugs": {one.slug for one in chosen},
        "query": period.query + more,
        "before_query": period.before.query + more,
        "after_query": after.query + more if after else "",
    }


def period_of(request: AgentRequest) -> tuple[Period, str]:
    """The days that the address names, and a sentence if they could not be used."""
    zone = desk_of(request).zone
    first, last = (request.GET.get(name, "").strip()[:10] for name in ("from", "to"))
    try:
        return Period.read(first, last, zone), ""
    except ValueError:
        return Period.read("", "", zone), _("Choose at most a year, its first day before its last.")


def contacts_of(request: AgentRequest) -> tuple[list[Contact], list[Contact]]:
    """All contacts that the agent sees, and those that the address chooses; none chosen means all."""
    contacts = list(Contact.objects.visible_to(request.user))
    slugs = set(request.GET.getlist("contact"))
    return contacts, [one for one in contacts if one.slug in slugs]


@agent_required
@require_safe
def prestashop(request: AgentRequest) -> HttpResponse:
    """PrestaShop's own figures beside what we count instead."""
    contacts, chosen = contacts_of(request)
    found = theirs.figures([one.pk for one in chosen or contacts])
    return render(request, "helpdesk/statistics/prestashop.html", {"figures": found})
