"""Forms of the business hours: the week of a calendar, a holiday, and a question about a due time."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed, zone_field
from helpdesk.models import Calendar, Contact, Holiday
from helpdesk.models.calendar import read_spans, write_spans

MOST_HOURS = 400
EARLIEST, LATEST = 1999, 2100  # years, neither of them taken


class SpansField(forms.CharField):
    """Times from and to, as people write them; empty is closed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=120, **options)

    def prepare_value(self, value: Any) -> Any:
        """Minutes as words."""
        return write_spans(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[list[int]]:
        """Words as minutes."""
        return read_spans(super().clean(value))


class CalendarForm(Dressed, forms.ModelForm):
    """A calendar: a line for each weekday, whose clock, who keeps it."""

    contacts = forms.ModelMultipleChoiceField(
        Contact.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Contacts that keep these hours"),
    )

    class Meta:
        model = Calendar
        fields = ["name", "time_zone", "tells_form"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        zones = zone_field()
        zones.required = False
        zones.choices = [("", _("The shop's")), *list(zones.choices)]  # type: ignore[arg-type]
        self.fields["time_zone"] = zones
        contacts: Any = self.fields["contacts"]
        contacts.queryset = Contact.objects.active()
        if self.instance.pk:
            self.initial["contacts"] = self.instance.contacts.all()
        for day, name in WEEKDAYS.items():
            label = str(name).capitalize()
            self.fields[f"day{day}"] = SpansField(label=label)
            self.initial[f"day{day}"] = self.instance.week.get(str(day), [])
        self.dress()

    @property
    def days(self) -> list[forms.BoundField]:
        """The seven lines."""
        return [self[f"day{day}"] for day in WEEKDAYS]

    def clean(self) -> dict[str, Any]:
        """A week without an hour is a slip, not a calendar."""
        cleaned = super().clean() or {}
        days = [cleaned.get(f"day{day}") for day in WEEKDAYS]
        if None not in days and not any(days):
            self.add_error("day0", _("Write at least one time: with none, nothing would ever be due."))
        return cleaned

    def save(self, commit: bool = True) -> Calendar:
        """The calendar and who keeps it."""
        self.instance.week = {str(day): self.cleaned_data[f"day{day}"] for day in WEEKDAYS}
        calendar: Calendar = super().save(commit)
        calendar.keep(self.cleaned_data["contacts"])
        return calendar


class HolidayForm(Dressed, forms.ModelForm):
    """A day that differs."""

    spans = SpansField(label=_("Open all the same"), help_text=_("Such as 9:00–14:00. Empty: closed all day."))

    class Meta:
        model = Holiday
        fields = ["day", "name", "spans"]
        widgets = {"day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def clean_day(self) -> Any:
        """One entry a day."""
        day = self.cleaned_data["day"]
        if self.instance.calendar.holidays.filter(day=day).exists():
            raise ValidationError(_("This day is in the list already."))
        return day


class DueForm(Dressed, forms.Form):
    """When would something be due?"""

    at = forms.DateTimeField(
        label=_("It comes in"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        initial=timezone.localtime,
    )
    hours = forms.DecimalField(label=_("Working hours"), min_value=0, max_value=MOST_HOURS, decimal_places=2, initial=4)

    def clean_at(self) -> datetime:
        """A moment whose weeks around it can be counted."""
        at: datetime = self.cleaned_data["at"]
        if not EARLIEST < at.year < LATEST:
            words = {"first": EARLIEST + 1, "last": LATEST - 1}
            raise ValidationError(_("Choose a year from %(first)d to %(last)d.") % words)
        return at
