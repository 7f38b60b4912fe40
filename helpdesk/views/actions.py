"""Saying something: reply, note, forward, and taking it back. One small view each; the thread's verbs do the work."""

from collections.abc import Callable

from django.contrib import messages as toasts
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import go
from accounts.models import Agent
from helpdesk import queues
from helpdesk.chrome import desk_of, statuses_of
from helpdesk.composer import composer_for, newer_than
from helpdesk.forms import ComposerForm, ForwardForm, NoteForm, ReplyForm
from helpdesk.models import Draft, Message, Thread
from helpdesk.views.drafts import keep, was_sent
from helpdesk.views.thread import origin, page, render_composer, thread_path, visible


def refuse(
    request: AgentRequest,
    thread: Thread,
    mode: str,
    form: ComposerForm,
    *,
    newer: list[Message] | None = None,
    last_message: int | None = None,
) -> HttpResponse:
    """The composer again, with what was typed and why it was not sent: 409 for news, else 400.

    htmx gets 200: a browser writes anything else into its console as an error.
    """
    made = composer_for(
        thread,
        request.user,
        mode,
        desk=desk_of(request),
        labels=statuses_of(request),
        form=form,
        newer=newer,
        last_message=last_message,
    )
    if request.htmx:
        return render_composer(request, thread, mode, composer=made)
    return page(request, thread, status=409 if newer else 400, composer=made)


def say(
    request: AgentRequest, thread: Thread, mode: str, form: ComposerForm, verb: Callable[[ComposerForm, Draft], Message]
) -> HttpResponse:
    """Keep what was typed, look for mistakes and for news, and only then do it. Twice the same form is once."""
    if done := was_sent(request):
        return go(request, thread_path(thread.pk, sent=done.pk))
    draft = keep(request, thread, mode)
    if not form.is_valid():
        return refuse(request, thread, mode, form, last_message=form.cleaned_data.get("last_message"))
    if mode == "reply" and (newer := newer_than(thread, form.cleaned_data["last_message"], writer=request.user)):
        return refuse(request, thread, mode, form, newer=newer)
    wants_next = "next" in request.POST
    following = queues.next_thread(request.user, origin(request), after=thread) if wants_next else None
    try:
        message = verb(form, draft)
    except IntegrityError:  # the same form, sent twice within a moment
        Draft.objects.filter(pk=draft.pk).delete()
        message = get_object_or_404(Message, form_key=form.cleaned_data["form_key"], author=request.user)
    except ValueError as problem:
        form.add_error("body", str(problem))
        return refuse(request, thread, mode, form)
    return go(
        request, thread_path(following.pk if following else thread.pk, sent=message.pk, **{"from": origin(request)})
    )


@agent_required
@require_POST
def reply(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Answer the customer."""
    thread = visible(request, thread_id)

    def verb(form: ComposerForm, draft: Draft) -> Message:
        cleaned = form.cleaned_data
        return thread.reply(
            cleaned["text"],
            html=cleaned["html"],
            by=request.user,
            attachments=draft.attachments.all(),
            cc=cleaned["cc"],
            then=cleaned["then"],
            reason=cleaned["reason"],
            macro=cleaned["macro"],
            form_key=cleaned["form_key"],
        )

    return say(request, thread, "reply", ReplyForm(request.POST, request.FILES, thread=thread), verb)


@agent_required
@require_POST
def note(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Write what only agents see."""
    thread = visible(request, thread_id)

    def verb(form: ComposerForm, draft: Draft) -> Message:
        cleaned = form.cleaned_data
        return thread.note(
            cleaned["text"],
            html=cleaned["html"],
            by=request.user,
            attachments=draft.attachments.all(),
            form_key=cleaned["form_key"],
        )

    return say(request, thread, "note", NoteForm(request.POST, request.FILES, thread=thread), verb)


@agent_required
@require_POST
def forward(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Hand the thread to a colleague, or send parts of it outside."""
    thread = visible(request, thread_id)

    def verb(form: ComposerForm, draft: Draft) -> Message:
        cleaned, to = form.cleaned_data, form.cleaned_data["to"]
        files = [*cleaned["attachments"], *draft.attachments.all()]
        chosen = cleaned["messages"].order_by("created_at", "pk")
        message = thread.forward(
            to,
            by=request.user,
            note=cleaned["text"],
            messages=chosen,
            attachments=files,
            form_key=cleaned["form_key"],
        )
        toasts.success(request, _("Forwarded to %(to)s.") % {"to": str(to) if isinstance(to, Agent) else to})
        return message

    return say(request, thread, "forward", ForwardForm(request.POST, request.FILES, thread=thread), verb)


@agent_required
@require_POST
def recall(request: AgentRequest, thread_id: int, message_id: int) -> HttpResponse:
    """Take one's own message back before it leaves; its text is in the composer again."""
    thread = visible(request, thread_id)
    message = get_object_or_404(thread.messages.current(), pk=message_id, author=request.user)
    if not hasattr(message, "outgoing") or not thread.recall(message, by=request.user):
        toasts.warning(request, _("Too late: it has already left."))
        return go(request, thread_path(thread.pk, **{"from": origin(request)}))
    return go(request, thread_path(thread.pk, mode=message.kind, **{"from": origin(request)}))


@agent_required
@require_POST
def send_again(request: AgentRequest, thread_id: int, message_id: int) -> HttpResponse:
    """Try a message that was not delivered once more."""
    thread = visible(request, thread_id)
    message = get_object_or_404(thread.messages.current(), pk=message_id)
    if not hasattr(message, "outgoing") or not thread.send_again(message, by=request.user):
        toasts.warning(request, _("There is nothing to send again."))
    return go(request, thread_path(thread.pk, **{"from": origin(request)}))


@agent_required
@require_POST
def arrival(request: AgentRequest, thread_id: int, message_id: int) -> HttpResponse:
    """Say that a message which was perhaps sent has arrived."""
    thread = visible(request, thread_id)
    message = get_object_or_404(thread.messages.current(), pk=message_id)
    if not thread.confirm_arrival(message, by=request.user):
        toasts.warning(request, _("There is no doubt about this message."))
    return go(request, thread_path(thread.pk, **{"from": origin(request)}))
