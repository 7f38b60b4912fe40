"""Forms of customer groups."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from accounts.texts import ByLanguage
from crm.models import AreaPage, CustomerGroup, RecordSettings, Tone
from crm.models.group import LONGEST_NAME, PERCENT

EMPTY_ROWS = 2  # for new categories; more come with each save


def plain(percent: Decimal) -> str:
    """A percentage without idle zeros: 12.5, 30."""
    return f"{Decimal(percent).normalize():f}"


class GroupForm(Dressed, ByLanguage, forms.ModelForm):
    """A group but for its discounts by category. What is valid goes to the group's verb as `values`."""

    class Meta:
        model = CustomerGroup
        fields = ["description", "discount", "price_display", "show_prices", "badge", "tone", "answer_hours"]
        labels = {"answer_hours": _("Hours to answer"), "badge": _("Badge in the queue"), "tone": _("Its colour")}
        help_texts = {"show_prices": _("Off: they see “ask for a quote”.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["discount"] = plain(self.instance.discount)
        self.add_texts("names", settings.LANGUAGES, label=_("Name in %(language)s"), max_length=LONGEST_NAME)
        for code, _name in settings.LANGUAGES:
            if self.instance.key:
                self.fields[f"names_{code}"].widget.attrs["placeholder"] = str(self.instance)
        self.fields["tone"] = forms.ChoiceField(choices=Tone, label=self.fields["tone"].label, required=False)
        self.fields["answer_hours"] = forms.IntegerField(
            min_value=1, max_value=720, required=False, label=self.fields["answer_hours"].label,
            help_text=_("Empty: as promised to everybody."),
        )  # fmt: skip
        self.fields["area_pages"] = forms.MultipleChoiceField(
            choices=AreaPage, required=False, widget=forms.CheckboxSelectMultiple, initial=self.instance.area_pages,
            label=_("Pages of their private area"),
        )  # fmt: skip
        self.dress()

    @property
    def names(self) -> list[forms.BoundField]:
        """One name a language."""
        return self.fields_of("names")

    def clean(self) -> dict[str, Any]:
        """A name in some language, unless the group is fixed and has one anyway."""
        data = super().clean() or self.cleaned_data
        self.instance.names = self.texts("names", settings.LANGUAGES)
        if not self.instance.names and not self.instance.key and not self.errors:
            self.add_error(f"names_{settings.LANGUAGES[0][0]}", _("Enter a name in one language at least."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, for CustomerGroup.edit()."""
        columns = [*self.Meta.fields, "area_pages"]
        return {**{name: self.cleaned_data[name] for name in columns}, "names": self.instance.names}


class DiscountForm(Dressed, forms.Form):
    """The discount for one category; an empty category takes it away."""

    category = forms.CharField(label=_("Category"), required=False, max_length=128)
    discount = forms.DecimalField(
        label=_("Discount in %"), required=False, max_digits=5, decimal_places=2, validators=PERCENT
    )

    def clean(self) -> dict[str, Any]:
        """Both or neither."""
        data = super().clean() or self.cleaned_data
        if data.get("category") and data.get("discount") is None and "discount" not in self.errors:
            self.add_error("discount", _("How much, in percent?"))
        if not data.get("category") and data.get("discount") and not self.has_initial_category:
            self.add_error("category", _("For which category?"))
        return data

    @property
    def has_initial_category(self) -> bool:
        """It was there before: without its category it goes."""
        return bool(self.initial.get("category"))


class BaseDiscounts(forms.BaseFormSet):
    """A group's discounts by category."""

    def clean(self) -> None:
        """No category twice: which of them would count?"""
        given = [form.cleaned_data.get("category", "").casefold() for form in self.forms if form.is_valid()]
        named = [category for category in given if category]
        if len(named) != len(set(named)):
            raise ValidationError(_("A category stands here twice."))

    @property
    def values(self) -> dict[str, Decimal]:
        """Percent by category, for CustomerGroup.edit()."""
        rows = [form.cleaned_data for form in self.forms]
        return {row["category"]: row["discount"] for row in rows if row.get("category")}


Discounts = forms.formset_factory(DiscountForm, formset=BaseDiscounts, extra=EMPTY_ROWS, max_num=200)


def discounts_of(group: CustomerGroup, data: Any = None) -> Any:
    """The discounts of a group, and rows for new ones."""
    rows = group.category_discounts.all() if group.pk else ()
    initial = [{"category": row.category, "discount": plain(row.discount)} for row in rows]
    return Discounts(data, initial=initial, prefix="by")


class UsualGroupsForm(Dressed, forms.ModelForm):
    """Which groups visitors, guests and customers go into."""

    class Meta:
        model = RecordSettings
        fields = ["visitor_group", "guest_group", "customer_group"]
        labels = {
            "visitor_group": _("Who has no account"),
            "guest_group": _("Who buys without an account"),
            "customer_group": _("Who registers"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.Meta.fields:
            field: Any = self.fields[name]
            field.required, field.empty_label = True, None
