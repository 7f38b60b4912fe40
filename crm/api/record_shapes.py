"""What agents read and write of records. No password, no token and no IP address is part of one."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from accounts.models import Agent
from crm.api import fields as f
from crm.api.shapes import ShopCartLineShape, ShopOrderLineShape, ShopOrderStateShape
from crm.models import (
    Address,
    Cart,
    Consent,
    Customer,
    CustomerGroup,
    CustomerNote,
    Order,
    Risk,
    SocialTitle,
    Voucher,
)
from crm.models.record import fields_off
from crm.models.shop import BUSINESS_FIELDS
from crm.sync.addresses import KNOWN_BY_SHOP as KNOWN_OF_ADDRESS

PERSON = ["first_name", "last_name", "birthday", "phone", "other_phone", "language", "referrer"]
ACCOUNT = ["username", "is_active", "is_guest", "newsletter", "partner_offers", "do_not_contact"]
WAYS = ["payment_method", "payment_is_forced", "shipping_method"]


class Author(serializers.ModelSerializer[Agent]):
    """Who wrote a note."""

    class Meta:
        model = Agent
        fields = ["id", "name"]
        read_only_fields = fields


class NoteRecord(serializers.ModelSerializer[CustomerNote]):
    """A private note about a customer."""

    author = Author(read_only=True, allow_null=True)

    class Meta:
        model = CustomerNote
        fields = ["id", "text", "author", "is_pinned", "created_at"]
        read_only_fields = fields


class NoteText(serializers.Serializer):
    """A note."""

    text = serializers.CharField(max_length=20_000)


class EnabledBody(serializers.Serializer):
    """Whether the customer may come into the private area."""

    is_active = serializers.BooleanField()


class ConsentBody(serializers.Serializer):
    """What a customer allows, and how we know."""

    kind = serializers.ChoiceField(choices=Consent.Kind.choices)
    given = serializers.BooleanField()
    source = serializers.ChoiceField(choices=Consent.Source.choices)  # type: ignore[assignment]
    detail = serializers.CharField(max_length=255, required=False, allow_blank=True, default="")


class GroupName(serializers.ModelSerializer[CustomerGroup]):
    """A group; `id` is Mostrador's number."""

    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = CustomerGroup
        fields = ["id", "key", "name"]
        read_only_fields = fields


class LinkRecord(serializers.Serializer):
    """A page of the customer elsewhere, such as a gallery."""

    name = serializers.CharField(max_length=120)
    url = serializers.CharField(max_length=500)


class CustomerRecord(serializers.ModelSerializer[Customer]):
    """A customer. `version` is what a change may name, so that it meets the record that was read."""

    shop = serializers.IntegerField(source="source_id", read_only=True, allow_null=True)
    name = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True, allow_null=True)
    emails = serializers.SerializerMethodField()
    group = GroupName(read_only=True, allow_null=True)
    groups = GroupName(many=True, read_only=True)
    tags: Any = serializers.SlugRelatedField("name", many=True, read_only=True)
    household = serializers.CharField(read_only=True, allow_null=True)
    links = LinkRecord(many=True, read_only=True)
    page = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        fields = ["id", "shop", "shop_id", "name", "title", *PERSON, "emails", "group", "groups", "tags", "household"]
        fields += [*sorted(BUSINESS_FIELDS), *WAYS, *ACCOUNT, "links", "order_count", "spent", "open_threads"]
        fields += ["registered_at", "visited_at", "entered_at", "gone_at", "updated_at", "version"]
        fields += ["page"]
        read_only_fields = fields

    def get_emails(self, customer: Customer) -> list[str]:
        """All addresses, the main one first."""
        return [one.address for one in sorted(customer.emails.all(), key=lambda one: (not one.is_main, one.pk))]

    def get_page(self, customer: Customer) -> str:
        """The customer's page for people."""
        return reverse("crm:customer", args=[customer.pk], request=self.context.get("request"))

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        """Without what the desk does not use."""
        off = fields_off()
        return {name: value for name, value in super().to_representation(instance).items() if name not in off}


class RecordBody(serializers.Serializer):
    """Fields of a customer's record. What is not named stays; fields that the desk does not use are left out."""

    first_name = f.Text(255)
    last_name = f.Text(255)
    birthday = f.Day(f.BIRTH)
    phone = f.Text(32)
    other_phone = f.Text(32)
    phone_country = f.Country(help_text="Of a number without country code; without it the shop's.")
    language = f.Language()
    referrer = f.Text(255)
    emails = serializers.ListField(child=serializers.CharField(max_length=255), required=False, max_length=20)
    group = serializers.PrimaryKeyRelatedField(queryset=CustomerGroup.objects.all(), required=False)
    groups = serializers.PrimaryKeyRelatedField(queryset=CustomerGroup.objects.all(), many=True, required=False)
    title = serializers.PrimaryKeyRelatedField(queryset=SocialTitle.objects.all(), required=False, allow_null=True)
    links = LinkRecord(many=True, required=False, help_text="All pages elsewhere: name and address of each.")
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
    is_guest = f.Yes()
    do_not_contact = f.Yes()
    version = f.Whole(1, help_text="The record that was read: 409 if it is another one now.")

    def validate_links(self, links: list[dict[str, str]]) -> list[tuple[str, str]]:
        """As the verb wants them."""
        return [(link["name"], link["url"]) for link in links]


