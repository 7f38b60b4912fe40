"""Customers, orders and carts for agents and their programs, by Mostrador's own numbers and with the pages' verbs."""

from typing import Any, cast

from django.core.exceptions import ValidationError as Invalid
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Agent
from crm.api import record_shapes as shapes
from crm.api.answers import Conflict
from crm.api.filters import CartFilter, CustomerFilter, OrderFilter
from crm.models import Cart, Customer, CustomerNote, Order
from crm.models.record import OutdatedError

NUMBER = "[0-9]{1,18}"


class Pages(LimitOffsetPagination):
    """50 rows at a time, at most 200."""

    default_limit = 50
    max_limit = 200


class Records(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Records of one kind, the newest first."""

    pagination_class = Pages
    lookup_value_regex = NUMBER


@extend_schema_view(list=extend_schema(summary="Orders"), retrieve=extend_schema(summary="One order"))
class Orders(Records):
    """Orders of all shops."""

    serializer_class = shapes.OrderRecord
    filterset_class = OrderFilter
    queryset = Order.objects.select_related("source").prefetch_related("lines", "states").order_by("-pk")


@extend_schema_view(list=extend_schema(summary="Carts"), retrieve=extend_schema(summary="One cart"))
class Carts(Records):
    """Carts of all shops."""

    serializer_class = shapes.CartRecord
    filterset_class = CartFilter
    queryset = Cart.objects.select_related("source").prefetch_related("lines").order_by("-pk")


def customers() -> QuerySet[Customer]:
    """Those that an agent sees, with all that a shape shows."""
    rows = Customer.objects.present().select_related("source", "group", "title", "household")
    return rows.prefetch_related("emails", "groups", "tags", "links").order_by("-pk")


@extend_schema_view(
    list=extend_schema(summary="Customers"),
    retrieve=extend_schema(summary="One customer"),
    create=extend_schema(summary="A new customer", request=shapes.RecordBody, responses={201: shapes.CustomerRecord}),
    partial_update=extend_schema(summary="Change a customer", request=shapes.RecordBody),
)
class Customers(Records):
    """Customers of all shops, neither in the bin nor erased."""

    serializer_class = shapes.CustomerRecord
    filterset_class = CustomerFilter
    queryset = Customer.objects.none()

    def get_queryset(self) -> QuerySet[Customer]:
        """Fresh for each call."""
        return customers()

    def create(self, request: Request) -> Response:
        """As the page does it."""
        values = said(request)
        values.pop("version", None)
        return shown(made(lambda: Customer.objects.add(values, by=agent_of(request))), status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """What is not named stays. With `version` only if nobody changed the record since: 409 otherwise."""
        customer, values = self.get_object(), said(request)
        version = values.pop("version", None)
        try:
            made(lambda: customer.edit(values, by=agent_of(request), version=version))
        except OutdatedError as error:
            raise Conflict(_("Somebody changed this record meanwhile: read it again.")) from error
        return shown(customer)


def agent_of(request: Request) -> Agent:
    """Who asks; only agents have accounts here."""
    return cast(Agent, request.user)


def said(request: Request) -> dict[str, Any]:
    """Checked values, in the verbs' words."""
    body = shapes.RecordBody(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def made(write: Any) -> Any:
    """What a verb returns; its refusals are said by field."""
    try:
        return write()
    except Invalid as error:
        raise ValidationError(error.message_dict) from error


def shown(customer: Customer, status: int = 200) -> Response:
    """The record as it is now."""
    return Response(shapes.CustomerRecord(customers().get(pk=customer.pk)).data, status=status)


def one(customer_id: int) -> Customer:
    """A customer that an agent sees; 404 for others."""
    return get_object_or_404(customers(), pk=customer_id)


@extend_schema(
    summary="Let a customer in, or keep them out", request=shapes.EnabledBody, responses=shapes.CustomerRecord
)
@api_view(["POST"])
def enabled(request: Request, customer_id: int) -> Response:
    """Their account; their mail arrives all the same."""
    customer, body = one(customer_id), shapes.EnabledBody(data=request.data)
    body.is_valid(raise_exception=True)
    verb = customer.enable if body.validated_data["is_active"] else customer.disable
    verb(by=agent_of(request))
    return shown(customer)


@extend_schema(summary="Say what a customer allows", request=shapes.ConsentBody, responses=shapes.CustomerRecord)
@api_view(["POST"])
def consents(request: Request, customer_id: int) -> Response:
    """What the team enters for somebody needs `detail`: who asked for what."""
    customer, body = one(customer_id), shapes.ConsentBody(data=request.data)
    body.is_valid(raise_exception=True)
    try:
        customer.set_consent(**body.validated_data, by=agent_of(request))
    except ValueError as error:
        raise ValidationError({"detail": [str(error)]}) from error
    return shown(customer)


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
    body = shapes.NoteText(data=request.data)
    body.is_valid(raise_exception=True)
    try:
        note = CustomerNote.objects.write(customer, body.validated_data["text"], by=agent_of(request))
    except ValueError as error:
        raise ValidationError({"text": [str(error)]}) from error
    return Response(shapes.NoteRecord(note).data, status=201)
