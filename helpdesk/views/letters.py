"""Writing to one customer or to many: the page, what each of them will read, and sending."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from accounts.typed import number
from helpdesk import html as markup
from helpdesk import mailings
from helpdesk.mailings import Letter
from helpdesk.models import Contact, Message, PredefinedReply
from helpdesk.views.thread import thread_path
from helpdesk.writing import Desk


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AgentRequest) -> HttpResponse:
    """Write to one customer (?customer=) or to those chosen in the list; the button says what to do with it."""
    desk = Desk(request)
    if request.method != "POST":
        return _page(desk)
    if request.htmx:
        return _part(desk)
    if "discard" in request.POST:
        return _discard(desk)
    if "send" in request.POST:
        return _send(desk)
    return _put(desk)


def _page(desk: Desk, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(desk.request, "helpdesk/mailing/write.html", desk.page(**more), status=status)


def _part(desk: Desk) -> HttpResponse:
    """While one types: whom the words find, the files after one more or less, or the preview and when it was saved."""
    if "look" in desk.params:
        return render(desk.request, "helpdesk/mailing/_found.html", desk.found())
    if "attach" in desk.params or "drop" in desk.params:
        desk.keep_files()
        _drop(desk)
        shown = {"files": desk.files, "file_errors": desk.form.errors.get("files", [])}
        return render(desk.request, "helpdesk/mailing/_files.html", shown)
    saved_at = timezone.now() if desk.keep() else None
    return render(desk.request, "helpdesk/mailing/_preview.html", {**desk.preview(), "saved_at": saved_at})


def _drop(desk: Desk) -> None:
    if desk.draft:
        desk.draft.take_out(number(desk.params.get("drop", "")))


def _discard(desk: Desk) -> HttpResponse:
    """Nothing of it is kept; back to an empty page for the same people."""
    query = desk.draft.query if desk.draft else ""
    if desk.draft:
        desk.draft.discard()
        messages.success(desk.request, _("The draft was thrown away."))
    return SeeOther(f"{reverse('helpdesk:write_mail')}?{query}" if query else reverse("crm:customers"))


def _put(desk: Desk) -> HttpResponse:
    """Without JavaScript: a predefined reply below the text or in its place, or the text as it was before."""
    typed, params = desk.form.html, desk.params
    more: dict[str, Any] = {}
    html = typed
    if "undo" in params:
        html = markup.clean_reply(params.get("before", ""))
    pk = number(params.get("insert", "") or params.get("replace", ""))
    reply = PredefinedReply.objects.for_contact(desk.contact()).filter(pk=pk).first()
    if reply is not None:
        reply.count_use()
        body = markup.clean_reply(reply.body(desk.language))
        html, more = (body if "replace" in params else typed + body), {"before": typed}
    saved = desk.keep(html=html)
    _drop(desk)
    desk.put(html)
    return _page(desk, saved_at=timezone.now() if saved else None, **more)


def _send(desk: Desk) -> HttpResponse:
    """To one at once; to several or at a later time as a mailing, which to many asks first."""
    desk.keep()
    if not desk.form.is_valid():
        return _page(desk, status=400)
    said = desk.form.cleaned_data
    words = [said[name] for name in ("contact", "subject", "body", "then", "tags", "voucher")]
    letter = Letter(desk.request.user, *words)
    try:
        if desk.audience.count == 1 and said["send_at"] is None:
            return _send_to_one(desk, letter)
        return _begin(desk, letter)
    except ValueError as problem:
        return _page(desk, status=400, problem=str(problem))


@transaction.atomic
def _begin(desk: Desk, letter: Letter) -> HttpResponse:
    """The mailing, as a job that other processes work off; the files of the draft are its own now."""
    said = desk.form.cleaned_data
    how = {"form_key": said["form_key"], "files": desk.files, "send_at": said["send_at"]}
    mailing = mailings.begin(letter, desk.audience, **how)
    if desk.draft:
        desk.draft.delete()
    return SeeOther(reverse("helpdesk:mailing", args=[mailing.pk]))


def _send_to_one(desk: Desk, letter: Letter) -> HttpResponse:
    """A thread with this mail; the same form sent twice leads to the same thread."""
    one, form_key = next(mailings.personals(letter, desk.audience.reachable)), desk.form.cleaned_data["form_key"]
    try:
        with transaction.atomic():
            thread = mailings.open_thread(letter, one, form_key=form_key, files=desk.files)
            if desk.draft:
                desk.draft.delete()
    except IntegrityError:
        said = get_object_or_404(Message, form_key=form_key, author=desk.request.user)
        return SeeOther(thread_path(said.thread_id))
    messages.success(desk.request, _("Written. The answer comes back to this thread."))
    return SeeOther(thread_path(thread.pk))


@agent_required
@require_POST
def use_reply(request: AgentRequest) -> JsonResponse:
    """{"html"}: a predefined reply (`reply`) in `language`, its names still to be filled in, and one more use."""
    mine = Contact.objects.active().visible_to(request.user)
    contact = get_object_or_404(mine, pk=number(request.POST.get("contact", "")))
    replies = PredefinedReply.objects.for_contact(contact)
    reply = get_object_or_404(replies, pk=number(request.POST.get("reply", "")))
    reply.count_use()
    return JsonResponse({"html": markup.clean_reply(reply.body(request.POST.get("language", "")[:8]))})
