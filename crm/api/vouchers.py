"""Vouchers of a customer: those that the shop told of, and those that the team gives."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import record_bodies as bodies
from crm.api import record_shapes as shapes
from crm.api.desk import agent_of, made, one, said
from crm.models import Voucher


@extend_schema(methods=["GET"], summary="Vouchers of a customer", responses=shapes.VoucherRecord(many=True))
@extend_schema(
    methods=["POST"],
    summary="Give a customer a voucher",
    request=bodies.GiftBody,
    responses={201: shapes.VoucherRecord},
)
@api_view(["GET", "POST"])
def vouchers(request: Request, customer_id: int) -> Response:
    """The newest 200. A voucher that is given is asked of the shop by the webhook `voucher.wanted`."""
    customer = one(customer_id)
    if request.method == "GET":
        return Response(shapes.VoucherRecord(customer.vouchers.all()[:200], many=True).data)
    terms = said(bodies.GiftBody, request)
    voucher = made(lambda: Voucher.objects.give(customer, by=agent_of(request), **terms))
    return Response(shapes.VoucherRecord(voucher).data, status=201)
