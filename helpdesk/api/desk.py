"""What every endpoint needs: who asks, which thread they may touch, and how a refusal is said."""

import hashlib
from collections.abc import Callable
from typing import Any, cast

from django.db import IntegrityError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

from accounts.models import Agent
from helpdesk.models import Contact, Message, StatusLabel, Thread


class Pages(LimitOffsetPagination):
    """50 rows at a time, at most 200."""

    default_limit = 50
    max_limit = 200


class Conflict(APIException):
    """The request is fine, but not for the thread as it is now."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def agent_of(request: Request) -> Agent:
    """Who asks; only agents have accounts here."""
    return cast(Agent, request.user)


def thread_for(request: Request, thread_id: int) -> Thread:
    """A thread this agent may see; 404 for any other."""
    threads = Thread.objects.visible_to(agent_of(request)).select_related("contact", "customer", "assignee", "order")
    return get_object_or_404(threads, pk=thread_id)


def thread_to_change(request: Request, thread_id: int) -> Thread:
    """As thread_for; 409 if the thread was merged into another, where the change belongs."""
    thread = thread_for(request, thread_id)
    if thread.merged_into_id is not None:
        raise Conflict(_("This thread was merged into #%(number)s. Write there.") % {"number": thread.merged_into_id})
    return thread


def checked(body: type[serializers.Serializer], request: Request, **context: Any) -> dict[str, Any]:
    """What the request says, checked field by field; fields that the body does not name are ignored."""
    serializer = body(data=request.data, context={"request": request, **context})
    serializer.is_valid(raise_exception=True)
    return cast(dict[str, Any], serializer.validated_data)


def refused(error: ValueError, *, field: str) -> ValidationError:
    """A verb's refusal as an error at a field."""
    return ValidationError({field: [str(error)]})


def form_key(request: Request, thread_id: int = 0) -> str:
    """The Idempotency-Key header, made this agent's and this thread's own; empty without the header."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return ""
    return hashlib.sha256(f"api|{agent_of(request).pk}|{thread_id}|{key}".encode()).hexdigest()[:32]


def once(key: str, say: Callable[[], Message]) -> Message:
    """The message that `say` makes with this key, or made when it was first asked to."""
    said = Message.objects.filter(form_key=key)
    if key and (before := said.first()):
        return before
    try:
        return say()
    except IntegrityError:  # the same request came twice at once, and the other one was first
        if key and (before := said.first()):
            return before
        raise


def context_of(request: Request) -> dict[str, Any]:
    """What the shapes of threads need, asked once for all of them."""
    mine = Contact.objects.visible_to(agent_of(request)).values_list("pk", flat=True)
    return {"request": request, "mine": set(mine), "labels": StatusLabel.all_by_status()}
