"""What agents read of what the team does with records: tags, shared accounts, merges, watches, stories, requests."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.api.record_shapes import Author
from crm.models import BulkChange, CartWatch, Customer, CustomerMerge, CustomerTag, Household, PrivacyRequest


class TagRecord(serializers.ModelSerializer[CustomerTag]):
    """A tag of customers."""

    class Meta:
        model = CustomerTag
        fields = ["id", "name", "tone"]
        read_only_fields = fields


class PersonName(serializers.ModelSerializer[Customer]):
    """A customer's number and name."""

    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = Customer
        fields = ["id", "name"]
        read_only_fields = fields


class HouseholdRecord(serializers.ModelSerializer[Household]):
    """An account for several people."""

    people = serializers.SerializerMethodField()

    class Meta:
        model = Household
        fields = ["id", "name", "note", "people"]
        read_only_fields = fields

    @extend_schema_field(PersonName(many=True))
    def get_people(self, household: Household) -> Any:
        """Those on file."""
        rows = Customer.objects.present().filter(household=household).prefetch_related("emails").order_by("pk")
        return PersonName(rows, many=True).data


class ReasonRecord(serializers.Serializer):
    """One thing that speaks for it, or against it."""

    fits = serializers.BooleanField(read_only=True)
    sentence = serializers.CharField(read_only=True)


class LikenessRecord(serializers.Serializer):
    """Somebody who may be the same person."""

    customer = PersonName(read_only=True)
    sure = serializers.CharField(read_only=True, help_text="high, medium or low")
    reasons = ReasonRecord(source="signs", many=True, read_only=True)


class OwnerRecord(serializers.Serializer):
    """Somebody whose cart it may be."""

    customer = PersonName(read_only=True)
    sure = serializers.CharField(read_only=True, help_text="high, medium or low")
    reasons = ReasonRecord(many=True, read_only=True)


class WatchRecord(serializers.ModelSerializer[CartWatch]):
    """That somebody is expected to ask for a cart."""

    class Meta:
        model = CartWatch
        fields = ["id", "cart", "opened_at", "due_on", "alerts", "fired_at", "closed_at", "outcome", "note"]
        read_only_fields = fields


class MergeRecord(serializers.ModelSerializer[CustomerMerge]):
    """A merge, and until when it can be undone."""

    by = Author(read_only=True, allow_null=True)
    ends_at = serializers.DateTimeField(read_only=True)
    may_split = serializers.BooleanField(read_only=True)

    class Meta:
        model = CustomerMerge
        fields = ["id", "kept", "gone", "by", "at", "ends_at", "may_split", "undone_at"]
        read_only_fields = fields


class StoryRecord(serializers.Serializer):
    """One line of a record's story."""

    at = serializers.DateTimeField(read_only=True)
    kind = serializers.CharField(read_only=True, help_text="changes, access, consents or exports")
    what = serializers.CharField(read_only=True)
    by = Author(read_only=True, allow_null=True)
    detail = serializers.CharField(read_only=True)
    old = serializers.CharField(read_only=True)
    new = serializers.CharField(read_only=True)
    ip = serializers.SerializerMethodField()

    def get_ip(self, entry: Any) -> str:
        """For supervisors."""
        return str(entry.ip) if self.context.get("sees_ip") else ""


class AskedRecord(serializers.ModelSerializer[PrivacyRequest]):
    """What a customer asked for, and by when the law wants an answer."""

    due_on = serializers.DateField(read_only=True)
    is_late = serializers.BooleanField(read_only=True)

    class Meta:
        model = PrivacyRequest
        fields = ["id", "customer", "kind", "received_on", "due_on", "is_late", "words", "done_at"]
        read_only_fields = fields


class ChangeRecord(serializers.ModelSerializer[BulkChange]):
    """A change of many customers."""

    by = Author(read_only=True, allow_null=True)
    may_be_undone = serializers.BooleanField(read_only=True)

    class Meta:
        model = BulkChange
        fields = ["id", "kind", "count", "by", "at", "undone_at", "may_be_undone"]
        read_only_fields = fields
