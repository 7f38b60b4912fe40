"""The team: who is in it, what they see, inviting and ending access."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import links
from accounts.access import AgentRequest, supervisor_required
from accounts.models import Absence, Agent
from accounts.views import mail_link
from helpdesk import pings
from helpdesk.absences import absence_of
from helpdesk.forms_team import AgentForm
from helpdesk.models import Thread

# What it is, and whether agents may do it too; supervisors may do all of it.
ROLES = (
    (gettext_lazy("Answer the threads of their contacts"), True),
    (gettext_lazy("See customers with their orders and carts, and export lists"), True),
    (gettext_lazy("Write to several customers at once"), True),
    (gettext_lazy("See the figures of their contacts and their own"), True),
    (gettext_lazy("See the threads and figures of everybody"), False),
    (gettext_lazy("Hand out the weekly review"), False),
    (gettext_lazy("Delete threads and customers, erase and import"), False),
    (gettext_lazy("See whole IP addresses and the audit"), False),
    (gettext_lazy("Change mailboxes, contacts, replies and the team"), False),
)


def threads_of(agent: Agent) -> QuerySet[Thread]:
    """What somebody else would have to take over."""
    return Thread.objects.active().filter(assignee=agent).newest_first()


@supervisor_required
def index(request: HttpRequest) -> HttpResponse:
    """Everybody, with role, contacts and last sign-in; and the form to invite."""
    return page(request, AgentForm())


def page(request: HttpRequest, form: AgentForm) -> HttpResponse:
    """The list with the form of an invitation."""
    agents = list(Agent.objects.prefetch_related("contacts").order_by("-is_active", "name"))
    away = Absence.objects.by_agent(timezone.localdate())
    for agent in agents:
        agent.absence = away.get(agent.pk)
    context = {"section": "team", "agents": agents, "form": form, "alone": len(agents) == 1, "roles": ROLES}
    return render(request, "settings/team.html", context)


@supervisor_required
@require_POST
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Add somebody; the link to choose a password is mailed, and shown once."""
    form = AgentForm(request.POST)
    if not form.is_valid():
        return page(request, form)
    return show_link(request, form.save())


def show_link(request: HttpRequest, agent: Agent) -> HttpResponse:
    """Mail the link, and show it to the supervisor this once."""
    link = links.password_url(agent)
    mail_link(agent, "invitation", link)
    return render(request, "settings/team_link.html", {"section": "team", "agent": agent, "link": link})


@supervisor_required
def edit(request: HttpRequest, agent_id: int) -> HttpResponse:
    """One colleague: name, address, role, contacts, and the threads they are in charge of."""
    agent = get_object_or_404(Agent, pk=agent_id)
    form = AgentForm(request.POST if request.method == "POST" else None, instance=agent)
    if request.method == "POST" and form.is_valid():
        form.save()
        if {"role", "contacts"} & set(form.changed_data):
            pings.access_changed(agent.pk)
        messages.success(request, _("%(name)s is saved.") % {"name": agent})
        return redirect("helpdesk:agent", agent.pk)
    threads = threads_of(agent)
    context = {
        "section": "team",
        "form": form,
        "agent": Agent.objects.get(pk=agent_id),
        "absence": absence_of(agent),
        "threads": threads[:20],
        "thread_count": threads.count(),
    }
    return render(request, "settings/agent.html", context)


@supervisor_required
@require_POST
@never_cache
def new_link(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Another link to choose a password, for whoever lost the first or the password."""
    return show_link(request, get_object_or_404(Agent.objects.active(), pk=agent_id))


@supervisor_required
@require_POST
def deactivate(request: AgentRequest, agent_id: int) -> HttpResponse:
    """End somebody's access at once; their threads are listed to be handed over."""
    agent = get_object_or_404(Agent.objects.active(), pk=agent_id)
    try:
        agent.deactivate()
    except ValueError:
        messages.error(request, _("This is the last supervisor. Make somebody else one first."))
        return redirect("helpdesk:agent", agent.pk)
    pings.access_changed(agent.pk)
    messages.success(request, _("%(name)s can no longer sign in.") % {"name": agent})
    return redirect("helpdesk:agent", agent.pk)


@supervisor_required
@require_POST
@never_cache
def activate(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Let somebody come back, with a new link to choose a password."""
    agent = get_object_or_404(Agent, pk=agent_id, is_active=False)
    agent.activate()
    return show_link(request, agent)
