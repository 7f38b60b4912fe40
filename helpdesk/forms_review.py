"""What is typed in the Friday review: to whom and until when, why not, and what somebody outside is asked."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from accounts.models import Agent
from helpdesk.forms_pending import SnoozeForm
from helpdesk.models import Contact, PredefinedReply, SkipReason

FRIDAY = 4


def coming_friday(today: date) -> date:
    """Today, if it is one."""
    return today + timedelta(days=(FRIDAY - today.weekday()) % 7)


class DelegationForm(Dressed, forms.Form):
    """To whom, until when, and a word with it."""

    to = forms.ModelChoiceField(
        Agent.objects.none(), label=_("To"), error_messages={"required": _("Choose who is to follow them up.")}
    )
    due_on = forms.DateField(
        label=_("To be done by"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Choose a day."), "invalid": _("Write a day, such as 2026-12-04.")},
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
    form_key = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = Agent.objects.active()  # type: ignore[attr-defined]
        self.fields["due_on"].initial = coming_friday(timezone.localdate())
        self.dress()


class HandOverForm(forms.Form):
    """One of those who may see the thread."""

    to = forms.ModelChoiceField(Agent.objects.none(), error_messages={"required": _("Choose to whom.")})
    note = forms.CharField(required=False, max_length=2000)

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = contact.people()  # type: ignore[attr-defined]


class SkipForm(forms.Form):
    """Why nothing has to be done this week."""

    reason = forms.ChoiceField(choices=SkipReason.choices)
    note = forms.CharField(required=False, max_length=200)


class ChaseForm(Dressed, SnoozeForm):
    """Whom to ask, what, and when to be reminded."""

    to = forms.EmailField(label=_("E-mail of the carrier or supplier"), max_length=255)
    text = forms.CharField(label=_("What you ask"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}))
    enclose = forms.BooleanField(label=_("Send the customer's last message along"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].widget.attrs |= {"list": "asked-before", "autocomplete": "off"}
        self.fields["at"].widget = forms.DateTimeInput(attrs={"type": "datetime-local"})
        self.fields["at"].label = _("Or at")
        self.dress()


class FollowUpForm(Dressed, forms.Form):
    """Which reply goes to all of them."""

    reply = forms.ModelChoiceField(
        PredefinedReply.objects.none(), label=_("Text"), error_messages={"required": _("Choose a text.")}
    )
    form_key = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, replies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reply"].queryset = replies  # type: ignore[attr-defined]
        self.dress()
