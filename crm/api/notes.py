"""Notes about a customer: private, dated, one of them pinned."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import record_bodies as bodies
from crm.api import record_shapes as shapes
from crm.api.desk import agent_of, made, one, said
from crm.models import CustomerNote


@extend_schema(methods=["GET"], summary="Notes about a customer", responses=shapes.NoteRecord(many=True))
@extend_schema(
    methods=["POST"],
    summary="Write a note about a customer",
    request=shapes.NoteText,
    responses={201: shapes.NoteRecord},
)
@api_view(["GET", "POST"])
def notes(request: Request, customer_id: int) -> Response:
    """Customers never see them."""
    customer = one(customer_id)
    if request.method == "GET":
        return Response(shapes.NoteRecord(customer.notes.select_related("author"), many=True).data)
    text = said(shapes.NoteText, request)["text"]
    note = made(lambda: CustomerNote.objects.write(customer, text, by=agent_of(request)), field="text")
    return Response(shapes.NoteRecord(note).data, status=201)


@extend_schema(
    methods=["PATCH"], summary="Pin a note, or unpin it", request=bodies.PinBody, responses=shapes.NoteRecord
)
@extend_schema(methods=["DELETE"], summary="Take a note away for good", responses={204: None})
@api_view(["PATCH", "DELETE"])
def note(request: Request, customer_id: int, note_id: int) -> Response:
    """One note is pinned at most. Only who wrote a note, or a supervisor, takes it away: 403 for others."""
    found = get_object_or_404(one(customer_id).notes.select_related("author", "customer"), pk=note_id)
    if request.method == "PATCH":
        change = found.pin if said(bodies.PinBody, request)["is_pinned"] else found.unpin
        change()
        return Response(shapes.NoteRecord(found).data)
    try:
        found.remove(by=agent_of(request))
    except PermissionError as error:
        raise PermissionDenied(str(error)) from error
    return Response(status=204)
