"""The shops that feed the desk, by program: names and links, their keys, what arrived. Supervisors only."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.desk import supervisor_of
from crm.api.filling import filled, save, typed
from crm.forms_shops import ShopForm
from crm.models import Shop, ShopTally


class ShopShape(serializers.ModelSerializer[Shop]):
    """A shop. Its key is never shown again: `token_hint` is how it ends."""

    class Meta:
        model = Shop
        fields = ["id", *ShopForm.Meta.fields, "token_hint", "heard_at", "created_at"]
        read_only_fields = ["token_hint", "heard_at", "created_at"]


class ShopKey(serializers.Serializer):
    """The new key of a shop, told this once."""

    token = serializers.CharField(read_only=True)


class ArrivedShape(serializers.Serializer):
    """How many objects of one kind came in the last seven days, and what became of them."""

    noun = serializers.CharField(read_only=True)
    written = serializers.IntegerField(read_only=True)
    unchanged = serializers.IntegerField(read_only=True)
    refused = serializers.IntegerField(read_only=True)
    deleted = serializers.IntegerField(read_only=True)


@extend_schema(methods=["GET"], summary="Shops (supervisors)", responses=ShopShape(many=True))
@extend_schema(methods=["POST"], summary="A new shop (supervisors)", request=ShopShape, responses={201: ShopShape})
@api_view(["GET", "POST"])
def shops(request: Request) -> Response:
    """A new one sends nothing before it has a key."""
    by = supervisor_of(request)
    if request.method == "GET":
        return Response(ShopShape(Shop.objects.all(), many=True).data)
    shop = save(filled(ShopForm, Shop(), typed(ShopShape, request.data)), by=by)
    return Response(ShopShape(shop).data, status=201)


@extend_schema(methods=["GET"], summary="One shop (supervisors)", responses=ShopShape)
@extend_schema(methods=["PATCH"], summary="Change a shop (supervisors)", request=ShopShape, responses=ShopShape)
@api_view(["GET", "PATCH"])
def shop(request: Request, shop_id: int) -> Response:
    """What is not named stays."""
    by, found = supervisor_of(request), get_object_or_404(Shop, pk=shop_id)
    if request.method == "PATCH":
        found = save(filled(ShopForm, found, typed(ShopShape, request.data)), by=by)
    return Response(ShopShape(found).data)


@extend_schema(methods=["POST"], summary="A new key for a shop (supervisors)", request=None, responses=ShopKey)
@extend_schema(methods=["DELETE"], summary="End the key of a shop (supervisors)", responses={204: None})
@api_view(["POST", "DELETE"])
def token(request: Request, shop_id: int) -> Response:
    """The key before ends at once."""
    supervisor_of(request)
    found = get_object_or_404(Shop, pk=shop_id)
    if request.method == "DELETE":
        found.end_token()
        return Response(status=204)
    return Response({"token": found.renew_token()}, headers={"Cache-Control": "no-store"})


@extend_schema(summary="What came from a shop (supervisors)", responses=ArrivedShape(many=True))
@api_view(["GET"])
def arrived(request: Request, shop_id: int) -> Response:
    """By kind of object."""
    supervisor_of(request)
    return Response(ArrivedShape(ShopTally.objects.sums(get_object_or_404(Shop, pk=shop_id)), many=True).data)
