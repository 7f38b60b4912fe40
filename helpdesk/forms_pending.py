"""Until when a thread is put off, as people say it: tomorrow, on Monday, in a week, or a date."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.models import Status

MORNING = time(9)  # in the shop's zone, which is the request's
MONDAY = 0


def quick_choices(now: datetime) -> dict[str, tuple[str | Promise, datetime]]:
    """The choices of one click, with when they are; `now` is local."""

    def morning(days: int) -> datetime:
        return datetime.combine(now.date() + timedelta(days=days), MORNING, now.tzinfo)

    return {
        "tomorrow": (_("Tomorrow"), morning(1)),
        "monday": (pgettext_lazy("until when", "Monday"), morning((MONDAY - now.weekday()) % 7 or 7)),
        "week": (_("In a week"), morning(7)),
    }


class SnoozeForm(forms.Form):
    """One of the quick choices (`until`) or a date with time (`at`), why, and whether the customer was promised it."""

    until = forms.CharField(required=False)
    at = forms.DateTimeField(
        required=False, error_messages={"invalid": _("Write a date and a time, such as 2026-12-01 09:00.")}
    )
    note = forms.CharField(required=False, max_length=200)
    promise = forms.BooleanField(required=False)
    status = forms.ChoiceField(choices=Status.choices, required=False)

    def clean(self) -> dict[str, Any]:
        """The time itself, as `when`."""
        cleaned = super().clean() or {}
        quick = quick_choices(timezone.localtime()).get(cleaned.get("until", ""))
        when = quick[1] if quick else cleaned.get("at")
        if when is None and "at" not in self.errors:
            self.add_error("at", _("Choose until when."))
        return cleaned | {"when": when}
