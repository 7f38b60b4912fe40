"""What a shop reads back: its own objects, under its own ids, in the words it sent them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.models import (
    Address,
    Cart,
    CartLine,
    CategoryDiscount,
    Customer,
    CustomerGroup,
    Order,
    OrderLine,
    OrderState,
    Visit,
    Voucher,
)
from crm.models.record import fields_off
from crm.sync import addresses, carts, customers, groups, orders, visits, vouchers


@extend_schema_field({"type": "string", "nullable": True, "readOnly": True})
class Its(serializers.Field):
    """The shop's id of another object, or the key of a fixed group; null for none and for what is not this shop's."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(source="*", read_only=True)

    def to_representation(self, value: Any) -> str | None:
        """Of the row's own shop only."""
        other = getattr(value, self.name)
        if other is None:
            return None
        return other.shop_id if other.source_id == value.source_id else getattr(other, "key", None)


class ShopCustomerShape(serializers.ModelSerializer[Customer]):
    """A customer; `number` is Mostrador's own."""

    id = serializers.CharField(source="shop_id", read_only=True)
    number = serializers.IntegerField(source="pk", read_only=True)
    email = serializers.CharField(read_only=True)
    emails = serializers.SerializerMethodField()
    title = serializers.CharField(read_only=True, allow_null=True)
    group = Its("group")

    class Meta:
        model = Customer
        fields = ["id", "number", "email", "emails", "title", "group", *customers.KNOWN_BY_SHOP]
        fields += ["newsletter", "partner_offers", "order_count", "spent", "updated_at"]
        read_only_fields = fields

    def get_emails(self, customer: Customer) -> list[str]:
        """All addresses."""
        return [one.address for one in customer.emails.all()]

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        """Without what the desk does not use."""
        off = fields_off()
        return {name: value for name, value in super().to_representation(instance).items() if name not in off}


class ShopAddressShape(serializers.ModelSerializer[Address]):
    """A postal address."""

    id = serializers.CharField(source="shop_id", read_only=True)
    customer = Its("customer")

    class Meta:
        model = Address
        fields = ["id", "customer", *addresses.KNOWN_BY_SHOP, "updated_at"]
        read_only_fields = fields


class ShopCategoryDiscountShape(serializers.ModelSerializer[CategoryDiscount]):
    """A discount for a category."""

    class Meta:
        model = CategoryDiscount
        fields = ["category", "category_ref", "discount"]
        read_only_fields = fields


class ShopGroupShape(serializers.ModelSerializer[CustomerGroup]):
    """A customer group."""

    id = serializers.CharField(source="shop_id", read_only=True)
    category_discounts = ShopCategoryDiscountShape(many=True, read_only=True)

    class Meta:
        model = CustomerGroup
        fields = ["id", "key", *groups.KNOWN_BY_SHOP, "category_discounts"]
        read_only_fields = fields


class ShopOrderLineShape(serializers.ModelSerializer[OrderLine]):
    """A line of an order."""

    class Meta:
        model = OrderLine
        fields = [*orders.OF_A_LINE]
        read_only_fields = fields


class ShopOrderStateShape(serializers.ModelSerializer[OrderState]):
    """A state of an order."""

    class Meta:
        model = OrderState
        fields = ["state", "at"]
        read_only_fields = fields


class ShopOrderShape(serializers.ModelSerializer[Order]):
    """An order with its lines and states."""

    id = serializers.CharField(source="shop_id", read_only=True)
    customer = Its("customer")
    delivered_to = Its("delivered_to")
    invoiced_to = Its("invoiced_to")
    lines = ShopOrderLineShape(many=True, read_only=True)
    states = ShopOrderStateShape(many=True, read_only=True)

    class Meta:
        model = Order
        fields = [
            "id",
            "customer",
            "delivered_to",
            "invoiced_to",
            *orders.KNOWN_BY_SHOP,
            "lines",
            "states",
            "updated_at",
        ]
        read_only_fields = fields


class ShopCartLineShape(serializers.ModelSerializer[CartLine]):
    """A line of a cart."""

    class Meta:
        model = CartLine
        fields = [*carts.OF_A_LINE, "added_at"]
        read_only_fields = fields


class ShopCartShape(serializers.ModelSerializer[Cart]):
    """A cart with its lines; `state` follows from its last change and its order."""

    id = serializers.CharField(source="shop_id", read_only=True)
    customer = Its("customer")
    order = Its("order")
    lines = ShopCartLineShape(many=True, read_only=True)

    class Meta:
        model = Cart
        fields = ["id", "customer", "order", *carts.KNOWN_BY_SHOP, *carts.SUMS, "total_products", "item_count"]
        fields += ["state", "changed_at", "lines", "updated_at"]
        read_only_fields = fields


class ShopVoucherShape(serializers.ModelSerializer[Voucher]):
    """A voucher."""

    id = serializers.CharField(source="shop_id", read_only=True)
    customer = Its("customer")

    class Meta:
        model = Voucher
        fields = ["id", "customer", *vouchers.KNOWN_BY_SHOP, "updated_at"]
        read_only_fields = fields


class ShopVisitShape(serializers.ModelSerializer[Visit]):
    """A visit."""

    id = serializers.CharField(source="shop_id", read_only=True)
    customer = Its("customer")

    class Meta:
        model = Visit
        fields = ["id", "customer", *visits.KNOWN_BY_SHOP]
        read_only_fields = fields


class ToldShape(serializers.Serializer):
    """What became of one object of a call: `created`, `changed`, `unchanged`, or `refused` with `errors` by field."""

    index = serializers.IntegerField(read_only=True)
    id = serializers.CharField(read_only=True)
    result = serializers.ChoiceField(choices=["created", "changed", "unchanged", "refused"], read_only=True)
    errors = serializers.DictField(  # type: ignore[assignment] # DRF takes fields out of the class
        child=serializers.JSONField(), read_only=True, required=False
    )


class BulkShape(serializers.Serializer):
    """What became of the objects of a call, in their order, and how many of each there are."""

    created = serializers.IntegerField(read_only=True)
    changed = serializers.IntegerField(read_only=True)
    unchanged = serializers.IntegerField(read_only=True)
    refused = serializers.IntegerField(read_only=True)
    results = ToldShape(many=True, read_only=True)


class ProblemShape(serializers.Serializer):
    """What is wrong, in a sentence."""

    detail = serializers.CharField(read_only=True)
