"""How a record ends: a copy of everything, out of the bin, erased for good, what customers asked for. And its story."""

from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm import history
from crm.api import care_shapes as care
from crm.api import record_bodies as bodies
from crm.api import record_shapes as shapes
from crm.api.answers import Conflict
from crm.api.desk import agent_of, made, one, said, shown, supervisor_of
from crm.copying import archive_of
from crm.models import Customer, PrivacyRequest

MOST = 200


@extend_schema(summary="Out of the bin (supervisors)", request=None, responses=shapes.CustomerRecord)
@api_view(["POST"])
def restoration(request: Request, customer_id: int) -> Response:
    """409 once the days for it are over, or somebody else has the e-mail."""
    by = supervisor_of(request)
    customer = get_object_or_404(Customer.objects.in_bin(), pk=customer_id)
    try:
        customer.restore(by=by)
    except ValueError as error:
        raise Conflict(str(error)) from error
    return shown(customer)


@extend_schema(summary="Erase a person for good (supervisors)", request=bodies.ErasureBody, responses={204: None})
@api_view(["POST"])
def erasure(request: Request, customer_id: int) -> Response:
    """Orders, carts and figures stay without the person. It cannot be undone."""
    by = supervisor_of(request)
    customer = get_object_or_404(Customer.objects.filter(erased_at=None), pk=customer_id)
    if said(bodies.ErasureBody, request)["code"].strip() != str(customer.pk):
        raise ValidationError({"code": [_("Type the customer's number.")]})
    customer.erase(by=by)
    return Response(status=204)


@extend_schema(
    summary="Everything about a person (supervisors)",
    request=bodies.CopyBody,
    responses={(200, "application/zip"): OpenApiTypes.BINARY},
)
@api_view(["POST"])
def copy(request: Request, customer_id: int) -> Any:
    """An archive: data for programs, a page for people, the files of messages. Written down in the record's story."""
    by = supervisor_of(request)
    customer = get_object_or_404(Customer.objects.filter(erased_at=None), pk=customer_id)
    archive = archive_of(customer, private=said(bodies.CopyBody, request)["private"], by=by)
    return FileResponse(archive, as_attachment=True, filename=f"customer-{customer.pk}.zip")


@extend_schema(summary="The story of a record", responses=care.StoryRecord(many=True))
@api_view(["GET"])
def story(request: Request, customer_id: int) -> Response:
    """The newest 200 entries: who changed what. IP addresses are for supervisors."""
    told = history.story_of(one(customer_id))[:MOST]
    context = {"sees_ip": agent_of(request).is_supervisor}
    return Response(care.StoryRecord(told, many=True, context=context).data)


@extend_schema(methods=["GET"], summary="What customers asked for (supervisors)", responses=care.AskedRecord(many=True))
@extend_schema(
    methods=["POST"],
    summary="Write down what a customer asked for (supervisors)",
    request=bodies.AskedBody,
    responses={201: care.AskedRecord},
)
@api_view(["GET", "POST"])
def requests(request: Request) -> Response:
    """A copy of their data, or that it is erased. GET shows those without an answer, the most urgent first."""
    by = supervisor_of(request)
    if request.method == "GET":
        rows = PrivacyRequest.objects.open().select_related("customer")[:MOST]
        return Response(care.AskedRecord(rows, many=True).data)
    words = said(bodies.AskedBody, request)
    customer = words.pop("customer")
    row = made(lambda: PrivacyRequest.objects.note(customer, words.pop("kind"), by=by, **words), field="received_on")
    return Response(care.AskedRecord(row).data, status=201)


@extend_schema(summary="A request is answered (supervisors)", request=None, responses=care.AskedRecord)
@api_view(["POST"])
def answered(request: Request, request_id: int) -> Response:
    """Doing it twice changes nothing."""
    by, row = supervisor_of(request), get_object_or_404(PrivacyRequest, pk=request_id)
    row.finish(by=by)
    row.refresh_from_db()
    return Response(care.AskedRecord(row).data)
