"""A customer's HTML as it was sent: in a frame of its own, under a policy of its own."""

from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from helpdesk import html as markup
from helpdesk.models import Attachment, Message, PictureTrust
from helpdesk.views.thread import visible

SIGNER = signing.TimestampSigner(salt="picture-in-frame")
PICTURE_SECONDS = 600
# The tokens let a click open a link in a window of its own; nothing in the frame runs or loads by itself.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"


def message_with_html(request: AgentRequest, thread_id: int, message_id: int) -> Message:
    """A message of a thread the agent may see, if it has HTML; else 404."""
    messages = visible(request, thread_id).messages.current().exclude(html="")
    return get_object_or_404(messages.prefetch_related("attachments"), pk=message_id)


@agent_required
@require_safe
def as_sent(request: AgentRequest, thread_id: int, message_id: int) -> HttpResponse:
    """The frame with its notice about remote pictures, to be put below the text."""
    return _as_sent(request, message_with_html(request, thread_id, message_id))


def _as_sent(request: AgentRequest, message: Message) -> HttpResponse:
    is_trusted = PictureTrust.objects.covers(message, agent=request.user)
    context = {
        "message": message,
        "remote": markup.remote_images(message.html),
        "is_trusted": is_trusted,
        "may_be_trusted": PictureTrust.may_cover(message),
        "with_images": _with_images(request, is_trusted),
        "sandbox": SANDBOX,
    }
    return render(request, "helpdesk/thread/_as_sent.html", context)


def _with_images(request: AgentRequest, is_trusted: bool) -> bool:
    """Whether remote pictures load: as the address says, else as the agent decided about the sender."""
    asked = request.GET.get("images", "")
    return asked == "1" or (is_trusted and asked != "0")


@agent_required
@require_POST
def trust(request: AgentRequest, thread_id: int, message_id: int) -> HttpResponse:
    """Always show the pictures of this sender, or with `undo` ask again; answers with the frame."""
    message = message_with_html(request, thread_id, message_id)
    if "undo" in request.POST:
        PictureTrust.objects.distrust(message, by=request.user)
    else:
        PictureTrust.objects.trust(message, by=request.user)
    return (
        _as_sent(request, message)
        if request.htmx
        else SeeOther(reverse("helpdesk:frame", args=[thread_id, message_id]))
    )


@agent_required
@require_safe
@xframe_options_exempt
def frame(request: AgentRequest, thread_id: int, message_id: int) -> HttpResponse:
    """The document in the frame. Remote pictures load only with ?images=1."""
    message = message_with_html(request, thread_id, message_id)
    with_images = _with_images(request, PictureTrust.objects.covers(message, agent=request.user))
    inline = {
        one.content_id: picture_url(one) for one in message.attachments.all() if one.content_id and one.is_showable
    }
    body = markup.for_frame(message.html, images=with_images, inline=inline)
    response = render(
        request,
        "helpdesk/thread/frame.html",
        {"body": body, "title": message.who, "language": message.thread.language or "und"},
    )
    sources = "'self' https: http:" if with_images else "'self'"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src {sources}; sandbox {SANDBOX}; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def picture_url(attachment: Attachment) -> str:
    """A link to one picture for ten minutes: the frame has no origin, so it sends no cookie."""
    return reverse("helpdesk:picture", args=[SIGNER.sign(str(attachment.pk))])


@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponseBase:
    """A picture of a mail, for whoever was given its link a moment ago."""
    try:
        pk = SIGNER.unsign(token, max_age=PICTURE_SECONDS)
    except signing.BadSignature as problem:
        raise Http404 from problem
    attachment = get_object_or_404(Attachment, pk=pk)
    if not attachment.is_showable:
        raise Http404
    response = FileResponse(attachment.open(), content_type=attachment.content_type)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = f"private, max-age={PICTURE_SECONDS}"
    return response
