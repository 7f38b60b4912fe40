"""A customer's way into the private area, as the team sees to it. No passwords."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import record_shapes as shapes
from crm.api.desk import agent_of, made, one, shown


@extend_schema(summary="Make a guest a customer with an account", request=None, responses=shapes.CustomerRecord)
@api_view(["POST"])
def registration(request: Request, customer_id: int) -> Response:
    """What they bought stays theirs."""
    customer = one(customer_id)
    made(lambda: customer.become_account(by=agent_of(request)), field="emails")
    return shown(customer)


@extend_schema(summary="Invite a customer to the private area", request=None, responses={200: shapes.InvitationRecord})
@api_view(["POST"])
def invitation(request: Request, customer_id: int) -> Response:
    """A link is mailed, with which they come in."""
    customer = one(customer_id)
    address = made(lambda: customer.invite(by=agent_of(request)))
    return Response({"address": address})


@extend_schema(summary="Sign a customer out everywhere", responses={204: None})
@api_view(["DELETE"])
def sessions(request: Request, customer_id: int) -> Response:
    """All their sessions end at once."""
    one(customer_id).end_sessions()
    return Response(status=204)
