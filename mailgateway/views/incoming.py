"""Raw mail: the list, the original as it came, another try."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import AgentRequest, agent_required, supervisor_required
from accounts.http import SeeOther, back_to
from helpdesk import intake
from mailgateway import attention, incoming, rawmail, rescue
from mailgateway.forms import IncomingFilter
from mailgateway.models import Incoming, IncomingState

PAGE = 50
AT_ONCE = 50


@supervisor_required
def index(request: HttpRequest) -> HttpResponse:
    """The newest first, narrowed by state, outcome and mailbox."""
    form = IncomingFilter(request.GET)
    page = Paginator(form.found(), PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {"section": "incoming", "form": form, "page": page, "kept": kept.urlencode()}
    return render(request, "mailgateway/incoming.html", context)


@supervisor_required
@require_GET
def show(request: HttpRequest, incoming_id: int) -> HttpResponse:
    """One raw mail: what became of it and why, and its bytes as text."""
    row = get_object_or_404(Incoming.objects.select_related("mailbox", "handled_by"), pk=incoming_id)
    try:
        raw = rawmail.load(row.raw_path) if row.raw_path else None
    except OSError:
        raw = None
    text = None if raw is None else rescue.as_text(raw[: rescue.SHOWN])
    context = {"section": "incoming", "row": row, "raw": text, "is_cut": len(raw or b"") > rescue.SHOWN}
    return render(request, "mailgateway/incoming_mail.html", context)


def _failed(incoming_id: int) -> Incoming:
    return get_object_or_404(Incoming, pk=incoming_id, state=IncomingState.FAILED)


@supervisor_required
@require_POST
def retry(request: HttpRequest, incoming_id: int) -> HttpResponse:
    """Read a mail again that was not understood."""
    row = _failed(incoming_id)
    try_again([row])
    row.refresh_from_db()
    if row.state == IncomingState.FAILED:
        messages.error(request, _("%(reason)s. The original is stored.") % {"reason": row.why})
    else:
        messages.success(request, _("Done: %(outcome)s.") % {"outcome": row.get_outcome_display()})
    return SeeOther(back_to(request, otherwise=reverse("mailgateway:incoming")))


@supervisor_required
@require_POST
def make_thread(request: AgentRequest, incoming_id: int) -> HttpResponse:
    """A thread of a mail that was not understood, or not imported; its original goes along as a file."""
    waiting = Incoming.objects.filter(Q(state=IncomingState.FAILED) | Q(reason="not-an-answer"))
    row = get_object_or_404(waiting, pk=incoming_id)
    made = rescue.make_thread(row, by=request.user)
    attention.forget()
    if not made or not row.thread_id:
        messages.error(request, _("The original is no longer stored: no thread can be made of it."))
        return SeeOther(back_to(request, otherwise=reverse("mailgateway:incoming")))
    messages.success(request, _("This thread was made of a mail that was set aside."))
    return SeeOther(reverse("helpdesk:thread", args=[row.thread_id]))


@supervisor_required
@require_POST
def discard(request: AgentRequest, incoming_id: int) -> HttpResponse:
    """Put away what needs nothing; the original stays for as long as any other."""
    row = _failed(incoming_id)
    row.discard(by=request.user)
    attention.forget()
    messages.success(request, _("“%(subject)s” is put away.") % {"subject": row.subject or _("(no subject)")})
    return redirect("mailgateway:mailboxes")


@supervisor_required
@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    """Read all that were set aside again, the oldest first, fifty at once."""
    rows = list(Incoming.objects.filter(state=IncomingState.FAILED).order_by("pk")[:AT_ONCE])
    try_again(rows)
    left = Incoming.objects.filter(pk__in=[row.pk for row in rows], state=IncomingState.FAILED).count()
    text = ngettext("%(n)d mail was read.", "%(n)d mails were read.", len(rows) - left) % {"n": len(rows) - left}
    messages.success(request, text)
    return redirect("mailgateway:mailboxes")


def try_again(rows: list[Incoming]) -> None:
    """One after the other; a row that fails again says why."""
    for row in rows:
        incoming.again(row)
    attention.forget()


@supervisor_required
@require_GET
def raw(request: HttpRequest, incoming_id: int) -> HttpResponse:
    """The mail as it came, as a file."""
    return eml(get_object_or_404(Incoming, pk=incoming_id), f"incoming-{incoming_id}.eml")


@agent_required
@require_GET
def original(request: AgentRequest, message_id: int) -> HttpResponse:
    """The mail that a message was made of, for whoever may see its thread."""
    if not intake.message_visible_to(request.user, message_id):
        raise Http404
    row = Incoming.objects.filter(message=message_id).order_by("pk").first()
    if row is None:
        raise Http404
    return eml(row, f"message-{message_id}.eml")


def eml(row: Incoming, name: str) -> HttpResponse:
    """A stored mail as a download, byte for byte; never shown in the browser. Raises Http404 if it was purged."""
    try:
        content = rawmail.load(row.raw_path)
    except OSError as error:
        raise Http404 from error
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="message/rfc822", headers=headers)
