"""Many threads in one go, and the way back."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.bodies import ThreadChangeBody
from helpdesk.api.desk import Conflict, agent_of, checked, refused
from helpdesk.api.shapes import ThreadChangeShape
from helpdesk.changing import status_move, tags_move
from helpdesk.models import Folder, Move, Priority, ReasonMissing, Thread, ThreadChange
from helpdesk.models.moves import SetAssignee, SetContact, SetFolder, SetPriority, tags_of

SHOWN = 100


@extend_schema(
    methods=["GET"], summary="Changes of many threads in the last 30 days", responses=ThreadChangeShape(many=True)
)
@extend_schema(
    methods=["POST"], summary="Change many threads", request=ThreadChangeBody, responses={201: ThreadChangeShape}
)
@api_view(["GET", "POST"])
def changes(request: Request) -> Response:
    """Mine (a supervisor's: all). A thread that I may not see is left alone; into the bin: supervisors only."""
    agent = agent_of(request)
    if request.method == "GET":
        return Response(ThreadChangeShape(ThreadChange.objects.visible_to(agent).recent()[:SHOWN], many=True).data)
    body = checked(ThreadChangeBody, request)
    if body.get("folder") == Folder.TRASH and not agent.is_supervisor:
        raise PermissionDenied
    threads = Thread.objects.visible_to(agent).filter(pk__in=body["threads"]).newest_first()
    try:
        move = _move_of(body)
    except ReasonMissing as error:
        raise refused(error, field="reason") from error
    except ValueError as error:
        raise refused(error, field="add_tags") from error
    return Response(ThreadChangeShape(ThreadChange.objects.make(threads, move, by=agent)).data, status=201)


def _move_of(body: dict[str, Any]) -> Move:
    """The one move that a checked body names. Raises ValueError for tags that cannot be put on and off."""
    if "status" in body:
        return status_move(body["status"], body.get("reason"))
    if "agent" in body:
        to = body["agent"]
        return SetAssignee(to.pk if to else None, str(to or _("Nobody")))
    if "priority" in body:
        return SetPriority(body["priority"], str(Priority(body["priority"]).label))
    if "contact" in body:
        return SetContact(body["contact"].pk, body["contact"].title)
    if "folder" in body:
        return SetFolder(body["folder"], str(Folder(body["folder"]).label))
    return tags_move(tags_of(body.get("add_tags", ())), tags_of(body.get("remove_tags", ())))


@extend_schema(summary="Undo a change of many threads", request=None, responses=ThreadChangeShape)
@api_view(["POST"])
def undo(request: Request, change_id: int) -> Response:
    """Those that somebody changed since stay. 409 once it was undone, or after 30 days."""
    agent = agent_of(request)
    change = get_object_or_404(ThreadChange.objects.visible_to(agent), pk=change_id)
    try:
        change.undo(by=agent)
    except ValueError as error:
        raise Conflict(str(error)) from error
    return Response(ThreadChangeShape(change).data)
