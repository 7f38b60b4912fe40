"""Business hours: calendars, their holidays, and why something is due when it is due."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import supervisor_required
from accounts.history import changes
from accounts.http import SeeOther
from helpdesk.forms_hours import CalendarForm, DueForm, HolidayForm
from helpdesk.hours import explained
from helpdesk.hours.drawing import week_drawing, week_in_words
from helpdesk.hours.national import name_of
from helpdesk.models import Calendar, Holiday


@supervisor_required
def index(request: HttpRequest) -> HttpResponse:
    """The shop's own calendar."""
    return redirect("helpdesk:calendar", Calendar.first().pk)


@supervisor_required
def edit(request: HttpRequest, calendar_id: int | None = None) -> HttpResponse:
    """One calendar, or a new one."""
    calendar = get_object_or_404(Calendar, pk=calendar_id) if calendar_id else Calendar()
    form = CalendarForm(request.POST if request.method == "POST" else None, instance=calendar)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("The hours are saved."))
        return redirect("helpdesk:calendar", saved.pk)
    return _page(request, calendar, form)


def _page(
    request: HttpRequest, calendar: Calendar, form: CalendarForm | None = None, holiday: HolidayForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "hours",
        "form": form or CalendarForm(instance=calendar),
        "calendars": Calendar.objects.all(),
        "calendar": calendar,
    }
    if calendar.pk:
        kept = get_object_or_404(Calendar, pk=calendar.pk)  # as it is stored, whatever is in the form
        context |= {
            "drawing": week_drawing(kept.hours),
            "week_words": week_in_words(kept.hours),
            "holidays": [one for one in kept.holidays.all() if not one.is_over],
            "country": name_of(kept.country),
            "through": str(timezone.localdate().year + 1),
            "holiday": holiday or HolidayForm(instance=Holiday(calendar=kept)),
            "changes": changes(kept, limit=5),
            **_explanation(request, kept),
        }
    return render(request, "settings/hours.html", context)


def _explanation(request: HttpRequest, calendar: Calendar) -> dict[str, Any]:
    form = DueForm(request.GET if "at" in request.GET else None)
    found = None
    if form.is_bound and form.is_valid():
        found = explained(calendar.hours, form.cleaned_data["at"], int(form.cleaned_data["hours"] * 3600))
    return {"due_form": form, "explanation": found, "zone": calendar.zone}


@supervisor_required
@require_POST
def add_holiday(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """One more day that differs."""
    calendar = get_object_or_404(Calendar, pk=calendar_id)
    form = HolidayForm(request.POST, instance=Holiday(calendar=calendar))
    if not form.is_valid():
        response = _page(request, calendar, holiday=form)
        response.status_code = 400
        return response
    form.save()
    return SeeOther(f"{reverse('helpdesk:calendar', args=[calendar.pk])}#holidays")


@supervisor_required
@require_POST
def add_national(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """The national holidays to the end of the next year."""
    calendar = get_object_or_404(Calendar, pk=calendar_id)
    count = calendar.add_national_holidays(since=timezone.localdate())
    if count:
        words = ngettext("%(n)d holiday added.", "%(n)d holidays added.", count) % {"n": count}
        messages.success(request, words)
    else:
        messages.info(request, _("They are all in the list already."))
    return SeeOther(f"{reverse('helpdesk:calendar', args=[calendar.pk])}#holidays")


@supervisor_required
@require_POST
def remove_holiday(request: HttpRequest, calendar_id: int, holiday_id: int) -> HttpResponse:
    """An ordinary day again."""
    get_object_or_404(Holiday, calendar=calendar_id, pk=holiday_id).remove()
    return SeeOther(f"{reverse('helpdesk:calendar', args=[calendar_id])}#holidays")


@supervisor_required
@require_POST
def remove(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """A calendar less; its contacts keep the shop's. The shop's own stays."""
    calendar = get_object_or_404(Calendar, pk=calendar_id)
    if calendar != Calendar.first():
        calendar.remove()
        messages.success(request, _("The calendar is gone; its contacts keep the shop's hours."))
    return redirect("helpdesk:hours")
