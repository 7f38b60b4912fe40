"""Forms of the reasons for closing."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from helpdesk.forms_settings import ByLanguage
from helpdesk.models import CloseReason, DeskSettings


class AskForm(Dressed, forms.ModelForm):
    """Whether closing asks for a reason."""

    class Meta:
        model = DeskSettings
        fields = ["asks_reason"]


class ReasonForm(Dressed, ByLanguage, forms.ModelForm):
    """One reason, by language."""

    class Meta:
        model = CloseReason
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"reason{kwargs['instance'].pk or ''}_%s")
        super().__init__(*args, **kwargs)
        self.add_texts("labels", settings.LANGUAGES, label=_("In %(language)s"), max_length=60)
        self.dress()

    def clean(self) -> dict[str, Any]:
        """A word in some language. Raises ValidationError without any."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.texts("labels", settings.LANGUAGES):
            raise ValidationError(_("Write the reason in at least one language."))
        return cleaned

    def save(self, commit: bool = True) -> CloseReason:
        """Save it by the verbs."""
        labels, reason = self.texts("labels", settings.LANGUAGES), self.instance
        if reason.pk is None:
            return CloseReason.add(labels)
        reason.rename(labels)
        return reason
