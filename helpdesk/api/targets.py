"""Targets and the rules of the clock: all agents read them, supervisors write them."""

from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Agent
from helpdesk import context as shop
from helpdesk.api.bodies import ContactField
from helpdesk.api.desk import agent_of, checked
from helpdesk.models import DeskSettings, Status, Target
from helpdesk.models.desk import PENDING

WHICH = "The most special one that names a time counts: a priority before a group, a group before a contact."


class TargetShape(serializers.ModelSerializer[Target]):
    """For which threads (null or empty: for all), and the working minutes for each of the three."""

    contact: Any = ContactField(allow_null=True, required=False)
    group: Any = serializers.PrimaryKeyRelatedField(queryset=shop.groups(), allow_null=True, required=False)

    class Meta:
        model = Target
        fields = ["id", "contact", "group", "priority", "first", "next", "resolution"]


class RulesShape(serializers.Serializer):
    """How many working minutes before its end a clock warns, and in which statuses it stands still."""

    warn_minutes = serializers.IntegerField(min_value=0, max_value=24 * 60)
    clock_stops = serializers.MultipleChoiceField(choices=[(one.value, one.label) for one in PENDING])


@extend_schema(
    methods=["GET"], summary="Targets for answers and solutions", responses=TargetShape(many=True), description=WHICH
)
@extend_schema(
    methods=["POST"], summary="A new target (supervisors)", request=TargetShape, responses={201: TargetShape}
)
@api_view(["GET", "POST"])
def targets(request: Request) -> Response:
    """Due times follow within seconds. 400 if there is one for the same threads, or nothing is aimed at."""
    if request.method == "POST":
        return Response(TargetShape(_put(Target(), request)).data, status=201)
    return Response(TargetShape(Target.objects.select_related("contact"), many=True).data)


@extend_schema(methods=["GET"], summary="One target", responses=TargetShape)
@extend_schema(methods=["PATCH"], summary="Change a target (supervisors)", request=TargetShape, responses=TargetShape)
@extend_schema(methods=["DELETE"], summary="Remove a target (supervisors)", responses={204: None})
@api_view(["GET", "PATCH", "DELETE"])
def target(request: Request, target_id: int) -> Response:
    """What is not named stays; a time that is null is no target."""
    found = get_object_or_404(Target.objects.select_related("contact"), pk=target_id)
    if request.method == "DELETE":
        found.remove(by=_supervisor(request))
        return Response(status=204)
    return Response(TargetShape(_put(found, request) if request.method == "PATCH" else found).data)


@extend_schema(methods=["GET"], summary="Rules of the clock", responses=RulesShape)
@extend_schema(
    methods=["PUT"], summary="Set the rules of the clock (supervisors)", request=RulesShape, responses=RulesShape
)
@api_view(["GET", "PUT"])
def rules(request: Request) -> Response:
    """For all targets."""
    if request.method == "PUT":
        _supervisor(request)
        said = checked(RulesShape, request)
        stops = [one.value for one in Status if one in said["clock_stops"]]
        Target.set_rules(warn_minutes=said["warn_minutes"], clock_stops=stops)
    desk = DeskSettings.fresh()
    return Response({"warn_minutes": desk.warn_minutes, "clock_stops": sorted(desk.clock_stops)})


def _supervisor(request: Request) -> Agent:
    if not agent_of(request).is_supervisor:
        raise PermissionDenied
    return agent_of(request)


def _put(found: Target, request: Request) -> Target:
    by = _supervisor(request)
    body = TargetShape(found if found.pk else None, data=request.data, partial=bool(found.pk))
    body.is_valid(raise_exception=True)
    try:
        found.put(by=by, **body.validated_data)
    except Invalid as refusal:
        raise ValidationError({"non_field_errors": refusal.messages}) from refusal
    return found
