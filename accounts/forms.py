"""Signing in, the mailed link, and one's own profile."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from accounts.models import Agent


class SignInForm(Dressed, AuthenticationForm):
    """Name or e-mail, and password. Never says which of the two was wrong."""

    stay = forms.BooleanField(
        label=_("Stay signed in on this device"),
        help_text=_("30 days. Leave it off on a shared device."),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "cb", "role": "checkbox"}),
    )
    error_messages = {
        "invalid_login": _("Name and password do not match. Check whether Caps Lock is on."),
        "inactive": _("Name and password do not match. Check whether Caps Lock is on."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Name or e-mail")
        self.fields["username"].error_messages["required"] = _("Enter your name or your e-mail.")
        self.fields["password"].error_messages["required"] = _("Enter your password.")

    def clean_username(self) -> str:
        """The agent's user name, also for those who typed their e-mail; unknown ones stay as typed, as far as a name
        may go: the attempt is written down."""
        typed: str = self.cleaned_data["username"]
        agent = Agent.objects.named(typed)
        return agent.username if agent else typed[: Agent._meta.get_field("username").max_length]


class LinkForm(Dressed, forms.Form):
    """Where to send the link that signs in."""

    email = forms.EmailField(label=_("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class ChoosePasswordForm(Dressed, SetPasswordForm):
    """The password of somebody who came by an invitation."""


class PasswordForm(Dressed, PasswordChangeForm):
    """One's own password; the other sessions end when it changes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["old_password"].widget.attrs["autofocus"]  # it is not the first thing on the page


def refuse_taken_email(email: str, agent: Agent) -> str:
    """An address belongs to one agent only, since one signs in with it. Raises ValidationError if it is taken."""
    if email and Agent.objects.filter(email__iexact=email).exclude(pk=agent.pk).exists():
        raise ValidationError(_("Another agent has this e-mail. Enter one that only this person reads."))
    return email


def language_field() -> forms.ChoiceField:
    """The languages of the pages, or what the browser asks for."""
    choices = [("", _("As the browser asks")), *settings.LANGUAGES]
    return forms.ChoiceField(choices=choices, required=False, label=_("Language"))


class ProfileForm(Dressed, forms.ModelForm):
    """What an agent decides about their own desk."""

    class Meta:
        model = Agent
        fields = ["name", "email", "language", "signature", "theme", "density", "queue_sort", "single_keys"]
        fields += ["thread_order"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["thread_order"].required = False
        self.fields["email"].label = _("E-mail")
        self.fields["language"] = language_field()
        self.dress()

    def clean_email(self) -> str:
        """One address, one agent."""
        return refuse_taken_email(self.cleaned_data["email"], self.instance)
