"""What a program needs to fill its menus: contacts, statuses, agents, predefined replies; and files."""

from typing import Any

from django.db.models import Q
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Agent
from helpdesk.absences import with_absence
from helpdesk.api.desk import agent_of
from helpdesk.api.shapes import CloseReasonShape, ColleagueShape, ContactShape, PredefinedReplyShape, StatusShape
from helpdesk.models import Attachment, CloseReason, Contact, PredefinedReply, StatusLabel, Thread

FILE_POLICY = "default-src 'none'; sandbox"


@extend_schema(summary="Contacts in use", responses=ContactShape(many=True))
@api_view(["GET"])
def contacts(request: Request) -> Response:
    """All of them, since a thread may be moved to any; `is_mine` says whose threads I see."""
    mine = set(Contact.objects.visible_to(agent_of(request)).values_list("pk", flat=True))
    return Response(ContactShape(Contact.objects.active(), many=True, context={"mine": mine}).data)


@extend_schema(summary="The four statuses", responses=StatusShape(many=True))
@api_view(["GET"])
def statuses(request: Request) -> Response:
    """The keys never change; the labels are the team's."""
    return Response(StatusShape(list(StatusLabel.all_by_status().values()), many=True).data)


@extend_schema(summary="Reasons for closing", responses=CloseReasonShape(many=True))
@api_view(["GET"])
def close_reasons(request: Request) -> Response:
    """Those in use; closing needs one where the desk asks for it."""
    return Response(CloseReasonShape(CloseReason.in_use(), many=True).data)


@extend_schema(summary="Agents who may sign in", responses=ColleagueShape(many=True))
@api_view(["GET"])
def agents(request: Request) -> Response:
    """Whom a thread may be assigned or handed to."""
    return Response(ColleagueShape(with_absence(Agent.objects.active()), many=True).data)


@extend_schema(
    summary="Predefined replies",
    responses=PredefinedReplyShape(many=True),
    parameters=[OpenApiParameter("contact", str, description="A contact's short name.")],
)
@api_view(["GET"])
def predefined_replies(request: Request) -> Response:
    """Those usable everywhere or at one of my contacts."""
    mine = Contact.objects.visible_to(agent_of(request))
    if slug := request.query_params.get("contact"):
        replies = PredefinedReply.objects.for_contact(get_object_or_404(mine, slug=slug))
    else:
        replies = PredefinedReply.objects.filter(Q(contacts=None) | Q(contacts__in=mine)).distinct()
    return Response(PredefinedReplyShape(replies.prefetch_related("contacts", "tags"), many=True).data)


@extend_schema(summary="Download a file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
@api_view(["GET"])
def attachment(request: Request, attachment_id: int) -> Any:
    """A file of a thread I may see, always as a download."""
    visible = Thread.objects.visible_to(agent_of(request))
    file = get_object_or_404(Attachment.objects.filter(message__thread__in=visible), pk=attachment_id)
    headers = {"Content-Security-Policy": FILE_POLICY, "X-Content-Type-Options": "nosniff"}
    return FileResponse(
        file.open(), as_attachment=True, filename=file.name, content_type=file.content_type, headers=headers
    )
