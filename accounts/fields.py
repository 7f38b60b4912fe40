"""How forms look, and what every address typed into one has to be."""

import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

RESERVED = ("example.com", "example.net", "example.org", "example")
CLASSES: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxSelectMultiple, "cb"),
    (forms.CheckboxInput, "switch"),
    (forms.RadioSelect, ""),
    (forms.Select, "select"),
    (forms.Textarea, "textarea textarea--sm"),
    (forms.widgets.Input, "input"),
]


def refuse_example(address: str) -> None:
    """No mail reaches the domains that are reserved for examples. Raises ValidationError for one of them."""
    domain = address.rpartition("@")[2].lower()
    if any(domain == one or domain.endswith(f".{one}") for one in RESERVED):
        raise ValidationError(
            _("%(address)s is an example and no mail arrives there. Enter an address that you can read."),
            params={"address": address},
        )


class Dressed(forms.BaseForm):
    """A form whose widgets carry the classes of the stylesheet, and whose labels end without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.dress()

    def dress(self) -> None:
        """Dress all fields; call again after adding some."""
        for field in self.fields.values():
            name = next((name for kind, name in CLASSES if isinstance(field.widget, kind)), "")
            if name:
                field.widget.attrs.setdefault("class", name)
            if isinstance(field.widget, forms.Textarea) and field.widget.attrs.get("rows") == "10":  # Django's default
                field.widget.attrs["rows"] = 3
            if isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs.setdefault("role", "switch")
            _say_plainly(field)


def _say_plainly(field: forms.Field) -> None:
    """What is wrong in the desk's own words, where the form has none that fit better."""
    if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
        is_choice = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
        field.error_messages["required"] = _("Choose one.") if is_choice else _("Fill this in.")
    if isinstance(field, forms.EmailField):
        field.error_messages.setdefault("invalid", _("Write the whole address, such as name@example.com."))


def zone_field() -> forms.ChoiceField:
    """All time zones with a place in their name, and UTC."""
    zones = sorted(
        zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(("Etc", "System"))
    )
    return forms.ChoiceField(choices=[(zone, zone.replace("_", " ")) for zone in ["UTC", *zones]], label=_("Time zone"))
