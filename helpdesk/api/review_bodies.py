"""What the API takes for the Friday review, and what it says of it."""

from typing import Any

from rest_framework import serializers

from accounts.models import Agent
from helpdesk.api.bodies import LONGEST
from helpdesk.api.shapes import AgentShape, ThreadShape
from helpdesk.models import BulkFollowUp, FollowUpRow, PredefinedReply, ReviewStep, SkipReason, Thread
from helpdesk.models.bulk_follow_up import MOST
from helpdesk.review.groups import groups_of


class Numbers(serializers.ListField):
    """Threads by their numbers."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST, **options)


class DelegationBody(serializers.Serializer):
    """Which threads, to whom, until which day."""

    threads = Numbers()
    to = serializers.PrimaryKeyRelatedField(queryset=Agent.objects.active())
    due_on = serializers.DateField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class BulkFollowUpBody(serializers.Serializer):
    """Which threads, and which predefined reply."""

    threads = Numbers()
    reply = serializers.PrimaryKeyRelatedField(queryset=PredefinedReply.objects.filter(contacts=None))


class ChaseBody(serializers.Serializer):
    """Whom to ask what, and when to be reminded; `enclose` sends the customer's last message along."""

    email = serializers.EmailField(max_length=255)
    text = serializers.CharField(max_length=LONGEST)
    until = serializers.DateTimeField()
    enclose = serializers.BooleanField(required=False, default=True)


class SkipBody(serializers.Serializer):
    """Why nothing has to be done this week."""

    reason = serializers.ChoiceField(choices=SkipReason.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class ForgottenShape(ThreadShape):
    """A thread that nobody followed up, and why it is listed, the most pressing first."""

    reasons = serializers.SerializerMethodField()

    class Meta(ThreadShape.Meta):
        fields = [*ThreadShape.Meta.fields, "reasons"]
        read_only_fields = fields

    def get_reasons(self, thread: Thread) -> list[str]:
        """Keys of groups."""
        return [one.key for one in groups_of(vars(thread))]


class ReviewShape(serializers.Serializer):
    """The numbers of a week: what is left, what is not listed and why, and what is left by group."""

    week = serializers.CharField()
    left = serializers.IntegerField()
    put_off = serializers.IntegerField()
    unwanted = serializers.IntegerField()
    given = serializers.IntegerField()
    by_group = serializers.DictField(child=serializers.IntegerField())


class DelegationShape(serializers.Serializer):
    """Threads that an agent follows up until a day: how many, and how many of them are left."""

    id = serializers.IntegerField(source="delegation.pk", read_only=True)
    to = AgentShape(source="delegation.to", read_only=True)
    by = AgentShape(source="delegation.by", read_only=True, allow_null=True)
    due_on = serializers.DateField(source="delegation.due_on", read_only=True)
    note = serializers.CharField(source="delegation.note", read_only=True)
    given = serializers.IntegerField(read_only=True)
    left = serializers.IntegerField(read_only=True)
    is_late = serializers.BooleanField(read_only=True)
    ended_at = serializers.DateTimeField(source="delegation.ended_at", read_only=True, allow_null=True)
    ended_by = AgentShape(source="delegation.ended_by", read_only=True, allow_null=True)


class FollowUpRowShape(serializers.ModelSerializer[FollowUpRow]):
    """How far it came in one thread, and the reason where it did not."""

    class Meta:
        model = FollowUpRow
        fields = ["thread", "state", "reason", "message"]
        read_only_fields = fields


class BulkFollowUpShape(serializers.ModelSerializer[BulkFollowUp]):
    """One follow-up in many threads. Nothing leaves before `not_before`."""

    by = serializers.CharField(read_only=True)
    progress = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    rows = FollowUpRowShape(many=True, read_only=True)

    class Meta:
        model = BulkFollowUp
        fields = ["id", "title", "reply", "by", "created_at", "not_before", "progress", "rows"]
        read_only_fields = fields


class StepShape(serializers.ModelSerializer[ReviewStep]):
    """What was done with a thread in the review of a week; `reason` in my language, unless it was typed."""

    reason = serializers.CharField(source="why", read_only=True)

    class Meta:
        model = ReviewStep
        fields = ["id", "thread", "week", "kind", "by", "at", "reason", "message"]
        read_only_fields = fields
