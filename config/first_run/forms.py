"""The forms of the first run, one a step."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed, refuse_example
from accounts.models import Agent
from helpdesk.forms_hours import SpansField
from helpdesk.forms_settings import zone_field
from helpdesk.models import Calendar, Contact, DeskSettings
from mailgateway.forms import MailboxForm
from mailgateway.models import Mailbox

DEFAULTS = {
    "customer-service": {
        "titles": {"es": "Atención al cliente", "en": "Customer service"},
        "descriptions": {
            "es": "Pedidos, envíos, cambios y dudas sobre productos.",
            "en": "Orders, delivery, returns and questions about products.",
        },
    },
    "webmaster": {
        "titles": {"es": "Webmaster", "en": "Webmaster"},
        "descriptions": {"es": "Problemas con la página.", "en": "Problems with the website."},
    },
}


class AccountForm(Dressed, forms.ModelForm):
    """The first supervisor; when one comes back to the step, an empty password keeps the one there is."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("Twelve characters or more. Three words that nobody puts together will do."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Agent
        fields = ["name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].label = _("E-mail")
        self.fields["email"].help_text = _("You sign in with it.")
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["password"].required = self.instance.pk is None

    def _post_clean(self) -> None:
        """The password is judged together with name and e-mail."""
        super()._post_clean()  # type: ignore[misc]
        if password := self.cleaned_data.get("password"):
            try:
                validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password", error)

    def save(self, commit: bool = True) -> Agent:
        """Make or change the supervisor."""
        agent: Agent = self.instance
        agent.role = Agent.Role.SUPERVISOR
        agent.username = agent.username or slugify(agent.name.split(" ")[0]) or "supervisor"
        if self.cleaned_data["password"]:
            agent.set_password(self.cleaned_data["password"])
        agent.save()
        return agent


class ShopForm(Dressed, forms.ModelForm):
    """The shop's name, language and clock, and when somebody is there to answer."""

    hours = SpansField(
        label=_("Somebody answers, Monday to Friday"),
        help_text=_("Times from and to, such as 9:00–14:00, 15:30–18:00. Other days you add later."),
    )
    holidays = forms.BooleanField(
        label=_("Not on national holidays"),
        help_text=_("Those of the country of the time zone. You add those of your region and town later."),
        required=False,
        initial=True,
        widget=forms.CheckboxInput(attrs={"class": "cb", "role": "checkbox"}),
    )

    class Meta:
        model = DeskSettings
        fields = ["shop_name", "time_zone", "language"]
        help_texts = {"language": _("Customers may write in any.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_first = self.instance.shop_name == DeskSettings._meta.get_field("shop_name").default
        if is_first:
            self.initial["shop_name"] = ""
        self.fields["time_zone"] = zone_field()
        calendar = Calendar.first()
        self.initial["hours"] = calendar.week["0"]
        self.initial["holidays"] = is_first or calendar.holidays.exists()
        self.dress()

    def clean_hours(self) -> list[list[int]]:
        """With none, nothing would ever be due."""
        if not self.cleaned_data["hours"]:
            raise ValidationError(_("Write at least one time: with none, nothing would ever be due."))
        return self.cleaned_data["hours"]

    @transaction.atomic
    def save(self, commit: bool = True) -> DeskSettings:
        """The shop, and its own calendar."""
        desk: DeskSettings = super().save(commit)
        since = timezone.localdate() if self.cleaned_data["holidays"] else None
        Calendar.first().begin(desk.shop_name, self.cleaned_data["hours"], national_since=since)
        return desk


class ContactsForm(Dressed, forms.Form):
    """The two contacts to begin with, by their short names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {contact.slug: contact for contact in Contact.objects.filter(slug__in=DEFAULTS)}
        for slug, texts in DEFAULTS.items():
            titles = self.known[slug].titles if slug in self.known else texts["titles"]
            for code, label in (("es", _("Title in Spanish")), ("en", _("Title in English"))):
                self.fields[f"{slug}_{code}"] = forms.CharField(
                    label=label,
                    max_length=32,
                    initial=titles.get(code, ""),
                    widget=forms.TextInput(attrs={"lang": code}),
                )
            self.fields[f"{slug}_email"] = forms.EmailField(
                label=_("E-mail address"),
                max_length=128,
                initial=self.known[slug].email if slug in self.known else "",
                validators=[refuse_example],
            )
        self.dress()

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each contact."""
        return [[self[f"{slug}_{part}"] for part in ("es", "en", "email")] for slug in DEFAULTS]

    @transaction.atomic
    def save(self, member: Agent) -> None:
        """Make or change both; whoever sets up belongs to them."""
        for position, (slug, texts) in enumerate(DEFAULTS.items(), start=1):
            contact = self.known.get(slug) or Contact(
                slug=slug, position=position, descriptions=texts["descriptions"], asks_order=slug != "webmaster"
            )
            contact.titles = {**contact.titles, **{code: self.cleaned_data[f"{slug}_{code}"] for code in ("es", "en")}}
            contact.email = self.cleaned_data[f"{slug}_email"].lower()
            contact.save()
            contact.members.add(member)


class FirstMailboxForm(MailboxForm):
    """The mailbox of the first contact, with what a provider tells: servers, user name, password."""

    smtp_password = None  # type: ignore[assignment]

    class Meta(MailboxForm.Meta):
        model = Mailbox
        fields = ["imap_host", "imap_port", "imap_security", "username", "smtp_host", "smtp_port", "smtp_security"]

    def _post_clean(self) -> None:
        """The rest is as the product proposes."""
        self.instance.name = self.cleaned_data.get("username", "")[:120]
        self.instance.contact = Contact.objects.active().first()
        super()._post_clean()  # type: ignore[misc]
