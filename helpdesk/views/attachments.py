"""Files: each byte goes through a permission check, as a download."""

from django.http import FileResponse, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from helpdesk.chrome import desk_of
from helpdesk.composer import kind_of
from helpdesk.forms import UploadForm
from helpdesk.models import Attachment, Draft, Thread
from helpdesk.models.attachment import SHOWABLE, sniff
from helpdesk.views.thread import thread_path, visible


def openable(request: AgentRequest, attachment_id: int) -> Attachment:
    """A file of a visible thread, or of the agent's own draft; else 404."""
    attachment = get_object_or_404(Attachment.objects.select_related("message"), pk=attachment_id)
    if attachment.message is None:
        return get_object_or_404(Attachment, pk=attachment_id, owner=request.user)
    get_object_or_404(Thread.objects.visible_to(request.user), pk=attachment.message.thread_id)
    return attachment


@agent_required
@require_safe
def show(request: AgentRequest, attachment_id: int) -> HttpResponseBase:
    """The file as a download; with ?show=1 a raster picture may be looked at in the browser."""
    attachment = openable(request, attachment_id)
    inline = request.GET.get("show") == "1" and attachment.is_showable
    response = FileResponse(
        attachment.open(),
        as_attachment=not inline,
        filename=attachment.name,
        content_type=attachment.content_type if attachment.is_showable else "application/octet-stream",
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def draft_of(request: AgentRequest, thread: Thread, mode: str) -> Draft:
    """The agent's draft in a mode, made if there is none."""
    return Draft.objects.get_or_create(agent=request.user, thread=thread, kind=kind_of(mode))[0]


@agent_required
@require_POST
def upload(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Keep files with the draft; answers with the list of its files."""
    thread, mode = visible(request, thread_id), request.POST.get("mode", "")
    form = UploadForm(request.POST, request.FILES, desk=desk_of(request))
    draft = draft_of(request, thread, mode)
    if form.is_valid():
        for file in form.cleaned_data["files"]:
            draft.attach(file)
    files = [one for one in draft.attachments.all() if not one.is_inline]
    context = {"thread": thread, "mode": mode, "files": files, "errors": form.errors.get("files", [])}
    return render(request, "helpdesk/thread/_files.html", context)


@agent_required
@require_POST
def upload_picture(request: AgentRequest, thread_id: int) -> JsonResponse:
    """Keep a picture that was pasted into the text; answers {"url"} or {"error"}, a sentence."""
    thread, desk = visible(request, thread_id), desk_of(request)
    form = UploadForm(request.POST, request.FILES, desk=desk)
    files = form.cleaned_data["files"] if form.is_valid() else []
    if not files:
        error = form.errors.get("files", [_("No picture arrived. Paste it again.")])[0]
        return JsonResponse({"error": str(error)})
    if sniff(files[0].content, files[0].content_type) not in SHOWABLE:
        return JsonResponse({"error": _("Only PNG, JPEG, GIF and WebP can stand in the text. Attach it as a file.")})
    attachment = draft_of(request, thread, request.POST.get("mode", "")).attach(files[0])
    attachment.is_inline = True
    attachment.save(update_fields=["is_inline"])
    return JsonResponse({"url": f"/attachments/{attachment.pk}/"})


@agent_required
@require_POST
def remove(request: AgentRequest, thread_id: int, attachment_id: int) -> HttpResponse:
    """Take a file out of one's own draft."""
    thread, mode = visible(request, thread_id), request.POST.get("mode", "")
    draft = get_object_or_404(Draft, agent=request.user, thread=thread, kind=kind_of(mode))
    attachment = get_object_or_404(draft.attachments, pk=attachment_id)
    draft.attachments.remove(attachment)
    if attachment.message_id is None:
        attachment.drop()
    if not request.htmx:
        return SeeOther(thread_path(thread.pk, mode=mode))
    files = [one for one in draft.attachments.all() if not one.is_inline]
    return render(request, "helpdesk/thread/_files.html", {"thread": thread, "mode": mode, "files": files})
