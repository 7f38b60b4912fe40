"""Social titles: the list with a form beside it, what the team does with them, and their pictures."""

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, agent_required, supervisor_required
from accounts.history import changes
from accounts.http import SeeOther
from crm.forms_titles import RetireForm, TitleForm, TitleUseForm
from crm.models import RecordSettings, SocialTitle
from crm.salutations import examples_of


def page(request: AgentRequest, **extra: Any) -> HttpResponse:
    """The list, with what stands beside it."""
    titles = [(title, examples_of(title)) for title in SocialTitle.objects.with_people()]
    return render(request, "crm/titles/index.html", {"titles": titles, "use": TitleUseForm.now(), **extra})


@agent_required
@require_safe
def index(request: AgentRequest) -> HttpResponse:
    """All titles with how many customers have each."""
    return page(request)


@supervisor_required
def edit(request: AgentRequest, title_id: int | None = None) -> HttpResponse:
    """One title, or a new one."""
    title = get_object_or_404(SocialTitle.objects.with_people(), pk=title_id) if title_id else SocialTitle()
    name = str(title)
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = TitleForm(*data, instance=title)
    if request.method == "POST" and form.is_valid():
        title.edit(form.values, by=request.user)
        messages.success(request, _("“%(title)s” is saved.") % {"title": title})
        return SeeOther(reverse("crm:title_edit", args=[title.pk]))
    beside = {"title": title, "form": form, "name": name}
    if title.pk:
        beside |= {"changes": changes(title), "examples": examples_of(title), "retire": retire_form(title)}
    return page(request, **beside)


def retire_form(title: Any, data: Any = None) -> RetireForm:
    """What takes the place of a title, which knows how many `people` have it."""
    return RetireForm(data, title=title, is_used=bool(title.people))


@supervisor_required
def delete(request: AgentRequest, title_id: int) -> HttpResponse:
    """Ask what takes its place; then do it."""
    title: Any = get_object_or_404(SocialTitle.objects.with_people(), pk=title_id)
    name, form = str(title), retire_form(title, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "crm/titles/delete.html", {"title": title, "retire": form})
    people = title.retire(by=request.user, instead=form.title)
    said = ngettext(
        "“%(title)s” is deleted. %(n)s person has another title now, or none.",
        "“%(title)s” is deleted. %(n)s people have another title now, or none.",
        people,
    )
    messages.success(request, said % {"title": name, "n": people})
    return SeeOther(reverse("crm:titles"))


@supervisor_required
@require_POST
def use(request: AgentRequest) -> HttpResponse:
    """Whether titles are used at all, and by whom."""
    form = TitleUseForm(request.POST)
    if not form.is_valid():
        return page(request, use=form)
    RecordSettings.decide(by=request.user, title_use=form.cleaned_data["title_use"])
    messages.success(request, _("Saved."))
    return SeeOther(reverse("crm:titles"))


@agent_required
@require_safe
def picture(request: AgentRequest, title_id: int) -> HttpResponse:
    """The PNG that we drew."""
    drawn = bytes(get_object_or_404(SocialTitle, pk=title_id).picture)
    if not drawn:
        raise Http404
    headers = {"Cache-Control": "private, max-age=300", "ETag": f'"{sha256(drawn).hexdigest()[:16]}"'}
    return HttpResponse(drawn, content_type="image/png", headers={**headers, "X-Content-Type-Options": "nosniff"})
