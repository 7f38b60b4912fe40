"""The search page, and the palette that Ctrl+K opens."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from helpdesk import results
from helpdesk.chrome import statuses_of
from helpdesk.palette import Palette
from helpdesk.results import Asked, Results


@agent_required
@require_safe
def show(request: AgentRequest) -> HttpResponse:
    """What was found; for htmx the results alone. #12, c123 and an order's reference go there at once."""
    asked = Asked.read(request.GET, request.user)
    if not request.htmx and "in" not in request.GET and (place := results.place_of(request.user, asked.text)):
        return HttpResponseRedirect(place)
    found = Results(request.user, asked)
    template = "helpdesk/search/_results.html" if request.htmx else "helpdesk/search/page.html"
    response = render(request, template, {"asked": asked, "results": found, **choices(request, asked, found)})
    patch_vary_headers(response, ["HX-Request"])
    return response


def choices(request: AgentRequest, asked: Asked, found: Results) -> dict[str, Any]:
    """What the results may be narrowed by: labels, addresses, and whether they are chosen."""
    chips = [{"label": _("All"), "url": asked.url(group=""), "is_on": not asked.group}]
    chips += [
        {"label": group.label, "url": asked.url(group=group.key), "is_on": asked.group == group.key, "group": group}
        for group in found.groups
    ]
    more = any(group.has_more for group in found.found)
    return {
        "group_chips": chips,
        "see_all": {key: asked.url(group=key) for key in results.LABELS},
        "status_choices": [(key, asked.url(status=key), key == asked.status) for key in statuses_of(request)],
        "any_status_url": asked.url(status=""),
        "since_choices": [(label, asked.url(since=key), key == asked.since) for key, label in results.SINCE.items()],
        "since": results.SINCE[asked.since],
        "files_url": asked.url(files=not asked.files),
        "everywhere_url": asked.url(everywhere=not asked.everywhere),
        "erased_url": asked.url(erased=not asked.erased),
        "clear_url": asked.url(status="", since="", files=False),
        "all_url": asked.url(group=""),
        "newer_url": asked.url(page=asked.page - 1) if asked.group and asked.page > 1 else "",
        "older_url": asked.url(page=asked.page + 1) if asked.group and more else "",
    }


@agent_required
@require_safe
def palette(request: AgentRequest) -> HttpResponse:
    """The options of the palette for what was typed so far; without script, where the search page is better."""
    if not request.htmx:
        return HttpResponseRedirect(Asked.read(request.GET, request.user).url())
    return render(request, "helpdesk/search/_palette.html", {"palette": Palette.read(request)})
