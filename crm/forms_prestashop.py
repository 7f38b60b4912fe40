"""The form of a shop's PrestaShop connection."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from crm import posting
from crm.models import PrestaShop
from crm.models.prestashop import KEY


class PrestaShopForm(Dressed, forms.ModelForm):
    """Where the web service is, and the key, which is never shown again. An empty key field keeps the one there is."""

    prefix = "prestashop"
    key = forms.CharField(
        label=_("Key of the web service"),
        required=False,
        max_length=64,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Kept encrypted; it cannot be seen again. It needs GET only."),
    )

    class Meta:
        model = PrestaShop
        fields = ["address", "cart_days", "reads_threads", "in_json"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.instance.shop.url.rstrip("/")
        self.fields["address"] = forms.CharField(
            label=_("Address of the web service"),
            max_length=200,
            initial=f"{own}/api/" if own else "",
            widget=forms.URLInput(attrs={"placeholder": "https://…/api/"}),
            help_text=_("Usually the shop's own with /api/ behind it."),
        )
        self.fields["cart_days"] = forms.IntegerField(
            label=_("Days of carts to import"), min_value=0, max_value=3650, initial=90
        )
        if self.instance.locked_key:
            self.fields["key"].widget.attrs["placeholder"] = "••••••••••••"
        self.was = urlsplit(self.instance.address)
        self.dress()

    def clean_address(self) -> str:
        """An address that the desk would call."""
        address = str(self.cleaned_data["address"]).strip().rstrip("/") + "/"
        try:
            posting.refuse_private(posting.place_of(address)[0])
        except posting.Unreachable as trouble:
            raise ValidationError(str(trouble)) from trouble
        if urlsplit(address).query or urlsplit(address).fragment:
            raise ValidationError(_("Without what follows the question mark."))
        return address

    def clean_key(self) -> str:
        """32 letters and digits, or nothing to keep the one there is."""
        key = str(self.cleaned_data["key"]).strip()
        if key:
            KEY(key)
        elif not self.instance.locked_key:
            raise ValidationError(_("Enter the key."))
        return key

    def clean(self) -> dict[str, Any]:
        """A key goes to the shop that it was entered for, and to no other."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        now = urlsplit(cleaned.get("address", ""))
        moved = self.instance.locked_key and (now.scheme, now.netloc) != (self.was.scheme, self.was.netloc)
        if moved and "address" in cleaned and not cleaned.get("key") and "key" not in self.errors:
            self.add_error("key", _("Enter the key again: the address is another one."))
        return cleaned

    def save(self, commit: bool = True) -> PrestaShop:
        """With the new key, if there is one."""
        if key := self.cleaned_data["key"]:
            self.instance.set_key(key)
        self.instance.problem, self.instance.problem_at = "", None
        saved: PrestaShop = super().save(commit)
        return saved
