"""What can be done with a thread: each action is a noun below it, and calls the verb the pages call."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api import bodies
from helpdesk.api.desk import Conflict, agent_of, checked, form_key, once, refused, thread_for, thread_to_change
from helpdesk.api.shapes import MessageShape, ThreadShape
from helpdesk.api.threads import ONCE, brief
from helpdesk.models import Folder, Message, PredefinedReply, ReasonMissing
from helpdesk.placeholders import values_for


def said(request: Request, message: Message) -> Response:
    """The message that was made."""
    return Response(MessageShape(message, context={"request": request}).data, status=201)


@extend_schema(
    summary="Answer the customer", request=bodies.ReplyBody, responses={201: MessageShape}, parameters=[ONCE]
)
@api_view(["POST"])
def replies(request: Request, thread_id: int) -> Response:
    """The mail leaves after the desk's time to undo."""
    thread = thread_to_change(request, thread_id)
    body, key = checked(bodies.ReplyBody, request), form_key(request, thread.pk)
    try:
        return said(request, once(key, lambda: thread.reply(by=agent_of(request), form_key=key, **body)))
    except ReasonMissing as error:
        raise refused(error, field="reason") from error
    except ValueError as error:
        raise refused(error, field="text") from error


@extend_schema(
    summary="Answer with a predefined reply", request=bodies.MacroBody, responses={201: MessageShape}, parameters=[ONCE]
)
@api_view(["POST"])
def macros(request: Request, thread_id: int) -> Response:
    """The text as it is, with the thread's values; status, tags and assignee as the reply says."""
    thread, agent = thread_to_change(request, thread_id), agent_of(request)
    reply = checked(bodies.MacroBody, request)["reply"]
    html, missing = reply.fill(values_for(thread, agent=agent), language=thread.language)
    if missing or not PredefinedReply.objects.for_contact(thread.contact).filter(pk=reply.pk).exists():
        raise Conflict(_("This reply cannot be sent here as it is."))
    key, status = form_key(request, thread.pk), thread.status
    try:
        message = once(key, lambda: thread.reply(html=html, by=agent, cc=thread.cc, macro=reply, form_key=key))
    except ValueError as error:
        raise refused(error, field="reply") from error
    reply.count_use(thread.contact, status)
    return said(request, message)


@extend_schema(summary="Write a note", request=bodies.NoteBody, responses={201: MessageShape})
@api_view(["POST"])
def notes(request: Request, thread_id: int) -> Response:
    """Only agents see it; colleagues named with @ are told."""
    thread = thread_to_change(request, thread_id)
    body = checked(bodies.NoteBody, request)
    try:
        return said(request, thread.note(by=agent_of(request), **body))
    except ValueError as error:
        raise refused(error, field="text") from error


@extend_schema(summary="Hand over or send outside", request=bodies.ForwardBody, responses={201: MessageShape})
@api_view(["POST"])
def forwards(request: Request, thread_id: int) -> Response:
    """To a colleague: assignment, note and notice in one. Outside: the chosen messages and files."""
    thread = thread_to_change(request, thread_id)
    body = checked(bodies.ForwardBody, request, thread=thread)
    colleague = body.pop("agent", None)
    address = body.pop("email")
    try:
        return said(request, thread.forward(colleague or address, by=agent_of(request), **body))
    except ValueError as error:
        raise refused(error, field="agent" if colleague else "note") from error


@extend_schema(summary="Change the status", request=bodies.StatusBody, responses=ThreadShape)
@api_view(["POST"])
def status(request: Request, thread_id: int) -> Response:
    """One of the four keys; any other word is refused."""
    thread = thread_to_change(request, thread_id)
    body = checked(bodies.StatusBody, request)
    try:
        thread.set_status(body["status"], by=agent_of(request), reason=body["reason"])
    except ReasonMissing as error:
        raise refused(error, field="reason") from error
    return brief(request, thread)


