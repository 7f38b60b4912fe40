"""An agent's own token for programs: made and taken back by the signed-in agent."""

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.decorators import api_view, authentication_classes
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.desk import agent_of
from helpdesk.api.shapes import TokenShape


@extend_schema(methods=["POST"], summary="Make my token", request=None, responses={201: TokenShape})
@extend_schema(methods=["DELETE"], summary="Take my token back", responses={204: None})
@api_view(["POST", "DELETE"])
@authentication_classes([SessionAuthentication])
def token(request: Request) -> Response:
    """Only with a session, so that a token cannot renew itself. The old one ends; it is shown this once."""
    agent = agent_of(request)
    with transaction.atomic():
        Token.objects.filter(user=agent).delete()
        if request.method == "DELETE":
            return Response(status=204)
        fresh = Token.objects.create(user=agent)
    return Response(TokenShape({"token": fresh.key}).data, status=201)
