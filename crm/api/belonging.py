"""What a customer belongs to: tags, groups, a shared account; and the tags themselves."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import care_shapes as care
from crm.api import record_bodies as bodies
from crm.api import record_shapes as shapes
from crm.api.desk import agent_of, made, one, said, shown
from crm.models import Customer, CustomerTag, Household


@extend_schema(
    summary="Put tags on a customer, take others off", request=bodies.TaggingBody, responses=shapes.CustomerRecord
)
@api_view(["POST"])
def tags(request: Request, customer_id: int) -> Response:
    """New words become tags; those that are not named stay. Of many customers at once: `changes/`."""
    customer, words = one(customer_id), said(bodies.TaggingBody, request)
    with transaction.atomic():
        for name in words["remove"]:
            customer.untag(name, by=agent_of(request))
        for name in words["add"]:
            made(lambda name=name: customer.tag(name, by=agent_of(request)), field="add")  # type: ignore[misc]
    return shown(customer)


@extend_schema(summary="All tags of customers", responses=care.TagRecord(many=True))
@api_view(["GET"])
def all_tags(request: Request) -> Response:
    """By name."""
    return Response(care.TagRecord(CustomerTag.objects.all(), many=True).data)


@extend_schema(summary="Give a tag a colour", request=bodies.ToneBody, responses=care.TagRecord)
@api_view(["PATCH"])
def tag(request: Request, tag_id: int) -> Response:
    """Wherever it is shown."""
    found = get_object_or_404(CustomerTag, pk=tag_id)
    found.paint(said(bodies.ToneBody, request)["tone"])
    return Response(care.TagRecord(found).data)


@extend_schema(summary="Make a customer a member", request=bodies.MembershipBody, responses=shapes.CustomerRecord)
@api_view(["POST"])
def groups(request: Request, customer_id: int) -> Response:
    """The main group stays. Which groups a customer has in all is said with PATCH and `groups`."""
    customer = one(customer_id)
    customer.add_to_group(said(bodies.MembershipBody, request)["group"], by=agent_of(request))
    return shown(customer)


@extend_schema(
    methods=["POST"],
    summary="Let a customer share an account",
    request=bodies.SharingBody,
    responses=shapes.CustomerRecord,
)
@extend_schema(methods=["DELETE"], summary="A customer shares an account no more", responses=shapes.CustomerRecord)
@api_view(["POST", "DELETE"])
def household(request: Request, customer_id: int) -> Response:
    """With `name` a new one. With its last person a shared account ends."""
    customer, by = one(customer_id), agent_of(request)
    if request.method == "POST":
        _share(customer, said(bodies.SharingBody, request), by=by)
    elif customer.household is not None:
        customer.household.part(customer, by=by)
    return shown(customer)


def _share(customer: Customer, words: dict, *, by: object) -> None:
    shared = words.get("household")
    if shared is not None:
        made(lambda: shared.welcome(customer, by=by), field="household")
    elif customer.household is not None:
        raise ValidationError({"household": [_("In a shared account already: take them out first.")]})
    else:
        name, note = words.get("name", ""), words.get("note", "")
        made(lambda: Household.objects.found(name, customer, by=by, note=note), field="name")  # type: ignore[arg-type]


@extend_schema(methods=["GET"], summary="One shared account", responses=care.HouseholdRecord)
@extend_schema(
    methods=["PATCH"],
    summary="Rename a shared account",
    request=bodies.HouseholdBody,
    responses=care.HouseholdRecord,
)
@api_view(["GET", "PATCH"])
def shared_account(request: Request, household_id: int) -> Response:
    """Its name, what it is for, and its people."""
    found = get_object_or_404(Household, pk=household_id)
    if request.method == "PATCH":
        words = said(bodies.HouseholdBody, request)
        made(
            lambda: found.rename(words["name"], by=agent_of(request), note=words.get("note", found.note)), field="name"
        )
    return Response(care.HouseholdRecord(found).data)
