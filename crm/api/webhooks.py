"""What a shop is told of, by program: addresses, secrets, the log of tellings. Supervisors only."""

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Agent
from crm.api.desk import Pages, checked, supervisor_of
from crm.api.filling import filled, save, typed
from crm.forms_shops import WebhookForm
from crm.models import Delivery, Happening, Shop, Webhook

HEARD = {"Cache-Control": "no-store"}


class WebhookShape(serializers.ModelSerializer[Webhook]):
    """An address that is told of events. `waiting` tellings have not arrived."""

    events = serializers.ListField(child=serializers.ChoiceField(choices=Happening.choices), max_length=20)
    waiting = serializers.IntegerField(read_only=True)

    class Meta:
        model = Webhook
        fields = ["id", "url", "events", "is_active", "waiting", "failing_since", "disabled_at", "created_at"]
        read_only_fields = ["failing_since", "disabled_at", "created_at"]
        extra_kwargs: ClassVar[dict[str, Any]] = {"url": {"validators": []}}  # the form says what the desk would call


class WebhookSecret(serializers.Serializer):
    """What signs the tellings from now on, told this once."""

    secret = serializers.CharField(read_only=True)


class WebhookMade(WebhookShape):
    """A new address with its secret."""

    secret = serializers.CharField(read_only=True)

    class Meta(WebhookShape.Meta):
        fields = [*WebhookShape.Meta.fields, "secret"]


class DeliveryShape(serializers.ModelSerializer[Delivery]):
    """One telling: what was sent (`body`), how often it was tried, what was answered."""

    class Meta:
        model = Delivery
        fields = ["id", "key", "event", "body", "state", "tries", "status", "answer", "trouble", "took_ms"]
        fields += ["created_at", "tried_at"]
        read_only_fields = fields


class WhichTellings(serializers.Serializer):
    """Of which tellings to read."""

    state = serializers.ChoiceField(choices=Delivery.State.choices, required=False)


def _webhooks(shop_id: int) -> QuerySet[Webhook]:
    return get_object_or_404(Shop, pk=shop_id).webhooks.with_waiting().order_by("pk")


def _one(shop_id: int, webhook_id: int) -> Webhook:
    return get_object_or_404(_webhooks(shop_id).select_related("shop"), pk=webhook_id)


@extend_schema(methods=["GET"], summary="Webhooks of a shop (supervisors)", responses=WebhookShape(many=True))
@extend_schema(
    methods=["POST"], summary="A new webhook (supervisors)", request=WebhookShape, responses={201: WebhookMade}
)
@api_view(["GET", "POST"])
def webhooks(request: Request, shop_id: int) -> Response:
    """The answer to a new one holds its secret."""
    by, known = supervisor_of(request), _webhooks(shop_id)
    if request.method == "GET":
        return Response(WebhookShape(known, many=True).data)
    said = typed(WebhookShape, request.data)
    with transaction.atomic():
        made = save(filled(WebhookForm, Webhook(shop_id=shop_id), said), by=by)
        secret = made.renew_secret()
        _switch(made, said, by=by)
    shown = WebhookShape(_one(shop_id, made.pk)).data
    return Response({**shown, "secret": secret}, status=201, headers=HEARD)


@extend_schema(methods=["GET"], summary="One webhook (supervisors)", responses=WebhookShape)
@extend_schema(
    methods=["PATCH"], summary="Change a webhook (supervisors)", request=WebhookShape, responses=WebhookShape
)
@extend_schema(methods=["DELETE"], summary="Delete a webhook with its log (supervisors)", responses={204: None})
@api_view(["GET", "PATCH", "DELETE"])
def webhook(request: Request, shop_id: int, webhook_id: int) -> Response:
    """`is_active` lets it rest; what waits meanwhile is sent when it is used again."""
    by, found = supervisor_of(request), _one(shop_id, webhook_id)
    if request.method == "DELETE":
        found.delete()
        return Response(status=204)
    if request.method == "PATCH":
        said = typed(WebhookShape, request.data)
        with transaction.atomic():
            save(filled(WebhookForm, found, said), by=by)
            _switch(found, said, by=by)
    return Response(WebhookShape(_one(shop_id, webhook_id)).data)


def _switch(found: Webhook, said: dict[str, Any], *, by: Agent) -> None:
    if said.get("is_active", found.is_active) != found.is_active:
        found.switch(on=said["is_active"], by=by)


@extend_schema(summary="A new secret for a webhook (supervisors)", request=None, responses=WebhookSecret)
@api_view(["POST"])
def secret(request: Request, shop_id: int, webhook_id: int) -> Response:
    """What leaves from now on is signed with it."""
    supervisor_of(request)
    return Response({"secret": _one(shop_id, webhook_id).renew_secret()}, headers=HEARD)


STATE = OpenApiParameter("state", str, enum=Delivery.State.values, description="Only tellings in this state.")
PAGING = [OpenApiParameter("limit", int), OpenApiParameter("offset", int)]


@extend_schema(
    summary="What a webhook was told (supervisors)", parameters=[STATE, *PAGING], responses=DeliveryShape(many=True)
)
@api_view(["GET"])
def tellings(request: Request, shop_id: int, webhook_id: int) -> Response:
    """The newest first."""
    supervisor_of(request)
    asked = checked(WhichTellings, request.query_params)
    rows, pages = _one(shop_id, webhook_id).deliveries.filter(**asked), Pages()
    page = pages.paginate_queryset(rows.order_by("-pk"), request)
    return pages.get_paginated_response(DeliveryShape(page, many=True).data)


@extend_schema(summary="Tell it once more (supervisors)", request=None, responses=DeliveryShape)
@api_view(["POST"])
def again(request: Request, shop_id: int, webhook_id: int, telling_id: int) -> Response:
    """The same words under the same id, now."""
    by, found = supervisor_of(request), _one(shop_id, webhook_id)
    sent = get_object_or_404(found.deliveries, pk=telling_id).send_again(by=by)
    return Response(DeliveryShape(sent).data)
