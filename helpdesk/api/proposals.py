"""Addresses that customers propose for orders that have not left."""

from collections.abc import Callable

from django.core.exceptions import ValidationError as Incomplete
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api import bodies
from helpdesk.api.desk import Conflict, agent_of, checked, thread_to_change
from helpdesk.api.shapes import ProposalShape
from helpdesk.models import AddressProposal


def _proposal(request: Request, thread_id: int, proposal_id: int) -> AddressProposal:
    proposals = thread_to_change(request, thread_id).address_proposals
    return get_object_or_404(proposals.select_related("order", "thread__customer"), pk=proposal_id)


def _settled(proposal: AddressProposal, settle: Callable[[], bool]) -> Response:
    """The proposal as it is now; 409 where it was settled before, or the order has left."""
    try:
        if not settle():
            raise Conflict(_("It is settled already."))
    except Incomplete as error:
        raise ValidationError(error.message_dict) from error
    except ValueError as error:
        raise Conflict(str(error)) from error
    return Response(ProposalShape(proposal).data)


@extend_schema(summary="Accept a proposed address", request=bodies.AcceptanceBody, responses=ProposalShape)
@api_view(["POST"])
def acceptance(request: Request, thread_id: int, proposal_id: int) -> Response:
    """Into the order and to the customer's addresses; the shop is told. With `order` false only to the latter."""
    proposal = _proposal(request, thread_id, proposal_id)
    into_order, by = checked(bodies.AcceptanceBody, request)["order"], agent_of(request)
    return _settled(proposal, lambda: proposal.accept(by=by) if into_order else proposal.file(by=by))


@extend_schema(summary="Refuse a proposed address", request=bodies.RefusalBody, responses=ProposalShape)
@api_view(["POST"])
def refusal(request: Request, thread_id: int, proposal_id: int) -> Response:
    """The customer's page says why."""
    proposal = _proposal(request, thread_id, proposal_id)
    reason = checked(bodies.RefusalBody, request)["reason"]
    return _settled(proposal, lambda: proposal.refuse(by=agent_of(request), reason=reason))
