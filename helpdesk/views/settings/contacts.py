"""Contacts: the list in the order of the form, one contact's form, moving, archiving."""

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, supervisor_required
from accounts.history import changes
from accounts.models import Agent
from accounts.typed import number
from helpdesk import pings
from helpdesk.forms_settings import ArchiveForm, ContactForm
from helpdesk.models import Contact, Folder, Status


def listed() -> QuerySet[Contact]:
    """Contacts with `open_count`, the number that the queue of open threads shows."""
    still_open = Q(threads__folder=Folder.DESK, threads__status=Status.OPEN)
    return Contact.objects.annotate(open_count=Count("threads", filter=still_open, distinct=True))


@supervisor_required
def index(request: HttpRequest) -> HttpResponse:
    """All contacts with their figures, those in use and those archived."""
    contacts = list(listed().prefetch_related("members", "mailboxes"))
    context = {
        "section": "contacts",
        "contacts": [contact for contact in contacts if contact.archived_at is None],
        "archived": [contact for contact in contacts if contact.archived_at is not None],
    }
    return render(request, "settings/contacts.html", context)


@supervisor_required
def edit(request: AgentRequest, contact_id: int | None = None) -> HttpResponse:
    """One contact, or a new one."""
    contact = get_object_or_404(Contact, pk=contact_id) if contact_id else Contact()
    before = set(contact.members.values_list("pk", flat=True)) if contact.pk else set()
    form = ContactForm(request.POST if request.method == "POST" else None, instance=contact)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        tell_members(before, {member.pk for member in form.cleaned_data["members"]})
        messages.success(request, _("“%(title)s” is saved.") % {"title": saved.title})
        return redirect("helpdesk:contact", saved.pk)
    context = {
        "section": "contacts",
        "form": form,
        "contact": contact,
        "contacts": listed().active(),  # type: ignore[attr-defined]
        "changes": changes(contact) if contact.pk else [],
    }
    return render(request, "settings/contact.html", context)


def tell_members(before: set[int], after: set[int]) -> None:
    """Those who joined or left see other threads from now on: their open pages ask anew."""
    for agent_id in before ^ after:
        pings.access_changed(agent_id)


@supervisor_required
@require_POST
def move(request: HttpRequest, contact_id: int) -> HttpResponse:
    """One place up or down in the form."""
    contact = get_object_or_404(Contact.objects.active(), pk=contact_id)
    contact.move(up=request.POST.get("to") == "up")
    here = number(request.POST.get("here", ""))
    return redirect("helpdesk:contact", here) if here else redirect("helpdesk:contacts")


@supervisor_required
def archive(request: AgentRequest, contact_id: int) -> HttpResponse:
    """Take a contact out of use, after asking where its threads and its mail go."""
    contact = get_object_or_404(Contact.objects.active(), pk=contact_id)
    must_move = contact.threads.exists() or contact.mailboxes.exists()
    form = ArchiveForm(request.POST if request.method == "POST" else None, contact=contact, must_move=must_move)
    is_last = not Contact.objects.active().exclude(pk=contact.pk).exists()
    if request.method == "POST" and not is_last and form.is_valid():
        members = set(contact.members.values_list("pk", flat=True))
        contact.archive(by=agent_of(request), move_threads_to=form.cleaned_data["target"])
        tell_members(members, set())
        messages.success(request, _("“%(title)s” is archived.") % {"title": contact.title})
        return redirect("helpdesk:contacts")
    context = {
        "section": "contacts",
        "contact": contact,
        "form": form,
        "is_last": is_last,
        "must_move": must_move,
        "thread_count": contact.threads.count(),
        "mailbox_count": contact.mailboxes.count(),
    }
    return render(request, "settings/contact_archive.html", context)


def agent_of(request: AgentRequest) -> Agent:
    """The agent behind the request, as a plain object."""
    return Agent.objects.get(pk=request.user.pk)


@supervisor_required
@require_POST
def restore(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Bring an archived contact back; threads that moved stay where they are."""
    contact = get_object_or_404(Contact, pk=contact_id)
    contact.restore()
    messages.success(request, _("“%(title)s” is back in use.") % {"title": contact.title})
    return redirect("helpdesk:contact", contact.pk)
