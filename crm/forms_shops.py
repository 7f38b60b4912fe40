"""Forms of the shops that feed the desk, and of the addresses that hear of it."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed, zone_field
from crm import posting
from crm.models import Happening, Shop, Webhook

LINKS = ("customer_link", "order_link", "cart_link", "restore_link", "gallery_link")
WEB = ("https://", "http://", "{shop}")


class ShopForm(Dressed, forms.ModelForm):
    """A shop: its name, where it is, and how its own pages are addressed."""

    class Meta:
        model = Shop
        fields = ["name", "url", "time_zone", *LINKS, "is_active"]
        help_texts = {
            "url": _("Stands for {shop} in the links below."),
            "is_active": _("Off: its token opens nothing and it is told nothing. What it sent stays."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = zone_field()
        self.fields["time_zone"].help_text = _("For moments that the shop sends without an offset.")
        self.fields["url"] = forms.URLField(
            label=_("Address of the shop"),
            help_text=self.Meta.help_texts["url"],
            required=False,
            assume_scheme="https",
            max_length=200,
            validators=[URLValidator(["https", "http"])],
        )
        self.dress()

    @property
    def links(self) -> list[forms.BoundField]:
        """The templates of links, for the page."""
        return [self[name] for name in LINKS]

    def clean(self) -> dict[str, Any]:
        """A link begins as a web address does, once the shop's own stands in it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in LINKS:
            link = cleaned.get(name, "")
            if link and not link.startswith(WEB):
                self.add_error(name, _("Begin it with {shop} or https://"))
            elif "{shop}" in link and not cleaned.get("url") and "url" not in self.errors:
                self.add_error("url", _("The links below need it."))
        return cleaned


class WebhookForm(Dressed, forms.ModelForm):
    """An address, and what it wants to hear of."""

    events = forms.MultipleChoiceField(
        label=_("What it is told of"), choices=Happening.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Webhook
        fields = ["url", "events"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"] = forms.CharField(
            label=_("Address"),
            max_length=500,
            widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
            help_text=_("HTTPS. Addresses inside this network are not called, unless the machine's settings allow it."),
        )
        self.dress()

    def clean_url(self) -> str:
        """An address that the desk would call; whether somebody answers there shows the log."""
        url = str(self.cleaned_data["url"]).strip()
        try:
            URLValidator(["https", "http"])(url if urlsplit(url).hostname != "localhost" else "https://a.example")
            posting.refuse_private(posting.place_of(url)[0])
        except posting.Unreachable as trouble:
            raise ValidationError(str(trouble)) from trouble
        return url
