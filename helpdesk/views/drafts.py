"""What is being written, saved while typing."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from helpdesk.chrome import desk_of
from helpdesk.composer import MODES, kind_of
from helpdesk.forms import ComposerForm, UploadForm
from helpdesk.models import Draft, Message, Thread
from helpdesk.views.thread import origin, render_composer, thread_path, visible


def keep(request: AgentRequest, thread: Thread, mode: str) -> Draft:
    """Write what the form holds into the draft, with the files that came along."""
    typed, copies = ComposerForm(request.POST, thread=thread).written, request.POST.get("cc", "")
    if mode == "forward":
        copies = request.POST.get("address", "")
    draft = Draft.objects.write(thread, by=request.user, kind=kind_of(mode), cc=copies, **typed)
    uploads = UploadForm(request.POST, request.FILES, desk=desk_of(request))
    if uploads.is_valid():
        for file in uploads.cleaned_data["files"]:
            draft.attach(file)
    return draft


def was_sent(request: AgentRequest) -> Message | None:
    """The message that this very composer has sent already: a double click, or Back and again."""
    key = request.POST.get("form_key", "")
    return Message.objects.filter(form_key=key, author=request.user).first() if key else None


@agent_required
@require_POST
def save(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Save; `show` names another mode to go on in, or "replies" for the list of predefined ones."""
    thread, mode = visible(request, thread_id), request.POST.get("mode", "reply")
    if was_sent(request) is None:
        keep(request, thread, mode)
    wanted = request.POST.get("show", "")
    if wanted == "replies":
        return SeeOther(reverse("helpdesk:picker", args=[thread.pk]))
    if not request.htmx:
        return SeeOther(thread_path(thread.pk, mode=wanted or mode, **{"from": origin(request)}))
    if wanted in MODES:
        return render_composer(request, thread, wanted)
    return render(request, "helpdesk/thread/_saved.html", {"saved_at": timezone.now()})


@agent_required
@require_POST
def discard(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Throw the draft away, with its files."""
    thread, mode = visible(request, thread_id), request.POST.get("mode", "reply")
    draft = Draft.objects.filter(agent=request.user, thread=thread, kind=kind_of(mode)).first()
    if draft is not None:
        draft.discard()
    if request.htmx:
        return render_composer(request, thread, mode)
    return SeeOther(thread_path(thread.pk, mode=mode))
