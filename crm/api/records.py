"""Customers, orders and carts for agents and their programs, by Mostrador's own numbers and with the pages' verbs."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import record_shapes as shapes
from crm.api.answers import Conflict
from crm.api.desk import Records, agent_of, customers, made, one, said, shown, supervisor_of
from crm.api.filters import CartFilter, CustomerFilter, OrderFilter
from crm.models import Cart, CartIsOrdered, Customer, Order
from crm.models.ending import HasOrdersError
from crm.models.record import OutdatedError


@extend_schema_view(list=extend_schema(summary="Orders"), retrieve=extend_schema(summary="One order"))
class Orders(Records):
    """Orders of all shops."""

    serializer_class = shapes.OrderRecord
    filterset_class = OrderFilter
    queryset = Order.objects.select_related("source").prefetch_related("lines", "states").order_by("-pk")


@extend_schema_view(
    list=extend_schema(summary="Carts"),
    retrieve=extend_schema(summary="One cart"),
    destroy=extend_schema(summary="Delete a cart that made no order", responses={204: None}),
)
class Carts(Records):
    """Carts of all shops."""

    serializer_class = shapes.CartRecord
    filterset_class = CartFilter
    queryset = Cart.objects.select_related("source").prefetch_related("lines").order_by("-pk")

    def destroy(self, request: Request, pk: str) -> Response:
        """For good. 409 for a cart that became an order: it explains an invoice."""
        try:
            self.get_object().discard(by=agent_of(request))
        except CartIsOrdered as error:
            raise Conflict(str(error)) from error
        return Response(status=204)


@extend_schema_view(
    list=extend_schema(summary="Customers"),
    retrieve=extend_schema(summary="One customer"),
    create=extend_schema(summary="A new customer", request=shapes.RecordBody, responses={201: shapes.CustomerRecord}),
    partial_update=extend_schema(summary="Change a customer", request=shapes.RecordBody),
    destroy=extend_schema(summary="Put a customer into the bin (supervisors)", responses={204: None}),
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
        values = said(shapes.RecordBody, request)
        values.pop("version", None)
        return shown(made(lambda: Customer.objects.add(values, by=agent_of(request))), status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """What is not named stays. With `version` only if nobody changed the record since: 409 otherwise."""
        customer, values = self.get_object(), said(shapes.RecordBody, request)
        version = values.pop("version", None)
        try:
            made(lambda: customer.edit(values, by=agent_of(request), version=version))
        except OutdatedError as error:
            raise Conflict(_("Somebody changed this record meanwhile: read it again.")) from error
        return shown(customer)

    def destroy(self, request: Request, pk: str) -> Response:
        """Out of everybody's sight, for some days; their threads stay. 409 for a customer with orders."""
        by, customer = supervisor_of(request), self.get_object()
        try:
            customer.trash(by=by)
        except HasOrdersError as error:
            raise Conflict(str(error)) from error
        return Response(status=204)


@extend_schema(
    summary="Let a customer in, or keep them out", request=shapes.EnabledBody, responses=shapes.CustomerRecord
)
@api_view(["POST"])
def enabled(request: Request, customer_id: int) -> Response:
    """Their account; their mail arrives all the same."""
    customer = one(customer_id)
    verb = customer.enable if said(shapes.EnabledBody, request)["is_active"] else customer.disable
    verb(by=agent_of(request))
    return shown(customer)


@extend_schema(summary="Say what a customer allows", request=shapes.ConsentBody, responses=shapes.CustomerRecord)
@api_view(["POST"])
def consents(request: Request, customer_id: int) -> Response:
    """What the team enters for somebody needs `detail`: who asked for what."""
    customer, words = one(customer_id), said(shapes.ConsentBody, request)
    made(lambda: customer.set_consent(**words, by=agent_of(request)), field="detail")
    return shown(customer)
