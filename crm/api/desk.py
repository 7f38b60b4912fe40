"""What every endpoint for agents needs: who asks, which customer they may touch, and how a refusal is said."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.core.exceptions import ValidationError as Invalid
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Agent
from crm.api import record_shapes as shapes
from crm.models import Customer

NUMBER = "[0-9]{1,18}"
Made = TypeVar("Made")


class Pages(LimitOffsetPagination):
    """50 rows at a time, at most 200."""

    default_limit = 50
    max_limit = 200


class Records(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Records of one kind, the newest first."""

    pagination_class = Pages
    lookup_value_regex = NUMBER


def customers() -> QuerySet[Customer]:
    """Those that an agent sees, with all that a shape shows."""
    rows = Customer.objects.present().select_related("source", "group", "title", "household")
    return rows.prefetch_related("emails", "groups", "tags", "links").order_by("-pk")


def one(customer_id: int) -> Customer:
    """A customer that an agent sees; 404 for others."""
    return get_object_or_404(customers(), pk=customer_id)


def agent_of(request: Request) -> Agent:
    """Who asks; only agents have accounts here."""
    return cast(Agent, request.user)


def supervisor_of(request: Request) -> Agent:
    """Who asks, if they are a supervisor; 403 for agents."""
    agent = agent_of(request)
    if not agent.is_supervisor:
        raise PermissionDenied
    return agent


def said(body: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What the call says, checked field by field."""
    return checked(body, request.data)


def checked(body: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    """The same for words that came another way, such as in the address."""
    filled = body(data=data)
    filled.is_valid(raise_exception=True)
    return dict(filled.validated_data)


def made(write: Callable[[], Made], *, field: str = "") -> Made:
    """What a verb returns; its refusals are said by field, those without one at `field`."""
    try:
        return write()
    except Invalid as error:
        raise ValidationError(error.message_dict) from error
    except ValueError as error:
        raise ValidationError({field or "non_field_errors": [str(error)]}) from error


def shown(customer: Customer, status: int = 200) -> Response:
    """The record as it is now."""
    return Response(shapes.CustomerRecord(customers().get(pk=customer.pk)).data, status=status)
