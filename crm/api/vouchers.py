"""Vouchers of a customer: those that the shop told of, and those that the team gives."""

from django.shortcuts import get_object_or_404
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


@extend_schema(summary="Withdraw a voucher", request=None, responses=shapes.VoucherRecord)
@api_view(["POST"])
def withdrawal(request: Request, customer_id: int, voucher_id: int) -> Response:
    """The shop is asked by the webhook `voucher.withdrawn`. Doing it twice changes nothing; 400 if it was used up."""
    voucher = get_object_or_404(one(customer_id).vouchers, pk=voucher_id)
    made(lambda: voucher.withdraw(by=agent_of(request)))
    return Response(shapes.VoucherRecord(voucher).data)
