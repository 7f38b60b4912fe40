"""What customers fill in in their private area."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.customer import Customer, UsernameTakenError

LONGEST_PASSWORD = 128  # what a hash takes its time for


def text(autocomplete: str, **attributes: Any) -> forms.TextInput:
    """A plain field of the stylesheet."""
    return forms.TextInput({"class": "input", "autocomplete": autocomplete, **attributes})


def password_field(label: Any, autocomplete: str, **options: Any) -> forms.CharField:
    """A field for a password; its blanks are part of it."""
    widget = forms.PasswordInput({"class": "input", "autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget, **options)


class SignInForm(forms.Form):
    """One name, two ways in. `do` says which button was pressed; the Enter key takes the one that fits."""

    use_required_attribute = False

    name = forms.CharField(
        label=_("E-mail or user name"),
        max_length=255,
        widget=text("username", autocapitalize="none", spellcheck="false"),
        error_messages={"required": _("Write your e-mail or your user name.")},
    )
    password = password_field(_("Password"), "current-password", required=False)
    do = forms.ChoiceField(choices=[(one, one) for one in ("", "link", "password", "forgotten")], required=False)

    def clean(self) -> dict[str, Any]:
        """A password is needed only by whoever comes in with one."""
        said = super().clean() or {}
        if said.get("do") == "password" and not said.get("password"):
            self.add_error("password", gettext("Write your password, or let us mail you a link."))
        return said

    @property
    def is_forgotten(self) -> bool:
        """The link is to choose another password."""
        return self.cleaned_data["do"] == "forgotten"

    @property
    def wants_link(self) -> bool:
        """Rather than to come in with the password."""
        do = self.cleaned_data["do"]
        return do in {"link", "forgotten"} or (not do and not self.cleaned_data["password"])


class UsernameField(forms.CharField):
    """A user name as the customer wants it."""

    def __init__(self, **options: Any) -> None:
        options = {
            "label": _("User name"),
            "required": False,
            "max_length": 64,
            "help_text": _("You can sign in with it instead of your e-mail."),
            "widget": text("username", autocapitalize="none", spellcheck="false"),
            **options,
        }
        super().__init__(**options)


class UsernameForm(forms.Form):
    """A user name alone."""

    use_required_attribute = False
    username = UsernameField()

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer

    def save(self) -> bool:
        """Take the name; False if it cannot be had, with the reason at the field."""
        try:
            self.customer.set_username(self.cleaned_data["username"])
        except ValueError as error:
            self.add_error("username", str(error))
            return False
        return True


class NewPassword(forms.Form):
    """A new password, typed once and readable: it may be the proposed one."""

    use_required_attribute = False

    password = forms.CharField(
        label=_("New password"),
        help_text=_("We propose this one. Keep it, or write your own: 12 characters at least."),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=text("new-password", autocapitalize="none", spellcheck="false"),
        error_messages={"required": _("Write a password.")},
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer

    def clean_password(self) -> str:
        """Long enough, not a common one, not like the name."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.customer)  # type: ignore[arg-type]  # any object with names will do
        return password


class PasswordForm(NewPassword):
    """The page of an invitation: a password, and a user name for those who have none."""

    username = UsernameField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_username = not self.customer.username
        if not self.asks_username:
            del self.fields["username"]

    def clean_username(self) -> str:
        """Take the name at once: whether it is free is only known by taking it."""
        name: str = self.cleaned_data["username"].strip()
        if name and not self.errors.get("password"):
            try:
                self.customer.set_username(name)
            except UsernameTakenError as error:
                self.taken = error.proposals
                raise ValidationError(str(error)) from None
            except ValueError as error:
                raise ValidationError(str(error)) from None
        return name

    def save(self, *, ip: str) -> None:
        """Give the customer the password."""
        self.customer.set_password(self.cleaned_data["password"], ip=ip)


class ChangePasswordForm(NewPassword):
    """A new password for whoever is in; the current one is asked for, unless a mailed link has just been used."""

    current = password_field(_("Current password"), "current-password", required=False)
    field_order = ["current", "password"]

    def __init__(self, *args: Any, asks_current: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_current:
            del self.fields["current"]

    def clean_current(self) -> str:
        """It has to be right."""
        if not self.customer.has_password(self.cleaned_data["current"]):
            raise ValidationError(gettext("That is not your current password."))
        return ""
