"""The Friday review: what is forgotten, giving parts of it to agents, and one follow-up to many threads."""

from secrets import token_hex
from typing import Any

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.desk import (
    Conflict,
    Pages,
    agent_of,
    checked,
    context_of,
    form_key,
    refused,
    thread_to_change,
)
from helpdesk.api.review_bodies import (
    BulkFollowUpBody,
    BulkFollowUpShape,
    ChaseBody,
    DelegationBody,
    DelegationShape,
    ForgottenShape,
    ReviewShape,
    SkipBody,
    StepShape,
)
from helpdesk.api.threads import ONCE
from helpdesk.models import BulkFollowUp, Delegation, DeskSettings, MessageKind, ReviewStep, Thread
from helpdesk.review.groups import GROUPS
from helpdesk.review.lists import Asked, Review, name_of
from helpdesk.review.parts import part_of

SHOWN = 100
WHICH = [
    OpenApiParameter("week", str, description="Such as `2026-W47`; without it the present one."),
    OpenApiParameter("group", str, enum=[one.key for one in GROUPS]),
    OpenApiParameter("of", int, description="A delegation: what is left of it."),
    OpenApiParameter("days", int, description="Of waiting that are long; 3 without it."),
]


def _asked(request: Request) -> Asked:
    params: QueryDict = request.query_params
    return Asked.read(params, DeskSettings.load().zone)


@extend_schema(summary="Threads that nobody followed up", parameters=WHICH, responses=ForgottenShape(many=True))
@api_view(["GET"])
def forgotten(request: Request) -> Response:
    """Those I may see, the longest wait first, each with why it is listed."""
    review, pages = Review(agent_of(request), _asked(request)), Pages()
    related = review.left.select_related("contact", "customer", "order", "assignee").prefetch_related("tags")
    page: Any = pages.paginate_queryset(related.with_unread(agent_of(request)), request)
    return pages.get_paginated_response(ForgottenShape(page, many=True, context=context_of(request)).data)


@extend_schema(summary="The week's review in numbers", parameters=WHICH, responses=ReviewShape)
@api_view(["GET"])
def numbers(request: Request) -> Response:
    """How many are left, by group, and how many are not listed, by reason."""
    review = Review(agent_of(request), _asked(request))
    return Response(ReviewShape({"week": name_of(review.asked.period), **vars(review.counts)}).data)


# -- delegations ----------------------------------------------------------------------------------


def _delegation(request: Request, delegation: Delegation) -> dict[str, Any]:
    return dict(DelegationShape(part_of(delegation, _asked(request))).data)


@extend_schema(methods=["GET"], summary="Delegations of threads to follow up", responses=DelegationShape(many=True))
@extend_schema(
    methods=["POST"],
    summary="Give threads to an agent to follow up (supervisors)",
    request=DelegationBody,
    responses={201: DelegationShape},
    parameters=[ONCE],
)
@api_view(["GET", "POST"])
def delegations(request: Request) -> Response:
    """A supervisor's all, else mine. The agent is told once."""
    agent = agent_of(request)
    if request.method == "GET":
        found = Delegation.objects.visible_to(agent).in_force().select_related("to", "by")[:SHOWN]
        return Response([_delegation(request, one) for one in found])
    if not agent.is_supervisor:
        raise PermissionDenied
    body = checked(DelegationBody, request)
    threads = Thread.objects.visible_to(agent).filter(pk__in=body["threads"]).waiting_longest()
    how = {"week": _asked(request).week, "form_key": form_key(request) or token_hex(16), "note": body["note"]}
    try:
        made = Delegation.objects.give(threads, to=body["to"], due_on=body["due_on"], by=agent, **how)
    except ValueError as error:
        raise refused(error, field="due_on" if threads.exists() else "threads") from error
    return Response(_delegation(request, made), status=201)


@extend_schema(summary="One delegation and how far it came", responses=DelegationShape)
@api_view(["GET"])
def delegation(request: Request, delegation_id: int) -> Response:
    """A supervisor's, or mine."""
    mine = Delegation.objects.visible_to(agent_of(request)).select_related("to", "by")
    return Response(_delegation(request, get_object_or_404(mine, pk=delegation_id)))