class RecordOfShop(serializers.Serializer):
    """What all records of a shop tell."""

    id = serializers.IntegerField(source="pk", read_only=True)
    shop = serializers.IntegerField(source="source_id", read_only=True, allow_null=True)
    in_shop = serializers.CharField(read_only=True, help_text="Its page in the shop's own back office.")


class OrderRecord(RecordOfShop, serializers.ModelSerializer[Order]):
    """An order with its lines and states; `customer` is Mostrador's number."""

    lines = ShopOrderLineShape(many=True, read_only=True)
    states = ShopOrderStateShape(many=True, read_only=True)

    class Meta:
        model = Order
        fields = ["id", "shop", "shop_id", "in_shop", "reference", "customer", "email", "state", "is_valid"]
        fields += ["is_shipped", "is_done", "is_late", "payment", "total", "total_products", "total_shipping"]
        fields += ["total_discounts", "total_tax", "currency", "rate", "vouchers", "carrier", "tracking_number"]
        fields += ["tracking_link", "promised_on", "delivery_name", "delivery_address", "delivered_at", "placed_at"]
        fields += ["updated_at", "lines", "states"]
        read_only_fields = fields


class CartRecord(RecordOfShop, serializers.ModelSerializer[Cart]):
    """A cart with its lines; `customer` and `order` are Mostrador's numbers."""

    lines = ShopCartLineShape(many=True, read_only=True)

    class Meta:
        model = Cart
        fields = ["id", "shop", "shop_id", "in_shop", "customer", "order", "state", "is_online", "step", "is_charged"]
        fields += ["total", "total_products", "total_discounts", "total_wrapping", "total_shipping", "total_tax"]
        fields += ["currency", "item_count", "vouchers", "carrier", "email", "name", "phone", "postcode", "language"]
        fields += ["page", "created_at", "changed_at", "seen_at", "abandoned_at", "contacted_at", "recovered_at"]
        fields += ["gone_at", "updated_at", "lines"]
        read_only_fields = fields


class VoucherRecord(serializers.ModelSerializer[Voucher]):
    """A voucher; without `shop_id` it is asked for, and the shop has not said that it made it."""

    class Meta:
        model = Voucher
        fields = ["id", "shop_id", "code", "name", "percent", "amount", "currency", "quantity", "is_active"]
        fields += ["valid_until", "withdrawn_at", "created_at", "updated_at"]
        read_only_fields = fields


class InvitationRecord(serializers.Serializer):
    """Where the link went."""

    address = serializers.CharField(read_only=True)


class AddressRecord(RecordOfShop, serializers.ModelSerializer[Address]):
    """A postal address; `customer` is Mostrador's number."""

    in_shop = None  # type: ignore[assignment] # shops show customers

    class Meta:
        model = Address
        fields = ["id", "shop", "shop_id", "customer", *KNOWN_OF_ADDRESS, "created_at", "updated_at", "deleted_at"]
        read_only_fields = fields


class GroupRecord(GroupName):
    """A customer group."""

    people = serializers.IntegerField(read_only=True)
    names = serializers.DictField(child=serializers.CharField(), read_only=True)
    area_pages = serializers.ListField(child=serializers.CharField(), read_only=True)
    category_discounts = serializers.SerializerMethodField()

    class Meta:
        model = CustomerGroup
        fields = ["id", "key", "name", "names", "description", "discount", "category_discounts", "price_display"]
        fields += ["show_prices", "badge", "tone", "answer_hours", "area_pages", "people"]
        read_only_fields = fields

    def get_category_discounts(self, group: CustomerGroup) -> dict[str, str]:
        """Percent by category, in place of the group's own."""
        return {row.category: str(row.discount) for row in group.category_discounts.all()}


class TitleRecord(serializers.ModelSerializer[SocialTitle]):
    """A social title."""

    names = serializers.DictField(child=serializers.CharField(), read_only=True)
    salutations = serializers.DictField(child=serializers.CharField(), read_only=True)
    people = serializers.IntegerField(read_only=True)

    class Meta:
        model = SocialTitle
        fields = ["id", "names", "kind", "symbol", "salutations", "people"]
        read_only_fields = fields
