"""One person, several records: who it may be, merging, splitting again, telling apart."""

from django.core.exceptions import ObjectDoesNotExist
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import care_shapes as care
from crm.api import record_bodies as bodies
from crm.api.answers import Conflict
from crm.api.desk import agent_of, made, one, said
from crm.identity import alike


@extend_schema(summary="Who else a customer may be", responses=care.LikenessRecord(many=True))
@api_view(["GET"])
def likeness(request: Request, customer_id: int) -> Response:
    """The likeliest first, with reasons; nobody whom the team called somebody else."""
    return Response(care.LikenessRecord(alike(one(customer_id)), many=True).data)


@extend_schema(methods=["GET"], summary="What was merged into a customer", responses=care.MergeRecord(many=True))
@extend_schema(
    methods=["POST"],
    summary="Merge another record into this one",
    request=bodies.MergeBody,
    responses={201: care.MergeRecord},
)
@api_view(["GET", "POST"])
def merges(request: Request, customer_id: int) -> Response:
    """Everything moves here, and goes back with `split/` as long as `ends_at` says."""
    customer = one(customer_id)
    if request.method == "GET":
        rows = customer.merges.filter(undone_at=None).select_related("kept", "gone", "by")
        return Response(care.MergeRecord(rows, many=True).data)
    words = said(bodies.MergeBody, request)
    take = dict.fromkeys(words.get("take", ()), "gone")
    merge = made(lambda: customer.absorb(words["gone"], by=agent_of(request), take=take), field="gone")
    return Response(care.MergeRecord(merge).data, status=201)


@extend_schema(summary="Undo a merge", request=None, responses=care.MergeRecord)
@api_view(["POST"])
def split(request: Request, customer_id: int, merge_id: int) -> Response:
    """What it moved goes back. 409 once it is too late."""
    merge = get_object_or_404(one(customer_id).merges.select_related("kept", "gone", "by"), pk=merge_id)
    try:
        merge.split(by=agent_of(request))
    except (ValueError, ObjectDoesNotExist) as error:
        raise Conflict(str(error)) from error
    return Response(care.MergeRecord(merge).data)


@extend_schema(summary="Two customers are not the same person", request=bodies.OtherBody, responses={204: None})
@api_view(["POST"])
def different(request: Request, customer_id: int) -> Response:
    """They are not suggested again."""
    customer, other = one(customer_id), said(bodies.OtherBody, request)["other"]
    if customer != other:
        customer.differ_from(other, by=agent_of(request))
    return Response(status=204)
