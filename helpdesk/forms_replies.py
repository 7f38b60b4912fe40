"""The form of a predefined reply."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from accounts.models import Agent
from helpdesk import html as markup
from helpdesk import placeholders
from helpdesk.models import Contact, FollowUp, PredefinedReply, StatusLabel, ThreadTag


class ReplyTextForm(Dressed, forms.ModelForm):
    """One predefined reply; a text per language, from the rich editor or as plain text."""

    body_format = forms.ChoiceField(choices=[("text", "text"), ("html", "html")], required=False)

    class Meta:
        model = PredefinedReply
        fields = ["title", "shortcut", "folder", "contacts", "then", "tags", "assignee"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["folder"].widget.attrs["list"] = "folders"
        self.fields["contacts"] = forms.ModelMultipleChoiceField(
            Contact.objects.active(),
            required=False,
            label=self.fields["contacts"].label,
            help_text=_("None chosen: usable everywhere."),
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["then"] = forms.ChoiceField(
            choices=[
                ("", _("As for every reply")),
                *((key, row.full_name) for key, row in StatusLabel.all_by_status().items()),
            ],
            required=False,
            label=self.fields["then"].label,
        )
        self.fields["follow_up"] = forms.ChoiceField(
            choices=[("", _("For nothing")), *FollowUp.choices],
            required=False,
            label=capfirst(PredefinedReply._meta.get_field("follow_up").verbose_name),
            initial=self.instance.follow_up,
        )
        self.fields["tags"] = forms.ModelMultipleChoiceField(
            ThreadTag.objects.all(),
            required=False,
            label=self.fields["tags"].label,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["assignee"] = forms.ModelChoiceField(
            Agent.objects.active(),
            required=False,
            label=self.fields["assignee"].label,
            empty_label=_("Whoever is in charge"),
        )
        for code, language in settings.CUSTOMER_LANGUAGES:
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Text in %(language)s") % {"language": language},
                required=False,
                max_length=20_000,
                widget=forms.Textarea(attrs={"lang": code, "rows": 8}),
            )
            self.initial.setdefault(f"body_{code}", markup.to_text(self.instance.bodies.get(code, "")))
        self.dress()

    def clean_shortcut(self) -> str:
        """In lower case, and no other reply's. Raises ValidationError if it is taken."""
        shortcut: str = self.cleaned_data["shortcut"].lower()
        if shortcut and PredefinedReply.objects.filter(shortcut__iexact=shortcut).exclude(pk=self.instance.pk).exists():
            raise ValidationError(
                _("Another reply has the shortcut /%(shortcut)s. Choose a different one."),
                params={"shortcut": shortcut},
            )
        return shortcut

    def clean(self) -> dict[str, Any]:
        """Some text in some language, with placeholders that stand for something."""
        super().clean()
        bodies = {code: self._body(code) for code, _name in settings.CUSTOMER_LANGUAGES}
        if not any(bodies.values()):
            self.add_error(f"body_{settings.CUSTOMER_LANGUAGES[0][0]}", _("Write the text in at least one language."))
        for code, body in bodies.items():
            if names := placeholders.unknown(body):
                self.add_error(
                    f"body_{code}",
                    _("Nothing stands for %(names)s. Choose a name from the list below.")
                    % {"names": ", ".join(f"{{{{ {name} }}}}" for name in names)},
                )
        self.cleaned_data["bodies"] = {code: body for code, body in bodies.items() if body}
        return self.cleaned_data

    def _body(self, code: str) -> str:
        """One language's text as clean HTML; empty if there is nothing in it."""
        typed = self.cleaned_data.get(f"body_{code}", "")
        rich = self.cleaned_data.get("body_format") == "html"
        html, text = markup.both_forms(typed if rich else "", "" if rich else typed, may_be_empty=True)
        return html if text.strip() or "<img" in html else ""

    def save(self, commit: bool = True) -> PredefinedReply:
        """Save the reply with its texts; what the review proposes it for is no other reply's any more."""
        self.instance.bodies = self.cleaned_data["bodies"]
        follow_up = self.instance.follow_up = self.cleaned_data["follow_up"]
        if follow_up:
            for other in PredefinedReply.objects.filter(follow_up=follow_up).exclude(pk=self.instance.pk):
                other.follow_up = ""
                other.save()
        saved: PredefinedReply = super().save(commit)
        return saved

    def typed(self, code: str) -> str:
        """What the editor shows: what was typed before a refusal, else the stored text."""
        return self[f"body_{code}"].value() or ""

    def rich(self, code: str) -> str:
        """The same as HTML, for the rich editor."""
        if self.is_bound:
            value = self.typed(code)
            return markup.clean_reply(value) if self.data.get("body_format") == "html" else markup.from_text(value)
        return self.instance.bodies.get(code, "")
