"""What is due in a thread, and why."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.desk import thread_for
from helpdesk.clocks import told
from helpdesk.models import Metric


class DueStepShape(serializers.Serializer):
    """A stretch of time: counted or not, how many seconds of it, and how many are left behind it."""

    begin = serializers.DateTimeField(read_only=True)
    end = serializers.DateTimeField(read_only=True)
    counts = serializers.BooleanField(read_only=True)
    seconds = serializers.IntegerField(read_only=True)
    left = serializers.IntegerField(read_only=True)
    is_stop = serializers.BooleanField(read_only=True, help_text="The clock stood still, whoever was there.")
    holiday = serializers.CharField(source="name", read_only=True)


class DueShape(serializers.Serializer):
    """One clock of a thread. `due_at` is null while it stands still with time left."""

    metric = serializers.ChoiceField(choices=Metric.choices, source="deadline.metric", read_only=True)
    target = serializers.IntegerField(source="deadline.target_id", read_only=True, allow_null=True)
    began_at = serializers.DateTimeField(source="deadline.began_at", read_only=True)
    seconds = serializers.IntegerField(source="deadline.seconds", read_only=True)
    due_at = serializers.DateTimeField(source="explanation.due", read_only=True, allow_null=True)
    is_stopped = serializers.BooleanField(source="explanation.is_stopped", read_only=True)
    sentence = serializers.CharField(source="explanation.sentence", read_only=True)
    steps = DueStepShape(source="explanation.steps", many=True, read_only=True)


@extend_schema(summary="What is due in a thread, and why", responses=DueShape(many=True))
@api_view(["GET"])
def due(request: Request, thread_id: int) -> Response:
    """Each clock that runs or stands still, what is due first on top."""
    return Response(DueShape(told(thread_for(request, thread_id)), many=True).data)