@extend_schema(methods=["POST"], summary="Put off until a date", request=bodies.SnoozeBody, responses=ThreadShape)
@extend_schema(methods=["DELETE"], summary="Take the date away", request=None, responses={200: ThreadShape})
@api_view(["POST", "DELETE"])
def snooze(request: Request, thread_id: int) -> Response:
    """Pending until then; with `promise` the date is one that the customer was told, which can be broken."""
    thread, agent = thread_to_change(request, thread_id), agent_of(request)
    if request.method == "DELETE":
        thread.forget_wake(by=agent)
        return brief(request, thread)
    body = checked(bodies.SnoozeBody, request)
    try:
        thread.snooze(body.pop("until"), by=agent, **body)
    except ValueError as error:
        raise refused(error, field="until") from error
    return brief(request, thread)


@extend_schema(summary="Say how pressing it is", request=bodies.PriorityBody, responses=ThreadShape)
@api_view(["POST"])
def priority(request: Request, thread_id: int) -> Response:
    """low, normal, high or urgent; targets may depend on it."""
    thread = thread_to_change(request, thread_id)
    thread.set_priority(checked(bodies.PriorityBody, request)["priority"], by=agent_of(request))
    return brief(request, thread)


@extend_schema(summary="Put an agent in charge", request=bodies.AssignmentBody, responses=ThreadShape)
@api_view(["POST"])
def assignment(request: Request, thread_id: int) -> Response:
    """Null takes the thread away from whoever has it."""
    thread = thread_to_change(request, thread_id)
    try:
        thread.assign(checked(bodies.AssignmentBody, request)["agent"], by=agent_of(request))
    except ValueError as error:
        raise refused(error, field="agent") from error
    return brief(request, thread)


@extend_schema(summary="Move to another contact", request=bodies.ContactBody, responses=ThreadShape)
@api_view(["POST"])
def contact(request: Request, thread_id: int) -> Response:
    """The thread leaves this queue and enters the other one."""
    thread = thread_to_change(request, thread_id)
    thread.move_to(checked(bodies.ContactBody, request)["contact"], by=agent_of(request))
    return brief(request, thread)


@extend_schema(summary="Set the tags", request=bodies.TagsBody, responses=ThreadShape)
@api_view(["POST"])
def tags(request: Request, thread_id: int) -> Response:
    """These and no others; new words become tags."""
    thread = thread_to_change(request, thread_id)
    thread.set_tags(checked(bodies.TagsBody, request)["tags"], by=agent_of(request))
    return brief(request, thread)


@extend_schema(summary="Mark as read or unread for me", request=bodies.ReadBody, responses=ThreadShape)
@api_view(["POST"])
def read(request: Request, thread_id: int) -> Response:
    """Colleagues' marks stay."""
    thread = thread_for(request, thread_id)
    mark = thread.mark_read if checked(bodies.ReadBody, request)["read"] else thread.mark_unread
    mark(by=agent_of(request))
    return brief(request, thread)


@extend_schema(summary="Move to desk, spam or bin", request=bodies.FolderBody, responses=ThreadShape)
@api_view(["POST"])
def folder(request: Request, thread_id: int) -> Response:
    """Nothing is deleted. Into the bin and out of it: supervisors."""
    thread, agent = thread_to_change(request, thread_id), agent_of(request)
    wanted = checked(bodies.FolderBody, request)["folder"]
    if Folder.TRASH in (wanted, thread.folder) and not agent.is_supervisor:
        raise PermissionDenied
    if Folder.SPAM in (wanted, thread.folder) and Folder.TRASH in (wanted, thread.folder):
        raise Conflict
    back = thread.restore if thread.folder == Folder.TRASH else thread.mark_not_spam
    {Folder.DESK: back, Folder.SPAM: thread.mark_spam, Folder.TRASH: thread.trash}[Folder(wanted)](by=agent)
    return brief(request, thread)
