"""The settings of follow-up mails: what holds for all, and one form a kind and step."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from crm.following import default_words
from crm.following.words import NAMES, PLACEHOLDER, UNKNOWN
from crm.models import FollowUpKind, FollowUpRule, FollowUpSettings


class FollowUpSettingsForm(Dressed, forms.ModelForm):
    """Quiet hours and limits."""

    class Meta:
        model = FollowUpSettings
        fields = ["quiet_from", "quiet_to", "most_a_week", "cart_days", "voucher_from_step", "voucher_cap"]
        widgets = {
            "quiet_from": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "quiet_to": forms.TimeInput({"type": "time"}, format="%H:%M"),
        }


class FollowUpRuleForm(Dressed, forms.ModelForm):
    """One mail: whether, when, with which voucher, in which words. Empty words are the product's own."""

    delay = forms.IntegerField(min_value=1, max_value=24 * 3650)

    class Meta:
        model = FollowUpRule
        fields = ["is_on", "amount", "discount", "voucher_days"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rule = self.instance
        self.fields["delay"].label = _DELAYS[rule.kind]
        self.initial["delay"] = rule.delay
        if rule.kind != FollowUpKind.BEST:
            del self.fields["amount"]
        for code, language in settings.LANGUAGES:
            self._add_words(code, str(language))
        self.dress()

    def _add_words(self, code: str, language: str) -> None:
        subject, text = default_words(self.instance, code)
        words = {"language": _(language)}
        self.fields[f"subject_{code}"] = forms.CharField(
            label=_("Subject (%(language)s)") % words,
            max_length=200,
            required=False,
            initial=self.instance.subjects.get(code, ""),
            widget=forms.TextInput({"placeholder": subject, "lang": code}),
        )
        self.fields[f"text_{code}"] = forms.CharField(
            label=_("Text (%(language)s)") % words,
            required=False,
            initial=self.instance.texts.get(code, ""),
            widget=forms.Textarea({"rows": 8, "placeholder": text, "lang": code}),
        )

    def clean(self) -> dict[str, Any]:
        """A name in braces must stand for something."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, value in list(cleaned.items()):
            if name.startswith(("subject_", "text_")) and (wrong := _unknown(value)):
                words = {"name": wrong, "known": ", ".join(f"{{{one}}}" for one in NAMES)}
                self.add_error(name, ValidationError(_("“%(name)s” stands for nothing. Use %(known)s."), params=words))
        return cleaned

    def save(self, commit: bool = True) -> FollowUpRule:
        """Hours and words besides; saved only if anything differs, so that the history tells real changes."""
        rule: FollowUpRule = super().save(commit=False)
        rule.hours = self.cleaned_data["delay"] * rule.unit
        rule.subjects, rule.texts = self._words("subject"), self._words("text")
        if commit and self.has_changed():
            rule.save()
        return rule

    def _words(self, what: str) -> dict[str, str]:
        entered = {code: self.cleaned_data.get(f"{what}_{code}", "").strip() for code, _name in settings.LANGUAGES}
        return {code: words for code, words in entered.items() if words}

    @property
    def words(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Subject and text, language by language."""
        return [(self[f"subject_{code}"], self[f"text_{code}"]) for code, _name in settings.LANGUAGES]


_DELAYS = {
    FollowUpKind.CART: _("After how many hours without a change"),
    FollowUpKind.THANKS: _("After how many hours"),
    FollowUpKind.IDLE: _("After how many days without an order"),
    FollowUpKind.BEST: _("Looking at how many days"),
}


def _unknown(text: str) -> str:
    """The first name in braces that is none of ours."""
    return next((found for found in UNKNOWN.findall(text) if not PLACEHOLDER.fullmatch(found)), "")
