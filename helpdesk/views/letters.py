"""Writing to one customer or to many: the page, what each of them will read, and sending."""

from secrets import token_hex
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from helpdesk import context as shop
from helpdesk import html as markup
from helpdesk import mailings
from helpdesk.chrome import contacts_of
from helpdesk.forms_mailings import LetterForm
from helpdesk.mailings import Audience, Letter
from helpdesk.models import Contact, DeskSettings, Mailing, Message, PredefinedReply, RecipientState
from helpdesk.placeholders import NAMES
from helpdesk.views.thread import thread_path

FEW = 20  # up to so many are written to without a summary first
SHOWN = 50  # people whose names the page tells
LIBRARY = 60


class Desk:
    """One request to write: whom it means, what is typed so far, and which of them is looked at."""

    def __init__(self, request: AgentRequest) -> None:
        self.request = request
        self.params: QueryDict = request.POST if request.method == "POST" else request.GET
        self.contacts = Contact.objects.filter(pk__in=[one.pk for one in contacts_of(request)])
        mine = Mailing.objects.visible_to(request.user)
        self.begun = mine.filter(pk=_number(self.params.get("again", ""))).first()
        self.fields, self.audience = self._audience()
        self.form = LetterForm(**self._typed(), contacts=self.contacts)

    def _audience(self) -> tuple[list[tuple[str, str]], Audience]:
        """Hidden inputs that say it again, and the people."""
        one = self.params.get("customer", "")
        taken_out = [*self.params.getlist("without"), self.params.get("remove", "")]
        without = frozenset(int(pk) for pk in taken_out if pk.isascii() and pk.isdecimal() and len(pk) < 19)
        kept = [("without", str(pk)) for pk in sorted(without)]
        if one.isascii() and one.isdecimal() and len(one) < 19:
            return [("customer", one), *kept], Audience(shop.people().filter(pk=int(one)), without)
        if self.begun:
            stopped = self.begun.recipients.filter(state=RecipientState.STOPPED)
            people = shop.people().filter(pk__in=stopped.values("customer"))
            return [("again", str(self.begun.pk)), *kept], Audience(people, without)
        selection = shop.chosen_customers(self.request)
        return [*selection.fields, *kept], Audience(selection.rows, without)

    def _typed(self) -> dict[str, Any]:
        if self.request.method == "POST":
            return {"data": self.request.POST, "files": self.request.FILES}
        begun, typed = self.begun, {}
        if begun is not None:
            typed = {"contact": begun.contact_id, "subject": begun.subject, "body": begun.html, "body_format": "html"}
        return {"initial": {**typed, "form_key": token_hex(16)}}

    @property
    def language(self) -> str:
        """What the text is written in: the customer's language where there is one, else the shop's."""
        only = self.audience.reachable.first() if self.audience.count == 1 else None
        return (only.language if only else "") or DeskSettings.load().language

    def contact(self) -> Contact:
        """The one chosen, else the first. Raises Http404 for an agent without any."""
        wanted = _number(self.params.get("contact", "")) or (self.begun.contact_id if self.begun else 0)
        found = self.contacts.filter(pk=wanted).first() or self.contacts.first()
        if found is None:
            raise Http404
        return found

    def letter(self) -> Letter:
        """What is typed so far, finished or not."""
        return Letter(self.request.user, self.contact(), str(self.form["subject"].value() or ""), self.form.html)

    def preview(self) -> dict[str, Any]:
        """What one of the people will read: number `show` of them, from 1."""
        n = _number(self.params.get("show", "") or self.params.get("at", "")) or 1
        at = max(1, min(n, self.audience.count))
        one = next(mailings.personals(self.letter(), self.audience.reachable[at - 1 : at]), None)
        body = markup.mark_placeholders(one.html) if one else ""
        return {"one": one, "body": body, "at": at, "count": self.audience.count, "contact": self.contact()}

    def page(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """The page, with all that was typed."""
        html = more.pop("html", self.form.html)
        context = {
            "form": self.form,
            "fields": self.fields,
            "audience": self.audience,
            "people": self.audience.reachable[:SHOWN],
            "left_out": self.audience.left_out(SHOWN),
            "library": PredefinedReply.objects.for_contact(self.contact())[:LIBRARY],
            "names": NAMES,
            "language": self.language,
            "html": html,
            "text": markup.to_text(html),
            **self.preview(),
            **more,
        }
        return render(self.request, "helpdesk/mailing/write.html", context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AgentRequest) -> HttpResponse:
    """Write to one customer (?customer=) or to those chosen in the list; the button says what to do with it."""
    desk = Desk(request)
    if request.method != "POST":
        return desk.page()
    if request.htmx:
        return render(request, "helpdesk/mailing/_preview.html", desk.preview())
    if "send" in request.POST:
        return _send(desk)
    return _put(desk)


def _put(desk: Desk) -> HttpResponse:
    """Without JavaScript: a predefined reply below the text or in its place, or the text as it was before."""
    typed, params = desk.form.html, desk.params
    if "undo" in params:
        typed = markup.clean_reply(params.get("before", ""))
        return _again(desk, typed)
    pk = _number(params.get("insert", "") or params.get("replace", ""))
    reply = PredefinedReply.objects.for_contact(desk.contact()).filter(pk=pk).first()
    if reply is None:
        return _again(desk, typed)
    reply.count_use()
    body = markup.clean_reply(reply.body(desk.language))
    return _again(desk, body if "replace" in params else typed + body, before=typed)


def _again(desk: Desk, html: str, **more: Any) -> HttpResponse:
    """The page with this text; nothing is complained about, since nothing was to be sent."""
    typed = desk.params.copy()
    typed["body"], typed["body_format"] = html, "html"
    desk.params = typed
    names = ("subject", "contact", "form_key", "body", "body_format")
    desk.form = LetterForm(initial={name: typed.get(name, "") for name in names}, contacts=desk.contacts)
    return desk.page(html=html, **more)


def _send(desk: Desk) -> HttpResponse:
    """To one at once; to several as a mailing, to many after a look at the summary."""
    if not desk.form.is_valid():
        return desk.page(status=400)
    contact, subject, html = (desk.form.cleaned_data[name] for name in ("contact", "subject", "body"))
    letter = Letter(desk.request.user, contact, subject, html)
    if not desk.audience.count:
        return desk.page(status=400, problem=_("Nobody is left to write to."))
    if desk.audience.count == 1:
        return _send_to_one(desk, letter)
    missing = mailings.missing_values(letter, desk.audience)
    if len(missing) == desk.audience.count:
        return desk.page(status=400, problem=_("A value is missing for every one of them."))
    if desk.audience.count > FEW and "confirmed" not in desk.params:
        return _summary(desk, letter, missing)
    return _begin(desk, letter, missing)


def _begin(desk: Desk, letter: Letter, missing: dict[int, str]) -> HttpResponse:
    """The mailing, as a job that other processes work off."""
    gone = {one.pk: reason for one, reason in desk.audience.left_out()} | missing
    ids = [pk for pk in desk.audience.reachable.values_list("pk", flat=True) if pk not in missing]
    mailing = Mailing.objects.write(
        ids,
        by=letter.by,
        contact=letter.contact,
        subject=letter.subject,
        html=letter.html,
        form_key=desk.form.cleaned_data["form_key"],
        left_out=gone,
    )
    return SeeOther(reverse("helpdesk:mailing", args=[mailing.pk]))


def _send_to_one(desk: Desk, letter: Letter) -> HttpResponse:
    """A thread with this mail; the same form sent twice leads to the same thread."""
    one, cleaned = next(mailings.personals(letter, desk.audience.reachable)), desk.form.cleaned_data
    try:
        thread = mailings.open_thread(letter, one, form_key=cleaned["form_key"], files=cleaned["files"])
    except IntegrityError:
        said = get_object_or_404(Message, form_key=cleaned["form_key"], author=desk.request.user)
        return SeeOther(thread_path(said.thread_id))
    except ValueError as problem:
        return desk.page(status=400, problem=str(problem))
    messages.success(desk.request, _("Written. The answer comes back to this thread."))
    return SeeOther(thread_path(thread.pk))


def _summary(desk: Desk, letter: Letter, missing: dict[int, str]) -> HttpResponse:
    """Before many are written to: how many get it, and who does not and why."""
    people = {one.pk: one for one in desk.audience.reachable.filter(pk__in=list(missing)[:SHOWN])}
    gone = [*desk.audience.left_out(SHOWN), *((one, missing[pk]) for pk, one in people.items())]
    context = {
        "letter": letter,
        "form": desk.form,
        "fields": desk.fields,
        "count": desk.audience.count - len(missing),
        "left_out": gone,
        "left_out_count": desk.audience.left_out_count + len(missing),
    }
    return render(desk.request, "helpdesk/mailing/summary.html", context)


@agent_required
@require_POST
def use_reply(request: AgentRequest) -> JsonResponse:
    """{"html"}: a predefined reply (`reply`) in `language`, its names still to be filled in, and one more use."""
    mine = Contact.objects.filter(pk__in=[one.pk for one in contacts_of(request)])
    contact = get_object_or_404(mine, pk=_number(request.POST.get("contact", "")))
    replies = PredefinedReply.objects.for_contact(contact)
    reply = get_object_or_404(replies, pk=_number(request.POST.get("reply", "")))
    reply.count_use()
    return JsonResponse({"html": markup.clean_reply(reply.body(request.POST.get("language", "")[:8]))})
