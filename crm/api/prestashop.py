"""A shop's PrestaShop connection: how far it is, and trying, importing, pausing it. Supervisors only."""

from django.core.exceptions import ValidationError as Invalid
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.answers import Conflict
from crm.api.desk import said, supervisor_of
from crm.models import PrestaShop, PrestaShopStep

PAUSE, RESUME = "pause", "resume"
ASKED = [PrestaShop.Task.TRIAL.value, PrestaShop.Task.IMPORT.value, PrestaShop.Task.SYNC.value]


class ImportStepShape(serializers.ModelSerializer[PrestaShopStep]):
    """One kind of object in one task: how many were seen, and what became of them."""

    class Meta:
        model = PrestaShopStep
        fields = ["task", "resource", "seen", "created", "changed", "unchanged", "refused", "problems", "done_at"]
        read_only_fields = fields


class ConnectionShape(serializers.ModelSerializer[PrestaShop]):
    """What it does now (`task`), and how far each kind of object came. The key is never shown."""

    steps = ImportStepShape(many=True, read_only=True)

    class Meta:
        model = PrestaShop
        fields = ["address", "version", "task", "is_paused", "imported_at", "problem", "problem_at", "steps"]
        read_only_fields = fields


class TaskBody(serializers.Serializer):
    """`trial` writes nothing; `import` takes everything; `sync` looks for changes now; `pause` and `resume`."""

    do = serializers.ChoiceField(choices=[*ASKED, PAUSE, RESUME])


@extend_schema(methods=["GET"], summary="A shop's PrestaShop (supervisors)", responses=ConnectionShape)
@extend_schema(
    methods=["POST"], summary="Try, import or pause it (supervisors)", request=TaskBody, responses=ConnectionShape
)
@api_view(["GET", "POST"])
def connection(request: Request, shop_id: int) -> Response:
    """404 without a connection. 409 for changes of a shop that was not imported."""
    supervisor_of(request)
    found = get_object_or_404(PrestaShop.objects.prefetch_related("steps"), shop=shop_id)
    if request.method == "POST":
        _do(found, said(TaskBody, request)["do"])
        found = PrestaShop.objects.prefetch_related("steps").get(pk=found.pk)
    return Response(ConnectionShape(found).data)


def _do(found: PrestaShop, wanted: str) -> None:
    if wanted in (PAUSE, RESUME):
        (found.pause if wanted == PAUSE else found.resume)()
        return
    try:
        found.ask(wanted)
    except Invalid as refusal:
        raise Conflict(refusal.messages[0]) from refusal
