"""Postal addresses, for agents and their programs."""

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import record_bodies as bodies
from crm.api import record_shapes as shapes
from crm.api.desk import Records, agent_of, made, said
from crm.api.filters import AddressFilter
from crm.models import Address


@extend_schema_view(
    list=extend_schema(summary="Addresses"),
    retrieve=extend_schema(summary="One address"),
    create=extend_schema(summary="A new address", request=bodies.NewHomeBody, responses={201: shapes.AddressRecord}),
    partial_update=extend_schema(summary="Change an address", request=bodies.HomeBody),
    destroy=extend_schema(summary="Put an address into the bin", responses={204: None}),
    restoration=extend_schema(summary="Out of the bin", request=None),
)
class Addresses(Records):
    """Addresses of customers on file. Orders keep copies of their own: what changes here changes none of them."""

    serializer_class = shapes.AddressRecord
    filterset_class = AddressFilter
    queryset = Address.objects.present().order_by("-pk")

    def create(self, request: Request) -> Response:
        """As the page does it: what the country and the team ask for is said by field."""
        values = said(bodies.NewHomeBody, request)
        customer = values.pop("customer")
        address = made(lambda: Address.objects.add(customer, values, by=agent_of(request)))
        return Response(self.get_serializer(address).data, status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """What is not named stays."""
        address, values = self.get_object(), said(bodies.HomeBody, request)
        made(lambda: address.edit(values, by=agent_of(request)))
        return Response(self.get_serializer(address).data)

    def destroy(self, request: Request, pk: str) -> Response:
        """It can be brought back."""
        address = self.get_object()
        Address.objects.filter(pk=address.pk).remove(by=agent_of(request))
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def restoration(self, request: Request, pk: str) -> Response:
        """Which address is the usual one has to be said anew."""
        rows: QuerySet[Address] = Address.objects.deleted().filter(pk=pk)
        if not rows.restore(by=agent_of(request)):  # type: ignore[attr-defined]
            raise Http404
        return Response(self.get_serializer(Address.objects.get(pk=pk)).data)