@extend_schema(summary="Take a delegation back (supervisors)", request=None, responses=DelegationShape)
@api_view(["POST"])
def end(request: Request, delegation_id: int) -> Response:
    """The threads stay assigned. 409 if it was taken back already."""
    if not agent_of(request).is_supervisor:
        raise PermissionDenied
    made = get_object_or_404(Delegation.objects.select_related("to", "by"), pk=delegation_id)
    if not made.end(by=agent_of(request)):
        raise Conflict(_("This was taken back already."))
    made.refresh_from_db(fields=["ended_at", "ended_by"])
    return Response(_delegation(request, made))


# -- follow-ups -----------------------------------------------------------------------------------


@extend_schema(
    summary="Send one follow-up in many threads",
    request=BulkFollowUpBody,
    responses={201: BulkFollowUpShape},
    parameters=[ONCE],
)
@api_view(["POST"])
def follow_ups(request: Request) -> Response:
    """A predefined reply, filled in for each, in each one's own thread.

    Whoever must not be contacted, or lacks a value, is left out, with the reason.
    """
    agent, body = agent_of(request), checked(BulkFollowUpBody, request)
    threads = Thread.objects.visible_to(agent).filter(pk__in=body["threads"]).waiting_longest()
    key, week = form_key(request) or token_hex(16), _asked(request).week
    try:
        job = BulkFollowUp.objects.begin(threads, body["reply"], by=agent, week=week, form_key=key)
    except ValueError as error:
        raise refused(error, field="threads") from error
    return Response(BulkFollowUpShape(job).data, status=201)


def _job(request: Request, job_id: int) -> BulkFollowUp:
    mine = BulkFollowUp.objects.visible_to(agent_of(request)).prefetch_related("rows")
    return get_object_or_404(mine, pk=job_id)


@extend_schema(summary="A follow-up in many threads, and how far it came", responses=BulkFollowUpShape)
@api_view(["GET"])
def follow_up(request: Request, job_id: int) -> Response:
    """Mine; a supervisor's all."""
    return Response(BulkFollowUpShape(_job(request, job_id)).data)


@extend_schema(summary="Stop a follow-up in many threads", request=None, responses=BulkFollowUpShape)
@api_view(["POST"])
def stop(request: Request, job_id: int) -> Response:
    """What was not written yet is not written."""
    _job(request, job_id).stop()
    return Response(BulkFollowUpShape(_job(request, job_id)).data)


@extend_schema(summary="Try again what failed", request=None, responses=BulkFollowUpShape)
@api_view(["POST"])
def retry(request: Request, job_id: int) -> Response:
    """409 if nothing failed."""
    if not _job(request, job_id).retry():
        raise Conflict(_("There is nothing to try again."))
    return Response(BulkFollowUpShape(_job(request, job_id)).data)


# -- one thread -----------------------------------------------------------------------------------


@extend_schema(summary="Ask a carrier or a supplier", request=ChaseBody, responses={201: StepShape})
@api_view(["POST"])
def chase(request: Request, thread_id: int) -> Response:
    """Outside, with the customer's last message if wanted; pending 2 until the date, on which it comes back."""
    thread, body = thread_to_change(request, thread_id), checked(ChaseBody, request)
    said = thread.messages.current().filter(kind=MessageKind.CUSTOMER).order_by("-created_at", "-pk")
    messages = list(said[:1]) if body["enclose"] else []
    how = {"until": body["until"], "note": body["text"], "messages": messages, "week": _asked(request).week}
    try:
        step = ReviewStep.objects.chase(thread, body["email"], by=agent_of(request), **how)
    except ValueError as error:
        raise refused(error, field="until") from error
    return Response(StepShape(step).data, status=201)


@extend_schema(summary="Skip a thread in the week's review", request=SkipBody, responses={201: StepShape})
@api_view(["POST"])
def skip(request: Request, thread_id: int) -> Response:
    """For a reason; `other` needs a note."""
    thread, body = thread_to_change(request, thread_id), checked(SkipBody, request)
    try:
        step = ReviewStep.objects.skip(
            thread, body["reason"], by=agent_of(request), week=_asked(request).week, note=body["note"]
        )
    except ValueError as error:
        raise refused(error, field="note") from error
    return Response(StepShape(step).data, status=201)
