"""The statistics and the exports by API: the same numbers and the same rows as on the pages."""

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.desk import agent_of
from helpdesk.filters import KNOWN, Filters
from helpdesk.models import Contact, DeskSettings, Metric
from helpdesk.statistics.forecast import Forecast, HalfDay
from helpdesk.statistics.periods import Period
from helpdesk.statistics.reports import Attained, Half, Spread, report
from helpdesk.views.exports import file_of

OURS = {"of", "kind", "separator", "bom", "format"}
DAY = "A day, as 2026-11-16. Without both: the present week."


@extend_schema(
    summary="The numbers of a period beside those of the one before",
    responses=OpenApiTypes.OBJECT,
    parameters=[
        OpenApiParameter("from", OpenApiTypes.DATE, description=DAY),
        OpenApiParameter("to", OpenApiTypes.DATE, description="The last day, included."),
        OpenApiParameter("contact", str, description="A contact's short name; may be given several times.", many=True),
    ],
)
@api_view(["GET"])
def figures(request: Request) -> Response:
    """Times are in seconds; `work` counts business hours, `clock` all."""
    query = request.query_params
    try:
        period = Period.read(query.get("from", ""), query.get("to", ""), DeskSettings.load().zone)
    except ValueError:
        raise ValidationError({"from": [_("Choose at most a year, its first day before its last.")]}) from None
    contacts = Contact.objects.visible_to(agent_of(request))
    if slugs := query.getlist("contact"):
        contacts = contacts.filter(slug__in=slugs)
    found = report(period, contacts.values_list("pk", flat=True))
    return Response({"complete": found.is_counted, "period": _half(found.now), "before": _half(found.before)})


def _half(half: Half) -> dict[str, Any]:
    names = ("new", "received", "answers", "closed", "reopened", "start", "backlog", "unanswered")
    shares = ("one_touch", "exchanges", "satisfaction", "response_rate")
    return {
        "from": half.period.first,
        "to": half.period.last,
        **{name: getattr(half, name) for name in (*names, *shares)},
        "sent": half.sums.sent,
        "answered_by_form": half.answered_by_form,
        "wrote_all_the_same": half.wrote_all_the_same,
        **{
            {"closed": "resolution"}.get(what, what) + "_times": {
                "work": _spread(half.times(what)),
                "clock": _spread(half.times(what, work=False)),
            }
            for what in ("first", "next", "closed")
        },
        "targets": {metric: _attained(half.attained(metric)) for metric in Metric.values},
        "held": dict(half.sums.held),
        "reasons": dict(half.sums.reasons),
    }


def _attained(told: Attained) -> dict[str, Any]:
    return {"met": told.met, "late": told.late, "share": told.share, "average": told.average}


def _spread(spread: Spread) -> dict[str, Any]:
    return {"count": spread.count, "median": spread.median, "p90": spread.p90}


@extend_schema(
    summary="New threads to expect in each half day of next week, and how far past weeks were off",
    responses=OpenApiTypes.OBJECT,
    parameters=[OpenApiParameter("contact", str, description="A contact's short name; several times.", many=True)],
)
@api_view(["GET"])
def staffing(request: Request) -> Response:
    """`error` is by how many threads a half day was off on average; null where no week can be checked yet."""
    contacts = Contact.objects.visible_to(agent_of(request))
    if slugs := request.query_params.getlist("contact"):
        contacts = contacts.filter(slug__in=slugs)
    found = Forecast(contacts.values_list("pk", flat=True))
    return Response(
        {
            "complete": found.is_counted,
            "from": found.monday,
            "threads": found.total,
            "half_days": [_half_day(one) for one in found.week],
            "error": found.error,
            "weeks": [
                {"from": one.monday, "expected": float(one.expected), "came": one.came, "error": float(one.off)}
                for one in found.checked
            ],
        }
    )


def _half_day(one: HalfDay) -> dict[str, Any]:
    half = "afternoon" if one.expected.half else "morning"
    told = {"day": one.expected.day, "half": half, "threads": one.threads}
    return {**told, "open": one.is_open, "people": one.people}


@extend_schema(
    summary="Threads or messages as a file",
    description="Filtered by the parameters of a queue's address; an unknown one is refused.",
    responses={(200, "text/csv"): OpenApiTypes.BINARY},
    parameters=[
        OpenApiParameter("of", str, enum=["threads", "messages"]),
        OpenApiParameter("kind", str, enum=["csv", "xlsx"]),
        *(OpenApiParameter(name, str) for name in KNOWN if name not in {"sort", "page"}),
    ],
)
@api_view(["GET"])
def export(request: Request) -> HttpResponseBase:
    """One row a thread, or one a message, with all computed times."""
    query = request.query_params
    if unknown := set(query) - set(KNOWN) - OURS:
        raise ValidationError({name: [_("There is no filter of this name.")] for name in sorted(unknown)})
    filters = Filters.read(query)
    if filters.problems:
        raise ValidationError({"detail": list(filters.problems)})
    return file_of(request._request, agent_of(request), filters, query)
