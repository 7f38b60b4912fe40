"""Which records an agent's list shows: filters that the address may name, and no others."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from crm.models import Address, Cart, CartState, Customer, Order

MOST_NUMBER = 2**63 - 1
PAGING = {"limit", "offset", "format"}
MOST_WORDS = 6


class Number(filters.NumberFilter):
    """A record's number: what no column holds is nobody's."""

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        """As asked, or none."""
        found: QuerySet = qs.none() if value is not None and abs(value) > MOST_NUMBER else super().filter(qs, value)
        return found


class Strict(filters.FilterSet):
    """All filters that are given hold together; a name that nobody knows is refused, since it would show too much."""

    shop = Number(field_name="source", help_text="A shop's number.")
    shop_id = filters.CharFilter(help_text="The shop's own id.")
    updated_since = filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Refuse unknown names."""
        if unknown := set(self.data) - set(self.filters) - PAGING:
            raise ValidationError({name[:64]: [_("There is no filter of this name.")] for name in sorted(unknown)})
        found: QuerySet = super().filter_queryset(queryset)
        return found


class CustomerFilter(Strict):
    """Filters of /api/records/customers/."""

    email = filters.CharFilter(method="by_email", help_text="Any of their addresses.")
    phone = filters.CharFilter(method="by_phone", help_text="Its last digits.")
    tag = filters.CharFilter(field_name="tags__name", lookup_expr="iexact")
    group = Number(field_name="groups", help_text="A group's number.")
    is_active = filters.BooleanFilter()
    q = filters.CharFilter(method="by_words", help_text="Words of the name or the company, in any order.")

    class Meta:
        model = Customer
        fields: list[str] = []

    def by_email(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        """In lower case, as they are on file."""
        return rows.filter(emails__address=value.strip().lower())

    def by_phone(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        """Whatever stands between the digits."""
        digits = "".join(filter(str.isdigit, value))
        return rows.filter(Q(phone__endswith=digits) | Q(other_phone__endswith=digits)) if digits else rows.none()

    def by_words(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        """Each word stands somewhere."""
        for word in value.split()[:MOST_WORDS]:
            named = Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(company__icontains=word)
            rows = rows.filter(named)
        return rows


class AddressFilter(Strict):
    """Filters of /api/records/addresses/."""

    customer = Number(field_name="customer_id")
    postcode = filters.CharFilter()
    country = filters.CharFilter(lookup_expr="iexact")

    class Meta:
        model = Address
        fields: list[str] = []


class OrderFilter(Strict):
    """Filters of /api/records/orders/."""

    customer = Number(field_name="customer_id")
    reference = filters.CharFilter(lookup_expr="iexact")
    email = filters.CharFilter(lookup_expr="iexact")

    class Meta:
        model = Order
        fields: list[str] = []


class CartFilter(Strict):
    """Filters of /api/records/carts/."""

    customer = Number(field_name="customer_id")
    state = filters.MultipleChoiceFilter(choices=CartState.choices, help_text="May be given several times.")
    nameless = filters.BooleanFilter(field_name="customer", lookup_expr="isnull")
    email = filters.CharFilter(lookup_expr="iexact")

    class Meta:
        model = Cart
        fields: list[str] = []
