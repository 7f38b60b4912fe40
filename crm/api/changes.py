"""One change of many customers, and taking it back."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Agent
from crm.api import care_shapes as care
from crm.api import record_bodies as bodies
from crm.api.answers import Conflict
from crm.api.desk import agent_of, made, said, supervisor_of
from crm.models import BulkChange, Customer

Do = Callable[[QuerySet[Customer], dict[str, Any], Agent], BulkChange]
DOING: dict[str, Do] = {
    "enable": lambda rows, _words, by: BulkChange.objects.set_active(rows, True, by=by),
    "disable": lambda rows, _words, by: BulkChange.objects.set_active(rows, False, by=by),
    "tag": lambda rows, words, by: BulkChange.objects.retag(rows, add=words["add"], remove=words["remove"], by=by),
    "group": lambda rows, words, by: BulkChange.objects.add_to_group(rows, words["group"], by=by),
    "delete": lambda rows, _words, by: BulkChange.objects.delete_customers(rows, by=by),
}
SHOWN = 50


@extend_schema(methods=["GET"], summary="The last changes of many customers", responses=care.ChangeRecord(many=True))
@extend_schema(
    methods=["POST"],
    summary="Change many customers at once",
    request=bodies.ChangeBody,
    responses={201: care.ChangeRecord},
)
@api_view(["GET", "POST"])
def changes(request: Request) -> Response:
    """`count` is how many were not so already. It can be undone for 30 days."""
    if request.method == "GET":
        return Response(care.ChangeRecord(BulkChange.objects.select_related("by")[:SHOWN], many=True).data)
    words = said(bodies.ChangeBody, request)
    by = supervisor_of(request) if words["do"] == "delete" else agent_of(request)
    rows = Customer.objects.present().filter(pk__in=words["customers"])
    change = made(lambda: DOING[words["do"]](rows, words, by), field="add")
    return Response(care.ChangeRecord(change).data, status=201)


@extend_schema(summary="Undo a change of many customers", request=None, responses=care.ChangeRecord)
@api_view(["POST"])
def undo(request: Request, change_id: int) -> Response:
    """For those whom nobody changed since: `count` is how many. 409 where it is too late."""
    change = get_object_or_404(BulkChange, pk=change_id)
    by = supervisor_of(request) if change.kind == BulkChange.Kind.DELETED else agent_of(request)
    try:
        count = change.undo(by=by)
    except ValueError as error:
        raise Conflict(str(error)) from error
    change.refresh_from_db()
    change.count = count
    return Response(care.ChangeRecord(change).data)
