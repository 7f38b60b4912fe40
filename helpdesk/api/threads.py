"""Threads: the list, one with all that was said, a new one, and the bin."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk import intake
from helpdesk.api.bodies import ThreadBody
from helpdesk.api.desk import Pages, agent_of, checked, context_of, form_key, once, refused
from helpdesk.api.filters import ThreadFilter
from helpdesk.api.shapes import ThreadShape, WholeThreadShape
from helpdesk.mail import InboundMail
from helpdesk.models import Channel, Message, Thread, ThreadQuerySet

ONCE = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key again changes nothing."
)


@extend_schema_view(
    list=extend_schema(summary="Threads I may see"),
    retrieve=extend_schema(summary="One thread with its messages and events", responses=WholeThreadShape),
    create=extend_schema(
        summary="Begin a thread", request=ThreadBody, responses={201: WholeThreadShape}, parameters=[ONCE]
    ),
    destroy=extend_schema(summary="Put a thread into the bin (supervisors)"),
)
class ThreadViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[Thread]
):
    """Threads of the agent's contacts; a stranger's is a 404."""

    serializer_class = ThreadShape
    filterset_class = ThreadFilter
    pagination_class = Pages
    lookup_value_regex = "[0-9]{1,18}"
    queryset = Thread.objects.none()

    def get_queryset(self) -> ThreadQuerySet:
        """What this agent may see, with what a row shows, in a fixed number of queries."""
        if getattr(self, "swagger_fake_view", False):
            return Thread.objects.none()
        agent = agent_of(self.request)
        threads = Thread.objects.visible_to(agent).with_unread(agent)
        return threads.select_related("contact", "customer", "order", "assignee").prefetch_related("tags")

    def get_serializer_context(self) -> dict[str, Any]:
        """Contacts and labels, asked once for all rows."""
        context = dict(super().get_serializer_context())
        return context if getattr(self, "swagger_fake_view", False) else context | context_of(self.request)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The thread with all that was said and all that happened."""
        return whole(request, self.get_object().pk)

    def create(self, request: Request) -> Response:
        """Begin a thread on channel `api`."""
        body = checked(ThreadBody, request)
        begin = _from_customer if body["written_by"] == "customer" else _from_agent
        return whole(request, begin(request, body), status=status.HTTP_201_CREATED)

    def perform_destroy(self, instance: Thread) -> None:
        """Into the bin, where it can be taken out again; agents may not."""
        agent = agent_of(self.request)
        if not agent.is_supervisor:
            raise PermissionDenied
        instance.trash(by=agent)


def whole(request: Request, thread_id: int, status: int = 200) -> Response:
    """A thread with its messages and events."""
    agent = agent_of(request)
    threads = Thread.objects.with_unread(agent).select_related("contact", "customer", "order", "assignee")
    related = ("tags", "messages__author", "messages__attachments", "events__actor", "address_proposals__order")
    thread = threads.prefetch_related(*related).get(pk=thread_id)
    shape = WholeThreadShape(thread, context=context_of(request))
    return Response(shape.data, status=status)


def brief(request: Request, thread: Thread) -> Response:
    """A thread after a change, without its messages; also if the change took it out of the agent's sight."""
    agent = agent_of(request)
    threads = Thread.objects.with_unread(agent).select_related("contact", "customer", "order", "assignee")
    shape = ThreadShape(threads.get(pk=thread.pk), context=context_of(request))
    return Response(shape.data)


def _from_customer(request: Request, body: dict[str, Any]) -> int:
    """What a customer said elsewhere, through the door of all that comes in."""
    key = form_key(request)
    mail = InboundMail(
        sender=body["email"].lower(),
        sender_name=body["name"],
        subject=body["subject"],
        text=body["text"].strip(),
        html=body["html"],
        files=tuple(body["files"]),
        message_id=f"api:{key}" if key else "",
        digest=key,
        language=body["language"],
        channel=Channel.API,
        order_reference=body["order_reference"],
    )
    return intake.deliver(mail, contact=body["contact"], routed=False).thread_id


def _from_agent(request: Request, body: dict[str, Any]) -> int:
    """What we write first; the mail leaves as any reply does."""
    key = form_key(request)
    words = {name: body[name] for name in ("contact", "email", "name", "subject", "text", "html", "files")}
    words |= {"order_reference": body["order_reference"], "language": body["language"], "form_key": key}

    def begin() -> Message:
        thread = Thread.objects.open_by_agent(by=agent_of(request), channel=Channel.API, **words)
        return thread.messages.get()

    try:
        return once(key, begin).thread_id
    except ValueError as error:
        raise refused(error, field="text") from error
