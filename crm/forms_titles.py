"""Forms of social titles."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from accounts.texts import ByLanguage
from crm.models import RecordSettings, SocialTitle, TitleUse
from crm.models.title import LONGEST_NAME
from crm.pictures import LARGEST_SIDE, NoPictureError, png_of

REFUSED = {
    "large": _("The picture is larger than 1 MB."),
    "format": _("Only PNG, JPEG, WebP and GIF pictures are taken."),
    "size": _("The picture has too many pixels."),
    "broken": _("The picture is broken."),
}


class TitleForm(Dressed, ByLanguage, forms.ModelForm):
    """A title with its salutations and its picture. What is valid goes to the title's verb as `values`."""

    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("In place of the symbol. PNG, JPEG, WebP or GIF; it is drawn anew."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )
    width = forms.IntegerField(label=_("Width"), min_value=0, max_value=LARGEST_SIDE, initial=16, required=False)
    height = forms.IntegerField(
        label=_("Height"), min_value=0, max_value=LARGEST_SIDE, initial=16, required=False,
        help_text=_("In pixels; 0: as it is."),
    )  # fmt: skip
    without_picture = forms.BooleanField(label=_("Remove the picture"), required=False)

    class Meta:
        model = SocialTitle
        fields = ["kind", "symbol"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = settings.CUSTOMER_LANGUAGES
        self.add_texts("names", languages, label=_("Title in %(language)s"), max_length=LONGEST_NAME)
        self.add_texts("salutations", languages, label=_("Salutation in %(language)s"), max_length=80)
        self.dress()
        self.fields["without_picture"].widget.attrs["class"] = "cb"
        del self.fields["without_picture"].widget.attrs["role"]

    @property
    def names(self) -> list[forms.BoundField]:
        """One name a language."""
        return self.fields_of("names")

    @property
    def salutations(self) -> list[forms.BoundField]:
        """One salutation a language."""
        return self.fields_of("salutations")

    def clean(self) -> dict[str, Any]:
        """A name in some language; salutations with no other names in them than those two; a picture we can draw."""
        data = super().clean() or self.cleaned_data
        for name in ("names", "salutations"):
            setattr(self.instance, name, self.texts(name, settings.CUSTOMER_LANGUAGES))
        if not self.instance.names:
            code = settings.CUSTOMER_LANGUAGES[0][0]
            self.instance.names = {code: "?"}  # the verb's own check would have no field to speak of
            if not self.errors:
                self.add_error(f"names_{code}", _("Enter the title in one language at least."))
        for code, words in self.instance.salutations.items():
            rest = words.replace("{first_name}", "").replace("{last_name}", "")
            if "{" in rest or "}" in rest:
                self.add_error(f"salutations_{code}", _("Write {first_name} and {last_name}, and no other brackets."))
        return data

    def clean_picture(self) -> bytes | None:
        """The picture drawn anew; None where none was sent."""
        file = self.cleaned_data["picture"]
        if file is None:
            return None
        sides = [self._side("width"), self._side("height")]
        try:
            return png_of(file, width=sides[0], height=sides[1])
        except NoPictureError as error:
            raise ValidationError(REFUSED[error.reason]) from error

    def _side(self, name: str) -> int:
        """Picture fields are cleaned before the sides are; what is wrong with those is said by their own fields."""
        typed = str(self.data.get(self.add_prefix(name), "")).strip()
        side = int(typed) if typed.isdecimal() and len(typed) < 6 else 16
        return min(side, LARGEST_SIDE)

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, for SocialTitle.edit()."""
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        values |= {"names": self.instance.names, "salutations": self.instance.salutations}
        if self.cleaned_data["picture"] is not None:
            values["picture"] = self.cleaned_data["picture"]
        elif self.cleaned_data["without_picture"]:
            values["picture"] = b""
        return values


class RetireForm(Dressed, forms.Form):
    """Which title takes the place of one that goes; `none` is an answer too, but it has to be given."""

    NONE = "none"
    instead = forms.ChoiceField(label=_("In its place"), error_messages={"required": _("Say what they get instead.")})

    def __init__(self, *args: Any, title: SocialTitle, is_used: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {str(one.pk): one for one in SocialTitle.objects.exclude(pk=title.pk)}
        field: Any = self.fields["instead"]
        field.choices = [
            ("", _("Choose…")),
            (self.NONE, _("No title")),
            *((key, str(one)) for key, one in self.others.items()),
        ]
        field.required = is_used

    @property
    def title(self) -> SocialTitle | None:
        """The title that was chosen."""
        return self.others.get(self.cleaned_data["instead"])


class TitleUseForm(forms.Form):
    """What the team does with titles."""

    title_use = forms.ChoiceField(
        choices=TitleUse, label=_("Use of titles"), widget=forms.RadioSelect(attrs={"class": "cb"})
    )

    @classmethod
    def now(cls) -> "TitleUseForm":
        """As it is set."""
        return cls(initial={"title_use": RecordSettings.load().title_use}, label_suffix="")
