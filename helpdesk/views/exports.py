"""The threads of a queue, or their messages, as a file."""

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, agent_required
from accounts.models import Agent
from helpdesk import context, queues
from helpdesk.filters import Filters
from helpdesk.models import DeskSettings, Thread
from helpdesk.statistics.exports import OFFERED


@agent_required
@require_POST
def download(request: AgentRequest) -> HttpResponseBase:
    """`filters` is a queue's query; `of` threads or messages; `kind` csv or xlsx; `separator` and `bom` for CSV."""
    return file_of(request, request.user, Filters.read(QueryDict(request.POST.get("filters", ""))), request.POST)


def file_of(request: HttpRequest, agent: Agent, filters: Filters, asked: QueryDict) -> HttpResponseBase:
    """The file of what the filters show this agent; that it was taken is written down."""
    name = asked.get("of") if asked.get("of") in OFFERED else "threads"
    kind = context.XLSX if asked.get("kind") == context.XLSX else context.CSV
    label, columns, pages = OFFERED[str(name)]
    found = queues.threads(agent, filters.without("page", "sort"), zone=DeskSettings.load().time_zone)
    threads = Thread.objects.filter(pk__in=found.order_by().values("pk"))
    keys = [one.key for one in columns]
    context.record_export(str(name), by=agent, filters=filters.query(), columns=keys, kind=kind)
    separator = ";" if asked.get("separator") == "semicolon" else ","
    return context.file_of(
        request, pages(threads), list(columns), str(label), kind, separator=separator, bom=asked.get("bom") == "1"
    )
