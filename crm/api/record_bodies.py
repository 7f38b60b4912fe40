"""What agents' programs say of records, checked field by field; customers, groups and carts by Mostrador's numbers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.api import fields as f
from crm.api.filters import MOST_NUMBER
from crm.models import (
    TONES,
    Customer,
    CustomerGroup,
    Household,
    PriceDisplay,
    PrivacyRequest,
    SocialTitle,
    Tone,
)
from crm.models.bulk_change import BATCH
from crm.models.group import LONGEST_NAME
from crm.models.merging import CHOICES
from crm.models.tag import TAG_LENGTH

MOST_TAGS = 20
NAME_IT = _("Enter a name in one language at least.")
SHOP_SAYS = _("The shop says whose cart this is; that cannot be undone here.")


class Person(serializers.PrimaryKeyRelatedField):
    """A customer by number; those in the bin, erased or merged do not exist."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Customer.objects.present(), **options)


class TagWords(serializers.ListField):
    """Names of tags."""

    def __init__(self, **options: Any) -> None:
        word = serializers.CharField(max_length=TAG_LENGTH)
        super().__init__(child=word, max_length=MOST_TAGS, required=False, default=list, **options)


class TaggingBody(serializers.Serializer):
    """Tags to put on and to take off; new words become tags. Others stay."""

    add = TagWords()
    remove = TagWords()


class ToneBody(serializers.Serializer):
    """The colour of a tag, wherever it is shown; an empty word is grey."""

    tone = serializers.ChoiceField(choices=list(TONES.items()), allow_blank=True)


class MembershipBody(serializers.Serializer):
    """A group to belong to."""

    group = serializers.PrimaryKeyRelatedField(queryset=CustomerGroup.objects.all())


class SharingBody(serializers.Serializer):
    """A shared account to enter, or the `name` of a new one."""

    household = serializers.PrimaryKeyRelatedField(queryset=Household.objects.all(), required=False, allow_null=True)
    name = f.Text(120)
    note = f.Text(255)


class HouseholdBody(serializers.Serializer):
    """What a shared account is called, and what it is for."""

    name = serializers.CharField(max_length=120)
    note = f.Text(255)


class MergeBody(serializers.Serializer):
    """The record that becomes part of this one. `take` names what is its own that shall stay."""

    gone = Person()
    take = serializers.MultipleChoiceField(choices=list(CHOICES), required=False)


class OtherBody(serializers.Serializer):
    """Another customer."""

    other = Person()


class PinBody(serializers.Serializer):
    """Whether a note is shown beside the customer's threads."""

    is_pinned = serializers.BooleanField()


class GiftBody(serializers.Serializer):
    """A voucher: `percent`, or `amount` with `currency`. Without `code` there is a new one."""

    code = f.Text(64)
    name = f.Text(255)
    percent = f.Percent(allow_null=True)
    amount = f.Money(allow_null=True)
    currency = f.Currency()
    quantity = f.Whole(1, 10_000)
    valid_until = f.Moment(future=True, allow_null=True)


class CopyBody(serializers.Serializer):
    """Whether the team's own notes are part of the copy."""

    private = serializers.BooleanField(required=False, default=False)


class ErasureBody(serializers.Serializer):
    """The customer's number once more, as on the page: this cannot be undone."""

    code = serializers.CharField(max_length=20)


class AskedBody(serializers.Serializer):
    """What a customer asked for, and when."""

    customer = Person()
    kind = serializers.ChoiceField(choices=PrivacyRequest.Kind.choices)
    received_on = serializers.DateField()
    words = f.Text(255)


class ChangeBody(serializers.Serializer):
    """Up to 1,000 customers at once. `tag` needs `add` or `remove`, `group` needs `group`; supervisors `delete`."""

    do = serializers.ChoiceField(choices=["enable", "disable", "tag", "group", "delete"])
    customers = serializers.ListField(child=f.Whole(1, MOST_NUMBER), allow_empty=False, max_length=BATCH)
    add = TagWords()
    remove = TagWords()
    group = serializers.PrimaryKeyRelatedField(queryset=CustomerGroup.objects.all(), required=False)

    def validate_customers(self, ids: list[int]) -> list[int]:
        """All of them are there."""
        known = set(Customer.objects.present().filter(pk__in=ids).values_list("pk", flat=True))
        if unknown := sorted(set(ids) - known):
            raise serializers.ValidationError(_("There is no customer %(id)s.") % {"id": unknown[0]})
        return ids

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What a change needs."""
        if attrs["do"] == "tag" and not attrs["add"] + attrs["remove"]:
            raise serializers.ValidationError({"add": [_("Write the name of a tag.")]})
        if attrs["do"] == "group" and "group" not in attrs:
            raise serializers.ValidationError({"group": [_("Choose a group.")]})
        return attrs


class HomeBody(serializers.Serializer):
    """A postal address; `customer` is said once, for a new one."""

    alias = f.Text(64)
    first_name = f.Text(255)
    last_name = f.Text(255)
    company = f.Text(255)
    tax_number = f.Text(32)
    identity_number = f.Text(32)
    line1 = serializers.CharField(max_length=255, required=False)
    line2 = f.Text(255)
    postcode = f.Text(16)
    city = serializers.CharField(max_length=128, required=False)
    state = f.Text(64)
    country = f.Country()
    phone = f.Text(32)
    mobile = f.Text(32)
    other = f.Text(300)
    for_delivery = f.Yes()
    for_invoice = f.Yes()


class NewHomeBody(HomeBody):
    """A new postal address of a customer."""

    customer = Person()


class ByLanguage(serializers.DictField):
    """Words by language, such as {"en": ..., "es": ...}."""

    def __init__(self, max_length: int, **options: Any) -> None:
        words = serializers.CharField(max_length=max_length, allow_blank=True)
        super().__init__(child=words, required=False, **options)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """By codes of languages only."""
        words: dict[str, str] = super().to_internal_value(data)
        if any(f.LANGUAGE.fullmatch(language) is None for language in words):
            raise serializers.ValidationError(f.Language.sentence)
        return words


class MembersBody(serializers.Serializer):
    """A customer group."""

    names = ByLanguage(LONGEST_NAME)
    description = f.Text(160)
    discount = f.Percent()
    price_display = serializers.ChoiceField(choices=PriceDisplay.choices, required=False)
    show_prices = f.Yes()
    badge = f.Text(24)
    tone = serializers.ChoiceField(choices=Tone.choices, required=False, allow_blank=True)
    answer_hours = f.Whole(1, 10_000, allow_null=True)
    category_discounts = serializers.DictField(child=f.Percent(), required=False)


class TitleBody(serializers.Serializer):
    """A social title."""

    names = ByLanguage(20)
    kind = serializers.ChoiceField(choices=SocialTitle.Kind.choices, required=False)
    symbol = f.Text(8)
    salutations = ByLanguage(80)


class OwnerBody(serializers.Serializer):
    """Whose a cart is, or is not."""

    customer = Person()


class WatchBody(serializers.Serializer):
    """Whether the team hears of letters that fit a cart."""

    alerts = serializers.BooleanField(required=False, default=True)
