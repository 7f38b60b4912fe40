"""Forms of the settings: contacts, status labels, the desk."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts import texts
from accounts.fields import Dressed, refuse_example, zone_field
from accounts.models import Agent
from helpdesk import context as shop
from helpdesk.models import Contact, DeskSettings, Status, StatusLabel, Thread


class ByLanguage(texts.ByLanguage):
    """The desk's texts by language, as its templates ask for them."""

    @property
    def titles(self) -> list[forms.BoundField]:
        """One title a language."""
        return self.fields_of("titles")

    @property
    def labels(self) -> list[forms.BoundField]:
        """One label a language."""
        return self.fields_of("labels")

    @property
    def descriptions(self) -> list[forms.BoundField]:
        """One description a language."""
        return self.fields_of("descriptions")

    @property
    def signatures(self) -> list[forms.BoundField]:
        """One signature a language."""
        return self.fields_of("signatures")

    @property
    def default_messages(self) -> list[forms.BoundField]:
        """One default message a language."""
        return self.fields_of("default_messages")

    @property
    def privacy_texts(self) -> list[forms.BoundField]:
        """One privacy text a language."""
        return self.fields_of("privacy_texts")


class ContactForm(Dressed, ByLanguage, forms.ModelForm):
    """A contact with its texts, its people and what happens to what is written to it."""

    class Meta:
        model = Contact
        fields = [
            *("email", "slug", "saves_messages", "is_public", "asks_order", "acknowledges", "plus_addresses"),
            *("is_restricted", "groups", "members", "default_assignee", "after_reply"),
            *("close_after_days", "close_notice_days"),
        ]
        widgets = {"members": forms.CheckboxSelectMultiple}
        help_texts = {
            "email": _("Several contacts may share one address."),
            "slug": _("For links and commands. Empty: made from the title."),
            "members": _("Whoever is not in this list does not see its threads. Supervisors see all."),
            "saves_messages": _("Off: they are only sent on to the e-mail, and it is noted whether they arrived."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = settings.CUSTOMER_LANGUAGES
        self.add_texts("titles", languages, label=_("Title in %(language)s"), max_length=32)
        self.add_texts("descriptions", languages, label=_("Description in %(language)s"), max_length=200)
        self.add_texts("signatures", languages, label=_("Signature in %(language)s"), widget=forms.Textarea)
        people = Agent.objects.active()
        for name in ("slug", "close_after_days", "close_notice_days"):
            self.fields[name].required = False
        self.fields["members"] = forms.ModelMultipleChoiceField(
            people,
            required=False,
            label=self.fields["members"].label,
            help_text=self.fields["members"].help_text,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["groups"] = forms.ModelMultipleChoiceField(
            shop.groups(),
            required=False,
            label=_("Groups that may choose it"),
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["default_assignee"] = forms.ModelChoiceField(
            people,
            required=False,
            label=self.fields["default_assignee"].label,
            empty_label=_("Nobody: whoever replies"),
        )
        after = [
            ("", _("As for the whole desk")),
            *((key, row.full_name) for key, row in StatusLabel.all_by_status().items()),
        ]
        self.fields["after_reply"] = forms.ChoiceField(
            choices=after, required=False, label=self.fields["after_reply"].label
        )
        self.dress()

    def clean_email(self) -> str:
        """An address that somebody reads."""
        email: str = self.cleaned_data["email"].lower()
        if email and "email" in self.changed_data:
            refuse_example(email)
        return email

    def clean_close_after_days(self) -> int:
        """Empty is never."""
        return self.cleaned_data["close_after_days"] or 0

    def clean_close_notice_days(self) -> int:
        """Empty is as it was."""
        return self.cleaned_data["close_notice_days"] or self.instance.close_notice_days

    def clean(self) -> dict[str, Any]:
        """A title in some language; somewhere for the messages to go; an assignee who may see the threads."""
        data = super().clean() or self.cleaned_data
        titles = self.texts("titles", settings.CUSTOMER_LANGUAGES)
        if not titles and not any(name.startswith("titles_") for name in self.errors):
            self.add_error(
                f"titles_{DeskSettings.load().language}", _("Enter a title: customers choose the contact by it.")
            )
        if not data.get("saves_messages") and not data.get("email") and "email" not in self.errors:
            self.add_error(
                "email", _("Messages of this contact are not saved, so they need an address to be sent on to.")
            )
        if data.get("is_restricted") and not data.get("groups"):
            self.add_error("groups", _("Choose a group, or nobody could write to this contact."))
        assignee, members = data.get("default_assignee"), data.get("members") or ()
        if assignee and not assignee.is_supervisor and assignee not in members:
            self.add_error(
                "default_assignee", _("%(name)s is not a member and could not see the threads.") % {"name": assignee}
            )
        self.cleaned_data["slug"] = data.get("slug") or self._free_slug(titles)
        return self.cleaned_data

    def _free_slug(self, titles: dict[str, str]) -> str:
        """The title as a short name that no other contact has."""
        if self.instance.slug:
            return self.instance.slug
        stem = slugify(titles.get("en") or next(iter(titles.values()), ""))[:56] or "contact"
        taken = set(Contact.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
        return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if slug not in taken)

    def save(self, commit: bool = True) -> Contact:
        """Save the contact; a new one goes to the end of the form."""
        contact: Contact = self.instance
        contact.slug = self.cleaned_data["slug"]
        for name in ("titles", "descriptions", "signatures"):
            setattr(contact, name, self.texts(name, settings.CUSTOMER_LANGUAGES))
        if contact.pk is None:
            contact.position = (Contact.objects.aggregate(last=Max("position"))["last"] or 0) + 1
        saved: Contact = super().save(commit)
        return saved


class ArchiveForm(Dressed, forms.Form):
    """Where the threads and the mail of a contact go when it is archived."""

    target = forms.ModelChoiceField(Contact.objects.none(), label=_("Its threads and its mail go to"))

    def __init__(self, *args: Any, contact: Contact, must_move: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["target"]
        field.queryset = Contact.objects.active().exclude(pk=contact.pk)
        field.required = must_move
        field.error_messages["required"] = _("Choose the contact that takes the threads over.")


class StatusForm(Dressed, ByLanguage, forms.ModelForm):
    """What one status is called and means here. Its key never changes."""

    class Meta:
        model = StatusLabel
        fields = ["holder"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["prefix"] = kwargs["instance"].status
        super().__init__(*args, **kwargs)
        self.add_texts("labels", settings.LANGUAGES, label=_("Name in %(language)s"), max_length=24)
        self.add_texts("descriptions", settings.LANGUAGES, label=_("What it means, in %(language)s"), max_length=120)
        for code, _language in settings.LANGUAGES:
            self.fields[f"labels_{code}"].widget.attrs["placeholder"] = str(Status(self.instance.status).label)
        if not self.is_pending:
            del self.fields["holder"]
        self.dress()

    @property
    def is_pending(self) -> bool:
        """The team decides what the two pending statuses wait for; the others are fixed."""
        return self.instance.status in (Status.PENDING_1, Status.PENDING_2)

    def save(self, commit: bool = True) -> StatusLabel:
        """Save the words; threads that are in the status wait for whom it now says."""
        row: StatusLabel = self.instance
        row.labels = self.texts("labels", settings.LANGUAGES)
        row.descriptions = self.texts("descriptions", settings.LANGUAGES)
        row.save()
        if "holder" in self.changed_data:
            Thread.objects.filter(status=row.status).hand_to(row.holder)
        return row


class DeskForm(Dressed, ByLanguage, forms.ModelForm):
    """The shop, the contact form, and what happens around a reply."""

    class Meta:
        model = DeskSettings
        fields = [
            *("shop_name", "shop_url", "language", "time_zone", "uploads_allowed", "upload_limit_mb", "upload_types"),
            *("after_reply", "reopen_days", "undo_seconds", "answer_hours", "replies_by_mail", "metadata_days"),
            *("asks_rating", "quiet_thanks"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_texts("default_messages", settings.CUSTOMER_LANGUAGES, label="%(language)s", widget=forms.Textarea)
        self.add_texts("privacy_texts", settings.CUSTOMER_LANGUAGES, label="%(language)s", widget=forms.Textarea)
        self.fields["time_zone"] = zone_field()
        self.fields["after_reply"] = forms.ChoiceField(
            choices=[(key, row.full_name) for key, row in StatusLabel.all_by_status().items()],
            label=self.fields["after_reply"].label,
        )
        self._limit("upload_limit_mb", 1, 100)
        self._limit("undo_seconds", 0, 60)
        self._limit("answer_hours", 1, 720)
        self._limit("reopen_days", 0, 3650)
        self._limit("metadata_days", 1, 3650)
        self.dress()

    def _limit(self, name: str, least: int, most: int) -> None:
        field = forms.IntegerField(
            min_value=least, max_value=most, label=self.fields[name].label, help_text=self.fields[name].help_text
        )
        self.fields[name] = field

    def clean_upload_types(self) -> str:
        """Endings in lower case without dots. Raises ValidationError for anything that is no ending."""
        endings = [
            ending.lower().lstrip(".*") for ending in self.cleaned_data["upload_types"].replace(",", " ").split()
        ]
        if wrong := [ending for ending in endings if not ending.isalnum()]:
            raise ValidationError(
                _("“%(ending)s” is no file ending. Write them like this: pdf jpg png") % {"ending": wrong[0]}
            )
        return " ".join(dict.fromkeys(endings))

    def save(self, commit: bool = True) -> DeskSettings:
        """Save; another privacy text is another version, so that each consent says what was agreed to."""
        desk: DeskSettings = self.instance
        desk.default_messages = self.texts("default_messages", settings.CUSTOMER_LANGUAGES)
        privacy = self.texts("privacy_texts", settings.CUSTOMER_LANGUAGES)
        if privacy != desk.privacy_texts:
            desk.privacy_texts, desk.privacy_version = privacy, desk.privacy_version + 1
        saved: DeskSettings = super().save(commit)
        return saved
