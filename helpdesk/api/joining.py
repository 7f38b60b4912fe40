"""Two threads about one matter; messages taken back, sent once more, or taken for what they are."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api import bodies
from helpdesk.api.desk import Conflict, agent_of, checked, thread_for, thread_to_change
from helpdesk.api.shapes import MergeShape, MessageShape, ThreadShape
from helpdesk.api.threads import brief


@extend_schema(summary="Merge a thread into another", request=bodies.IntoBody, responses={201: MergeShape})
@api_view(["POST"])
def merge(request: Request, thread_id: int) -> Response:
    """Its messages move; answers to its mails follow. Both threads have to be ones that I see."""
    thread = thread_to_change(request, thread_id)
    into = checked(bodies.IntoBody, request)["into"]
    if into == thread.pk:
        raise ValidationError({"into": [_("Choose another thread: this is the same one.")]})
    made = thread.merge_into(thread_to_change(request, into), by=agent_of(request))
    return Response(MergeShape(made).data, status=201)


@extend_schema(summary="Undo a merge into this thread", request=None, responses=ThreadShape)
@api_view(["POST"])
def split(request: Request, thread_id: int, merge_id: int) -> Response:
    """The messages it moved go back."""
    thread = thread_to_change(request, thread_id)
    thread.split(get_object_or_404(thread.merges_here.select_related("source"), pk=merge_id), by=agent_of(request))
    return brief(request, thread)


@extend_schema(summary="Make a thread of some messages", request=bodies.SplitOffBody, responses={201: ThreadShape})
@api_view(["POST"])
def split_off(request: Request, thread_id: int) -> Response:
    """At the same contact, with the same person. Merging it back undoes it."""
    thread = thread_to_change(request, thread_id)
    body = checked(bodies.SplitOffBody, request, thread=thread)
    try:
        made = thread.split_off(body["messages"], body["subject"], by=agent_of(request))
    except ValueError as error:
        raise ValidationError({"messages": [str(error)]}) from error
    answer = brief(request, made)
    answer.status_code = 201
    return answer


@extend_schema(summary="Set with whom the thread is", request=bodies.RequesterBody, responses=ThreadShape)
@api_view(["POST"])
def requester(request: Request, thread_id: int) -> Response:
    """Replies go there from now on; whoever is on file with the address is the thread's customer."""
    thread = thread_to_change(request, thread_id)
    thread.give_to(**checked(bodies.RequesterBody, request), by=agent_of(request))
    return brief(request, thread)


@extend_schema(summary="Take my message back", request=None, responses=MessageShape)
@api_view(["POST"])
def recall(request: Request, thread_id: int, message_id: int) -> Response:
    """Its text is my draft again. 409 once it has left."""
    thread = thread_for(request, thread_id)
    message = get_object_or_404(thread.messages.current(), pk=message_id, author=agent_of(request))
    if not hasattr(message, "outgoing") or not thread.recall(message, by=agent_of(request)):
        raise Conflict(_("Too late: it has already left."))
    return Response(MessageShape(message, context={"request": request}).data)


@extend_schema(summary="Send a message again", request=None, responses=MessageShape)
@api_view(["POST"])
def delivery(request: Request, thread_id: int, message_id: int) -> Response:
    """As it was. 409 for one that did not fail."""
    thread = thread_for(request, thread_id)
    message = get_object_or_404(thread.messages.current(), pk=message_id)
    if not hasattr(message, "outgoing") or not thread.send_again(message, by=agent_of(request)):
        raise Conflict(_("There is nothing to send again."))
    return Response(MessageShape(message, context={"request": request}).data)


@extend_schema(summary="Say that a message arrived", request=None, responses=MessageShape)
@api_view(["POST"])
def arrival(request: Request, thread_id: int, message_id: int) -> Response:
    """For one that was perhaps sent. 409 for any other."""
    thread = thread_for(request, thread_id)
    message = get_object_or_404(thread.messages.current(), pk=message_id)
    if not thread.confirm_arrival(message, by=agent_of(request)):
        raise Conflict(_("There is no doubt about this message."))
    message.refresh_from_db()
    return Response(MessageShape(message, context={"request": request}).data)


@extend_schema(summary="Take a forwarded mail back", request=None, responses=ThreadShape)
@api_view(["POST"])
def sender(request: Request, thread_id: int, message_id: int) -> Response:
    """What an agent forwarded into the desk is their own mail after all; answers with the thread it is in now. 409 for
    any other message."""
    thread = thread_to_change(request, thread_id)
    message = get_object_or_404(thread.messages.current(), pk=message_id)
    if message.besides.brought is None:
        raise Conflict(_("Nobody forwarded this message into the desk."))
    return brief(request, thread.take_back_bringing(message, by=agent_of(request)))


@extend_schema(summary="See a thank-you", request=bodies.ThanksBody, responses=ThreadShape)
@api_view(["POST"])
def thanks(request: Request, thread_id: int) -> Response:
    """Out of the tray; as a `question` it opens the thread. 409 where nobody said thanks."""
    thread = thread_to_change(request, thread_id)
    is_question = checked(bodies.ThanksBody, request)["taken_for"] == "question"
    if not (thread.answer_thanks if is_question else thread.see_thanks)(by=agent_of(request)):
        raise Conflict(_("There is no thank-you to see."))
    return brief(request, thread)
