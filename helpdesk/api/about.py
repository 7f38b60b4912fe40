"""What a thread is about and who wrote it: subject, order, product, cart, customer."""

from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk import claims, senders
from helpdesk import context as shop
from helpdesk.api import bodies
from helpdesk.api.desk import Conflict, agent_of, checked, refused, thread_for, thread_to_change
from helpdesk.api.shapes import CandidateShape, ThreadShape
from helpdesk.api.threads import brief
from helpdesk.models import Thread
from helpdesk.panel import mentioned_in

CHOICES = 200  # newest orders of a customer that a thread may be about


@extend_schema(summary="Rename a thread", request=bodies.SubjectBody, responses=ThreadShape)
@api_view(["POST"])
def subject(request: Request, thread_id: int) -> Response:
    """Replies carry it from now on."""
    thread = thread_to_change(request, thread_id)
    thread.rename(checked(bodies.SubjectBody, request)["subject"], by=agent_of(request))
    return brief(request, thread)


@extend_schema(summary="Say what a thread is about", request=bodies.AboutBody, responses=ThreadShape)
@api_view(["POST"])
def about(request: Request, thread_id: int) -> Response:
    """An order or a cart of its customer, or an order that the messages name. A product brings its order along."""
    thread = thread_to_change(request, thread_id)
    targets = _targets(thread, checked(bodies.AboutBody, request))
    thread.link(by=agent_of(request), **targets)
    return brief(request, thread)


def _targets(thread: Thread, named: dict[str, Any]) -> dict[str, Any]:
    """The things themselves. Raises ValidationError for one that the thread cannot be about."""
    set_already = [thread.order] if thread.order else []
    orders = [*set_already, *shop.orders_of(thread.customer, limit=CHOICES), *mentioned_in(thread)] if named else []
    things: dict[str, list[Any]] = {"order": orders, "cart": shop.carts_of(thread.customer) if "cart" in named else []}
    things["product"] = [line for order in orders for line in order.lines.all()]
    found: dict[str, Any] = {}
    for name, number in named.items():
        found[name] = next((one for one in things[name] if one.pk == number), None)
        if number is not None and found[name] is None:
            raise ValidationError({name: [_("This thread cannot be about it: it is not the customer's.")]})
    line = found.get("product")
    if line is not None and found.setdefault("order", line.order) != line.order:
        raise ValidationError({"product": [_("This product is not in the order. Choose one of it.")]})
    if "order" in found and line is None and "product" not in found:
        found["product"] = None
    return found


@extend_schema(summary="Say who wrote", request=bodies.SenderBody, responses=ThreadShape)
@api_view(["POST"])
def customer(request: Request, thread_id: int) -> Response:
    """All threads from this address that belong to nobody become theirs. 409 for a thread that is somebody's."""
    thread, by = thread_to_change(request, thread_id), agent_of(request)
    if thread.customer_id is not None:
        raise Conflict(_("This thread belongs to a customer already."))
    words = checked(bodies.SenderBody, request)
    number = words.pop("customer", None)
    try:
        if number is not None:
            senders.recognise(thread, get_object_or_404(shop.people(), pk=number), by=by)
        else:
            address = words.pop("email") or thread.email
            senders.enter(thread, {**words, "emails": [address]}, by=by)
    except Invalid as error:
        said = error.message_dict
        raise ValidationError({{"emails": "email"}.get(name, name): said[name] for name in said}) from error
    return brief(request, thread)


@extend_schema(summary="Carts that a thread may be about", responses=CandidateShape(many=True))
@api_view(["GET"])
def candidates(request: Request, thread_id: int) -> Response:
    """Carts without an owner, the likeliest first, with reasons; none once it is known what the thread is about."""
    found = claims.candidates_of(thread_for(request, thread_id))
    return Response(CandidateShape(found, many=True).data)


@extend_schema(methods=["POST"], summary="The cart is theirs", request=bodies.CartNumberBody, responses=ThreadShape)
@extend_schema(methods=["DELETE"], summary="It was not theirs: take it back", responses=ThreadShape)
@api_view(["POST", "DELETE"])
def cart(request: Request, thread_id: int) -> Response:
    """One of the candidates gets the customer of the thread, a new guest if there is none. A cart that was not
    offered is a 404."""
    thread, by = thread_to_change(request, thread_id), agent_of(request)
    if request.method == "DELETE":
        claims.disclaim(thread, by=by)
        return brief(request, thread)
    try:
        claims.claim(thread, checked(bodies.CartNumberBody, request)["cart"], by=by)
    except LookupError as missing:
        raise Http404 from missing
    except ValueError as error:
        raise refused(error, field="cart") from error
    return brief(request, thread)


@extend_schema(summary="The cart is not theirs", request=bodies.CartNumberBody, responses={204: None})
@api_view(["POST"])
def refusals(request: Request, thread_id: int) -> Response:
    """It is not offered here, nor to this customer, again."""
    thread = thread_to_change(request, thread_id)
    try:
        claims.refuse(thread, checked(bodies.CartNumberBody, request)["cart"], by=agent_of(request))
    except LookupError as missing:
        raise Http404 from missing
    return Response(status=204)


@extend_schema(summary="It may be theirs after all", responses={204: None})
@api_view(["DELETE"])
def refusal(request: Request, thread_id: int, cart_id: int) -> Response:
    """The cart is offered again if it fits."""
    try:
        claims.reconsider(thread_to_change(request, thread_id), cart_id)
    except LookupError as missing:
        raise Http404 from missing
    return Response(status=204)
