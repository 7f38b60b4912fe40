"""Customer groups and social titles: all agents read them, supervisors change them."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.typed import number
from crm.api import record_bodies as bodies
from crm.api import record_shapes as shapes
from crm.api.answers import Conflict
from crm.api.desk import Records, made, said, supervisor_of
from crm.models import CustomerGroup, Departure, FixedGroupError, SocialTitle


@extend_schema_view(
    list=extend_schema(summary="Customer groups"),
    retrieve=extend_schema(summary="One customer group"),
    create=extend_schema(
        summary="A new customer group (supervisors)",
        request=bodies.MembersBody,
        responses={201: shapes.GroupRecord},
    ),
    partial_update=extend_schema(summary="Change a customer group (supervisors)", request=bodies.MembersBody),
    destroy=extend_schema(summary="Delete a customer group (supervisors)", responses={204: None}),
)
class Groups(Records):
    """Visitor, guest and customer have a `key` and stay."""

    serializer_class = shapes.GroupRecord
    filter_backends = ()
    queryset = CustomerGroup.objects.with_people().prefetch_related("category_discounts").order_by("pk")

    def create(self, request: Request) -> Response:
        """A name in one language at least."""
        by, values = supervisor_of(request), said(bodies.MembersBody, request)
        if not any(values.get("names", {}).values()):
            raise ValidationError({"names": [bodies.NAME_IT]})
        group = made(lambda: CustomerGroup.objects.add(values, by=by))
        return self._said(group.pk, status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """What is not named stays; `category_discounts` are all of them."""
        by, group = supervisor_of(request), self.get_object()
        made(lambda: group.edit(said(bodies.MembersBody, request), by=by))
        return self._said(group.pk)

    def destroy(self, request: Request, pk: str) -> Response:
        """Its members keep at least one group. 409 for a group that has to stay."""
        by, group = supervisor_of(request), self.get_object()
        try:
            Departure.of(group).carry_out(by=by)
        except FixedGroupError as error:
            raise Conflict(str(error)) from error
        return Response(status=204)

    def _said(self, pk: int, status: int = 200) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data, status=status)


INSTEAD = OpenApiParameter("instead", int, description="The title that whoever had it gets; without it none.")


@extend_schema_view(
    list=extend_schema(summary="Social titles"),
    retrieve=extend_schema(summary="One social title"),
    create=extend_schema(
        summary="A new social title (supervisors)", request=bodies.TitleBody, responses={201: shapes.TitleRecord}
    ),
    partial_update=extend_schema(summary="Change a social title (supervisors)", request=bodies.TitleBody),
    destroy=extend_schema(summary="Delete a social title (supervisors)", parameters=[INSTEAD], responses={204: None}),
)
class Titles(Records):
    """How people are addressed, by language."""

    serializer_class = shapes.TitleRecord
    filter_backends = ()
    queryset = SocialTitle.objects.with_people().order_by("pk")

    def create(self, request: Request) -> Response:
        """A name in one language at least."""
        by, values = supervisor_of(request), said(bodies.TitleBody, request)
        title = made(lambda: SocialTitle.objects.add(values, by=by))
        return self._said(title.pk, status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """What is not named stays."""
        by, title = supervisor_of(request), self.get_object()
        made(lambda: title.edit(said(bodies.TitleBody, request), by=by))
        return self._said(title.pk)

    def destroy(self, request: Request, pk: str) -> Response:
        """Whoever has it gets the one in `instead`, or none."""
        by, title = supervisor_of(request), self.get_object()
        title.retire(by=by, instead=_other(request.query_params.get("instead", ""), title))
        return Response(status=204)

    def _said(self, pk: int, status: int = 200) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data, status=status)


def _other(wanted: str, title: SocialTitle) -> Any:
    if not wanted:
        return None
    return get_object_or_404(SocialTitle.objects.exclude(pk=title.pk), pk=number(wanted))
