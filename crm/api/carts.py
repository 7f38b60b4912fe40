"""Whose a cart is, as agents say it; the watch over carts that nobody has."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import care_shapes as care
from crm.api import record_bodies as bodies
from crm.api import record_shapes as shapes
from crm.api.answers import Conflict
from crm.api.desk import agent_of, checked, said
from crm.matching.owners import key_of, owners_of
from crm.models import Cart, CartMatch, CartWatch, Outcome

CUSTOMER = OpenApiParameter("customer", int, required=True, description="Whom the refusal was about.")
NOTE = OpenApiParameter("note", str, description="How it went back.")


def _cart(cart_id: int) -> Cart:
    """Any agent sees any cart."""
    carts = Cart.objects.select_related("customer", "source", "order").prefetch_related("lines")
    return get_object_or_404(carts, pk=cart_id)


def _shown(cart_id: int) -> Response:
    return Response(shapes.CartRecord(_cart(cart_id)).data)


@extend_schema(summary="Whose a cart may be", responses=care.OwnerRecord(many=True))
@api_view(["GET"])
def owners(request: Request, cart_id: int) -> Response:
    """The likeliest customers, with reasons; none for a cart that somebody has."""
    cart = _cart(cart_id)
    found = owners_of(cart) if cart.customer_id is None else []
    return Response(care.OwnerRecord(found, many=True).data)


@extend_schema(
    methods=["POST"], summary="It is this customer's cart", request=bodies.OwnerBody, responses=shapes.CartRecord
)
@extend_schema(methods=["DELETE"], summary="It is nobody's again", responses=shapes.CartRecord)
@api_view(["POST", "DELETE"])
def owner(request: Request, cart_id: int) -> Response:
    """409 for a cart that is somebody else's, and for taking away what the shop said."""
    cart, by = _cart(cart_id), agent_of(request)
    if request.method == "DELETE":
        if not cart.unlink(by=by):
            raise Conflict(bodies.SHOP_SAYS)
        return _shown(cart_id)
    customer = said(bodies.OwnerBody, request)["customer"]
    likely = next((one for one in owners_of(cart) if one.customer == customer), None)
    try:
        cart.link(customer, by=by, reasons=[one.sentence for one in likely.reasons if one.fits] if likely else [])
    except ValueError as error:
        raise Conflict(str(error)) from error
    return _shown(cart_id)


@extend_schema(
    methods=["POST"], summary="It is not this customer's cart", request=bodies.OwnerBody, responses={204: None}
)
@extend_schema(methods=["DELETE"], summary="It may be after all", parameters=[CUSTOMER], responses={204: None})
@api_view(["POST", "DELETE"])
def refusals(request: Request, cart_id: int) -> Response:
    """Who is refused is not offered again, until that is taken back (DELETE with `?customer=`)."""
    cart = _cart(cart_id)
    named = request.query_params if request.method == "DELETE" else request.data
    customer = checked(bodies.OwnerBody, named)["customer"]
    if request.method == "DELETE":
        CartMatch.objects.take_back(cart, key_of(customer), customer=customer.pk)
    else:
        CartMatch.objects.refuse(cart, key_of(customer), customer=customer.pk, by=agent_of(request))
    return Response(status=204)


@extend_schema(
    methods=["POST"],
    summary="Watch a cart, or go on watching it",
    request=bodies.WatchBody,
    responses=care.WatchRecord,
)
@extend_schema(
    methods=["DELETE"],
    summary="The money went back: watch a cart no more",
    parameters=[NOTE],
    responses=care.WatchRecord,
)
@api_view(["POST", "DELETE"])
def watch(request: Request, cart_id: int) -> Response:
    """Until somebody writes whom it fits. `alerts`: whether the team hears of it."""
    cart = _cart(cart_id)
    if request.method == "POST":
        alerts = said(bodies.WatchBody, request)["alerts"]
        CartWatch.objects.begin([cart])
        CartWatch.objects.reopen(cart)
        cart.watches.get().set_alerts(alerts)
    else:
        note = request.query_params.get("note", "")
        CartWatch.objects.settle(cart, by=agent_of(request), outcome=Outcome.REFUNDED, note=note)
    return Response(care.WatchRecord(get_object_or_404(cart.watches.all())).data)
