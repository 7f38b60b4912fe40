"""The form of a colleague."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from accounts.forms import language_field, refuse_taken_email
from accounts.models import Absence, Agent
from helpdesk.models import Contact


class AgentForm(Dressed, forms.ModelForm):
    """An agent's name, address, role and contacts. Nobody types a password for somebody else."""

    contacts = forms.ModelMultipleChoiceField(
        Contact.objects.none(),
        required=False,
        label=_("Contacts they see"),
        help_text=_("A supervisor sees all of them anyway."),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Agent
        fields = ["name", "email", "username", "role", "language"]
        help_texts = {"username": _("What they sign in with. Empty: made from the name.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts: Any = self.fields["contacts"]
        contacts.queryset = Contact.objects.active()
        self.fields["email"].required = True
        self.fields["email"].label = _("E-mail")
        self.fields["language"] = language_field()
        self.fields["username"].required = False
        self.fields["username"].label = _("User name")
        if self.instance.pk:
            self.initial["contacts"] = list(self.instance.contacts.values_list("pk", flat=True))
        self.dress()

    def clean_email(self) -> str:
        """One address, one agent."""
        return refuse_taken_email(self.cleaned_data["email"], self.instance)

    def clean_username(self) -> str:
        """What was typed, if nobody signs in with it. Raises ValidationError if somebody does."""
        name: str = self.cleaned_data["username"] or self._free_name()
        if Agent.objects.filter(username__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("%(name)s is taken. Choose another user name."), params={"name": name})
        return name

    def _free_name(self) -> str:
        """The first word of the name, with a number if somebody has it."""
        first = self.cleaned_data.get("name", "").split(" ")[0].lower()
        stem = self.instance.username or re.sub(r"[^\w.-]", "", first)[:140] or "agent"
        others = Agent.objects.exclude(pk=self.instance.pk)
        taken = {name.lower() for name in others.filter(username__istartswith=stem).values_list("username", flat=True)}
        return next(name for name in (stem, *(f"{stem}{n}" for n in range(2, 10_000))) if name.lower() not in taken)

    def clean_role(self) -> str:
        """Somebody has to remain who may change the settings. Raises ValidationError for the last supervisor."""
        role: str = self.cleaned_data["role"]
        if (
            self.instance.pk
            and role != Agent.Role.SUPERVISOR
            and Agent.objects.get(pk=self.instance.pk).is_last_supervisor
        ):
            raise ValidationError(_("This is the last supervisor. Make somebody else one first."))
        return role

    def save(self, commit: bool = True) -> Agent:
        """Save the agent and the contacts; a new one cannot sign in before choosing a password."""
        agent: Agent = self.instance
        if agent.pk is None:
            agent.set_unusable_password()
        super().save(commit)
        kept = agent.contacts.exclude(archived_at=None)  # archived ones are not in the form
        agent.contacts.set([*self.cleaned_data["contacts"], *kept])
        return agent


class AbsenceForm(Dressed, forms.ModelForm):
    """From when until when, who stands in, and what becomes of their open threads."""

    class Meta:
        model = Absence
        fields = ["since", "until", "deputy", "threads", "note"]
        widgets = {"since": forms.DateInput(attrs={"type": "date"}), "until": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deputy: Any = self.fields["deputy"]
        deputy.queryset = Agent.objects.active().exclude(pk=agent.pk)
        deputy.empty_label = _("Nobody")
        self.dress()

    def clean(self) -> dict[str, Any]:
        """The end is not before the beginning nor in the past; whoever takes the threads over has a name."""
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first."))
        elif until and until < timezone.localdate():
            self.add_error("until", _("This day has passed."))
        if cleaned.get("threads") == Absence.Threads.DEPUTY and not cleaned.get("deputy"):
            self.add_error("deputy", _("Choose who takes the threads over."))
        return cleaned
