"""What a customer can do on the page of a thread: it has arrived, still waiting, photos, another address.

All of it by POST, so that programs that look into links do nothing; done twice, it is done once.
"""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SeeOther
from helpdesk import intake, links
from helpdesk.models import AddressProposal, DeskSettings, Message, MessageKind, Thread
from helpdesk.models.address_proposal import TooLateError
from portal import guard, pages, uploads
from portal.access import FormToken
from portal.forms import ReplyForm, by_button, in_thread, of_form
from portal.forms_verbs import PhotoForm, ProposalForm
from portal.views.contact import accepted, query_of
from portal.views.thread import by_token, current, draw, is_same_person, to_page

GET_OR_POST = ["GET", "HEAD", "POST"]


def own(thread: Thread) -> Thread:
    """The thread that goes on, if it is with the same person; a 404 for somebody else's."""
    goes_on = current(thread)
    if not is_same_person(thread, goes_on):
        raise Http404
    return goes_on


@require_POST
@pages.private
@by_token
def arrival(request: HttpRequest, thread: Thread, token: str) -> HttpResponse:
    """The order has come; with `asks` an answer is wanted all the same."""
    goes_on, asks = own(thread), "asks" in request.POST
    if wait := guard.seconds_to_wait(request):
        return draw(request, thread, token, ReplyForm(), FormToken.new(), wait=wait)
    goes_on.say_arrived(asks=asks)
    return SeeOther(to_page(request, token, "still-asks" if asks else "arrived"))


@require_POST
@pages.private
@by_token
def wait(request: HttpRequest, thread: Thread, token: str) -> HttpResponse:
    """The order has not come: a message like any other, so that the thread opens and stands on top. Once a day, or
    again after an answer."""
    goes_on = own(thread)
    if seconds := guard.seconds_to_wait(request):
        return draw(request, thread, token, ReplyForm(), FormToken.new(), wait=seconds)
    said = goes_on.messages.current().filter(kind=MessageKind.REPLY).order_by("pk").values_list("pk", flat=True).last()
    text = _("I am still waiting for order %(order)s.") % {"order": goes_on.order_name}
    facts = ("waiting", str(goes_on.pk), str(said), str(timezone.localdate()))
    with transaction.atomic():
        delivered = intake.deliver_to(goes_on, by_button(request, goes_on, text, *facts))
        if delivered.outcome != "duplicate":
            goes_on.note_waiting(Message.objects.get(pk=delivered.message_id))
    return SeeOther(to_page(request, token, "waiting"))


@require_http_methods(GET_OR_POST)
@pages.private
@by_token
def photos(request: HttpRequest, thread: Thread, token: str) -> HttpResponse:
    """Add files, checked like those of every form."""
    if not DeskSettings.load().uploads_allowed:
        raise Http404
    if request.method != "POST":
        return page(request, thread, token, "photos", form=PhotoForm(), stamp=FormToken.new())
    capped = uploads.cap(request)
    form, stamp = PhotoForm(request.POST), FormToken.read(request.POST.get("token", "")) or FormToken.new()
    shown: dict[str, Any] = {"form": form, "stamp": stamp}
    if seconds := guard.seconds_to_wait(request):
        return page(request, thread, token, "photos", wait=seconds, lost=request.FILES.getlist("files"), **shown)
    taken = uploads.take(request, capped, stamp.key)
    if not taken.files and not taken.problems:
        taken.problems.append(_("Choose a photo or a file."))
    if not form.is_valid() or taken.problems:
        kept = uploads.keep(taken, stamp.key)
        return page(request, thread, token, "photos", kept=kept, file_problems=taken.problems, **shown)
    intake.deliver_to(current(thread), form.to_mail(request, thread, stamp, taken))
    uploads.forget(taken)
    return SeeOther(to_page(request, token, "photos"))


@require_http_methods(GET_OR_POST)
@pages.private
@by_token
def address(request: HttpRequest, thread: Thread, token: str) -> HttpResponse:
    """Propose another address for the order; only with a link that was mailed, for parcels go where it says."""
    goes_on = own(thread)
    if goes_on.order is None or not links.is_proven(token):
        raise Http404
    form = ProposalForm(request.POST if request.method == "POST" else None, thread=goes_on)
    stamp = FormToken.read(request.POST.get("token", "")) or FormToken.new()
    shown: dict[str, Any] = {"form": form, "stamp": stamp, "order": goes_on.order, "too_late": goes_on.order.has_left}
    if request.method != "POST" or shown["too_late"]:
        return page(request, thread, token, "address", status=409 if request.method == "POST" else 200, **shown)
    if seconds := guard.seconds_to_wait(request):
        return page(request, thread, token, "address", wait=seconds, **shown)
    try:
        if form.is_valid() and propose(request, form, stamp):
            return SeeOther(to_page(request, token, "address"))
    except TooLateError:
        return page(request, thread, token, "address", status=409, **{**shown, "too_late": True})
    return page(request, thread, token, "address", **shown)


@transaction.atomic
def propose(request: HttpRequest, form: ProposalForm, stamp: FormToken) -> bool:
    """The customer's words and, beside them, the address as an agent can accept it. False if it is none."""
    thread, label = form.thread, form.vet()
    if not label:
        return False
    facts = of_form(request, stamp, form.words(label), uploads.Uploads(), str(thread.pk), label)
    delivered = intake.deliver_to(thread, in_thread(thread, **facts))
    if delivered.outcome != "duplicate":
        message = Message.objects.get(pk=delivered.message_id)
        AddressProposal.objects.propose(thread, form.cleaned_data, message=message)
    return True


def page(
    request: HttpRequest, thread: Thread, token: str, name: str, *, wait: int = 0, status: int = 200, **shown: Any
) -> HttpResponse:
    """A form below the thread's page, empty or as it came back."""
    context = {"thread": thread, "token": token, "query": query_of(request), "wait": wait}
    context |= {"accept": accepted(), "max_files": uploads.MAX_FILES}
    if wait:
        shown["form"].errors.clear()
    response = render(request, f"portal/{name}.html", {**context, **shown}, status=429 if wait else status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
