"""What a shop may say of each kind of object, checked field by field. What is not named stays as it is."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.api import fields as f
from crm.models import CustomerGroup, PriceDisplay, Risk
from crm.models.record import fields_off

MOST_LINES = 500
MOST_QUANTITY = 1_000_000
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2200, 1, 1)
RATES = Decimal("0.001"), Decimal(1_000_000)


class Said(serializers.Serializer):
    """Named values; a name that does not exist is refused, so that a slip of the pen is no silent loss."""

    needs: ClassVar[tuple[str, ...]] = ()  # of a part: it is always told whole
    _named: Mapping[str, Any] = {}

    @property
    def _writable_fields(self) -> list[serializers.Field]:
        """Those that are named, or say something unnamed: to ask the others takes most of the time of a bulk call."""
        return [
            field
            for name, field in self.fields.items()
            if name in self._named or field.required or field.default is not serializers.empty
        ]

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Checked values."""
        if isinstance(data, Mapping):
            wrong = {str(name)[:64]: [gettext("There is no such field.")] for name in data if name not in self.fields}
            wrong |= {name: [gettext("This field is required.")] for name in self.needs if name not in data}
            if wrong:
                raise serializers.ValidationError(wrong)
            self._named = data
        values: dict[str, Any] = super().to_internal_value(data)
        return values


