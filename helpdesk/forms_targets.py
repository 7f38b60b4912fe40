"""Forms of the targets: a line for each, and the rules of the clock."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import Dressed
from helpdesk import context as shop
from helpdesk.models import Contact, DeskSettings, Metric, Priority, Status, StatusLabel, Target
from helpdesk.models.target import MOST_MINUTES

LENGTH = re.compile(r"^(?:(\d{1,4})(?:[.,](\d{1,2}))?\s*(?:h|$))?\s*(?:(\d{1,5})\s*min)?$", re.IGNORECASE)
WHOM = ("contact", "group", "priority")
DASHES = {"—", "-", "–"}


def read_length(words: str) -> int | None:
    """“4 h”, “1 h 30 min”, “1,5” or “45 min” as minutes; nothing for an empty one. Raises ValidationError."""
    words = words.strip()
    if not words or words in DASHES:
        return None
    found = LENGTH.match(words.replace(":", " h ") + " min" if ":" in words else words)
    if found is None:
        raise ValidationError(_("Write working hours: 4 h, 1 h 30 min or 45 min."))
    hours, part, minutes = found.groups()
    total = int(hours or 0) * 60 + round(float(f"0.{part or 0}") * 60) + int(minutes or 0)
    if not 0 < total <= MOST_MINUTES:
        raise ValidationError(_("Choose a time of up to %(hours)d working hours.") % {"hours": MOST_MINUTES // 60})
    return total


def write_length(minutes: int | None) -> str:
    """The other way round."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    return " ".join(word for word in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if word)


class LengthField(forms.CharField):
    """Working time, as people write it; empty is no target."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=20, **options)

    def prepare_value(self, value: Any) -> Any:
        """Minutes as words."""
        return write_length(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Words as minutes."""
        return read_length(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """“4 h” and “4” are the same."""
        try:
            return bool(read_length(data or "") != initial)
        except ValidationError:
            return True


class TargetForm(Dressed, forms.ModelForm):
    """A line: for whom it is, and three times."""

    first = LengthField(label=Metric.FIRST.label)
    next = LengthField(label=Metric.NEXT.label)
    resolution = LengthField(label=Metric.RESOLUTION.label)

    class Meta:
        model = Target
        fields = ["contact", "group", "priority", "first", "next", "resolution"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        if self.instance.pk:  # for whom it is, is what the line is called
            for name in WHOM:
                del fields[name]
        else:
            self._offer(fields)
        self.dress()
        for name, field in fields.items():
            field.widget.attrs["aria-label"] = f"{field.label}, {self.instance}" if self.instance.pk else field.label
            if name in Metric.values:
                field.widget.attrs["class"] = "input input--sm"

    @staticmethod
    def _offer(fields: dict[str, Any]) -> None:
        fields["contact"].queryset = Contact.objects.active()
        fields["contact"].empty_label = _("All contacts")
        fields["group"].queryset = shop.groups()
        fields["group"].empty_label = _("All customers")
        fields["priority"].choices = [("", _("Any priority")), *reversed(Priority.choices)]

    @property
    def times(self) -> list[forms.BoundField]:
        """The three."""
        return [self[metric] for metric in Metric.values]

    @property
    def whom(self) -> list[forms.BoundField]:
        """For which threads; an old line says it by its name."""
        return [self[name] for name in WHOM if name in self.fields]


class TargetLines(forms.BaseModelFormSet):
    """All lines; two for the same threads are refused, whichever is older."""

    def clean(self) -> None:
        """Each once."""
        super().clean()
        seen = set()
        for form in self.forms:
            is_blank = form.instance.pk is None and not form.has_changed()
            if is_blank or form in self.deleted_forms or not form.is_valid():
                continue
            key = tuple(getattr(form.instance, name) for name in WHOM)
            if key in seen:
                form.add_error(None, _("There is a target for these threads already."))
            seen.add(key)


Targets = forms.modelformset_factory(Target, form=TargetForm, formset=TargetLines, extra=1, can_delete=True)


class ClockForm(Dressed, forms.Form):
    """How the clock warns and where it stands still."""

    warn_minutes = forms.IntegerField(
        min_value=0,
        max_value=24 * 60,
        label=gettext_lazy("Minutes before, in which it warns"),
        help_text=gettext_lazy("Working time; never more than half of the target."),
    )
    clock_stops = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("The clock stands still in"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        desk = DeskSettings.load()
        options.setdefault("initial", {"warn_minutes": desk.warn_minutes, "clock_stops": desk.clock_stops})
        super().__init__(*args, **options)
        labels, fields = StatusLabel.all_by_status(), dict[str, Any](self.fields)
        fields["clock_stops"].choices = [(key, labels[key].full_name) for key in (Status.PENDING_1, Status.PENDING_2)]

    def save(self) -> None:
        """By the verb."""
        Target.set_rules(**self.cleaned_data)


class ThreadNumberForm(Dressed, forms.Form):
    """Which thread is to be explained."""

    thread = forms.RegexField(r"^\s*#?\d{1,18}\s*$", label=gettext_lazy("Number of a thread"))

    def clean_thread(self) -> int:
        """Without the sign before it."""
        return int(self.cleaned_data["thread"].strip().lstrip("#"))