class CustomerBody(Said):
    """A customer. `email` becomes the main address, earlier ones stay as others; `emails` are more of them.

    `group` and `groups` name groups by the shop's ids or as `visitor`, `guest`, `customer`. `newsletter` and
    `partner_offers` are consents: `consented_at` says when they were given or taken back.
    """

    id = f.Id(required=False)
    first_name = f.Text(255)
    last_name = f.Text(255)
    title = f.Text(64)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=255)
    emails = serializers.ListField(child=serializers.EmailField(max_length=255), required=False, max_length=20)
    birthday = f.Day(f.BIRTH)
    phone = f.Text(32)
    other_phone = f.Text(32)
    language = f.Language()
    group = f.OtherId()
    groups = f.Ids()
    company = f.Text(255)
    tax_number = f.Text(32)
    activity = f.Text(64)
    website = f.WebAddress(200)
    credit_limit = f.Number(Decimal(0), f.MOST_MONEY, allow_null=True)
    payment_days = f.Whole(0, 3650, allow_null=True)
    risk = serializers.ChoiceField(choices=Risk.choices, required=False, allow_blank=True)
    payment_method = f.Text(64)
    payment_is_forced = f.Yes()
    shipping_method = f.Text(64)
    referrer = f.Text(255)
    is_active = f.Yes()
    is_guest = f.Yes()
    newsletter = f.Yes()
    partner_offers = f.Yes()
    consented_at = f.Moment()
    registered_at = f.Moment()
    visited_at = f.Moment(allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What the desk does not use is left out."""
        return {name: value for name, value in attrs.items() if name not in fields_off()}


class AddressBody(Said):
    """A postal address of a customer."""

    id = f.Id(required=False)
    customer = f.Id()
    alias = f.Text(64)
    first_name = f.Text(255)
    last_name = f.Text(255)
    company = f.Text(255)
    tax_number = f.Text(32)
    identity_number = f.Text(32)
    line1 = serializers.CharField(max_length=255)
    line2 = f.Text(255)
    postcode = f.Text(16)
    city = serializers.CharField(max_length=128)
    state = f.Text(64)
    country = f.Country(required=True)
    phone = f.Text(32)
    mobile = f.Text(32)
    other = f.Text(300)
    for_delivery = f.Yes()
    for_invoice = f.Yes()


class CategoryDiscountBody(Said):
    """A group's discount for the products of one category, in place of the group's own."""

    needs = ("category", "discount")
    category = serializers.CharField(max_length=128)
    category_ref = f.Text(64)
    discount = f.Percent()


class GroupBody(Said):
    """A customer group. With `key` this id is the shop's number for one of the three fixed groups."""

    id = f.Id(required=False)
    key = serializers.ChoiceField(choices=CustomerGroup.Key.choices, required=False, allow_null=True)
    name = serializers.CharField(max_length=64)
    names = serializers.DictField(child=serializers.CharField(max_length=64), required=False)
    description = f.Text(160)
    discount = f.Percent()
    price_display = serializers.ChoiceField(choices=PriceDisplay.choices, required=False)
    show_prices = f.Yes()
    category_discounts = serializers.ListField(child=CategoryDiscountBody(), required=False, max_length=MOST_LINES)

    def validate_names(self, names: dict[str, str]) -> dict[str, str]:
        """By language."""
        if any(f.LANGUAGE.fullmatch(language) is None for language in names):
            raise serializers.ValidationError(f.Language.sentence)
        return names

    def validate_category_discounts(self, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """One for each category."""
        if len({one["category"] for one in said}) != len(said):
            raise serializers.ValidationError(_("A category comes twice."))
        return said


class LineBody(Said):
    """One product. The price is for one piece, tax included."""

    needs = ("name",)
    product_ref = f.Text(64)
    name = serializers.CharField(max_length=255)
    category = f.Text(128)
    quantity = f.Whole(0, MOST_QUANTITY)
    unit_price = f.Money()
    tax_rate = f.Percent()
    image_url = f.WebAddress(500)


class CartLineBody(LineBody):
    """One product of a cart."""

    attributes = f.Text(255)
    customization = f.Text(255)
    supplier_ref = f.Text(64)
    stock = f.Whole(-f.MOST_WHOLE, allow_null=True)


class StateBody(Said):
    """A state that an order came into, in the shop's own words, and when."""

    needs = ("state", "at")
    state = serializers.CharField(max_length=64)
    at = f.Moment()


@extend_schema_field({"type": "array", "items": {"type": "string", "maxLength": 64}, "maxItems": 50})
class VoucherCodes(f.Codes):
    """Codes of vouchers that were used."""


class OrderBody(Said):
    """An order. Amounts are in `currency`, tax included; `rate` of that currency buy one of the main one.

    `delivered_to` and `invoiced_to` are ids of addresses.
    `lines` are all lines of the order. A new `state` without a moment in `states` began now.
    """

    id = f.Id(required=False)
    reference = serializers.CharField(max_length=64)
    customer = f.OtherId()
    cart = f.OtherId()
    delivered_to = f.OtherId()
    invoiced_to = f.OtherId()
    email = serializers.EmailField(required=False, allow_blank=True, max_length=255)
    state = serializers.CharField(max_length=64)
    state_color = f.Color()
    states = serializers.ListField(child=StateBody(), required=False, max_length=200)
    is_valid = f.Yes()  # type: ignore[assignment] # DRF takes fields out of the class
    is_shipped = f.Yes()
    is_done = f.Yes()
    payment = f.Text(64)
    total = f.Money()
    total_products = f.Money()
    total_shipping = f.Money()
    total_discounts = f.Money()
    total_tax = f.Money()
    currency = f.Currency()
    rate = f.Number(*RATES, places=6)
    vouchers = VoucherCodes()
    carrier = f.Text(64)
    tracking_number = f.Text(64)
    tracking_url = f.WebAddress(500)
    promised_on = f.Day(FIRST_DAY, LAST_DAY)
    delivery_name = f.Text(255)
    delivery_address = f.Text(1000)
    delivery_postcode = f.Text(16)
    delivery_phone = f.Text(32)
    invoice_address = f.Text(1000)
    delivered_at = f.Moment(allow_null=True)
    placed_at = f.Moment(required=True)
    lines = serializers.ListField(child=LineBody(), required=False, max_length=MOST_LINES)


class CartBody(Said):
    """A cart; it may have no customer. `lines` are all lines of it, `changed_at` is when its customer last changed
    it. Totals that are not named are worked out from the lines. `order` is the order that it became.
    """

    id = f.Id(required=False)
    customer = f.OtherId()
    order = f.OtherId()
    lines = serializers.ListField(child=CartLineBody(), required=False, max_length=MOST_LINES)
    total = f.Money()
    total_discounts = f.Money()
    total_wrapping = f.Money()
    total_shipping = f.Money()
    total_tax = f.Money()
    currency = f.Currency()
    vouchers = VoucherCodes()
    carrier = f.Text(64)
    step = f.Text(64)
    is_charged = f.Yes()
    email = serializers.EmailField(required=False, allow_blank=True, max_length=255)
    name = f.Text(255)
    phone = f.Text(32)
    postcode = f.Text(16)
    city = f.Text(128)
    language = f.Language()
    device = f.Text(120)
    user_agent = f.Text(400)
    ip_address = serializers.IPAddressField(required=False, allow_null=True)
    page = f.Text(255)
    created_at = f.Moment()
    changed_at = f.Moment()
    seen_at = f.Moment(allow_null=True)

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Their sum fits into an amount."""
        whole = sum(line.get("quantity", 1) * line.get("unit_price", Decimal(0)) for line in lines)
        if abs(whole) > f.MOST_MONEY:
            raise serializers.ValidationError(_("The lines add up to more than an amount can be."))
        return lines


class HeartbeatBody(Said):
    """The customer of a cart is in the shop now, on this page, at this step of the checkout."""

    page = f.Text(255)
    step = f.Text(64)
    at = f.Moment()


class VoucherBody(Said):
    """A voucher of a customer: a percentage or an amount."""

    id = f.Id(required=False)
    customer = f.Id()
    code = serializers.CharField(max_length=64)
    name = f.Text(255)
    percent = f.Percent(allow_null=True)
    amount = f.Money(allow_null=True)
    currency = f.Currency()
    quantity = f.Whole()
    is_active = f.Yes()
    valid_until = f.Moment(future=True, allow_null=True)


class VisitBody(Said):
    """A visit of a customer to the shop."""

    id = f.Id(required=False)
    customer = f.Id()
    began_at = f.Moment(required=True)
    pages = f.Whole()
    seconds = f.Whole()
    origin = f.Text(255)
    page = f.Text(255)
    ip_address = serializers.IPAddressField(required=False, allow_null=True)
    user_agent = f.Text(400)
