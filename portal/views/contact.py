"""The contact form and its confirmation."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SeeOther
from helpdesk import intake, links
from helpdesk.mail import InboundMail
from helpdesk.models import Calendar, Contact, Deflection, DeskSettings, Thread
from portal import area, guard, pages, uploads
from portal.access import FormToken, Person, person_in, read_sent, sent_word
from portal.forms import ContactForm
from portal.orders import read_shown

CONFIRMED_FOR = 24 * 3600  # seconds in which the confirmation's address still leads to the private link


@require_http_methods(["GET", "HEAD", "POST"])
@pages.public
def show(request: HttpRequest) -> HttpResponse:
    """The form at /contact/; deep links: ?contact=SLUG&order=REF&product=REF&customer=TOKEN&lang=es&embed=1."""
    if request.method == "POST":
        return pages.framed(request, submit(request))
    asked = request.GET
    person = person_in(asked.get("customer", "")) or area.person_of(request) or person_of_link(asked.get("thread", ""))
    token = FormToken.new(page=page_of(request), privacy=DeskSettings.load().privacy_version, person=person)
    initial = {name: asked.get(name, "")[:64] for name in ("contact", "order", "product")}
    return pages.framed(request, draw(request, ContactForm(token=token, initial=initial)))


def submit(request: HttpRequest) -> HttpResponse:
    """Take a posted form: back with what is wrong, or on to the confirmation."""
    capped = uploads.cap(request)
    token = FormToken.read(request.POST.get("token", ""))
    form, do = ContactForm(request.POST, token=token or FormToken.new()), request.POST.get("do", "")
    if do == "look" and not request.FILES and not guard.seconds_to_look(request):
        return draw(request, form, looks=True)
    if wait := guard.seconds_to_wait(request):
        return draw(request, form, wait=wait, lost=request.FILES.getlist("files"))
    taken = uploads.take(request, capped, form.token.key)
    if do:
        return without_sending(request, form, taken, is_answered=do == "answered")
    if not form.is_valid() or taken.problems:
        return draw(request, form, taken=taken)
    suspect = guard.is_suspect(request, token, form.cleaned_data["email"])
    word = hand_over(form, form.to_mail(request, taken), is_spam=suspect)
    uploads.forget(taken)
    return SeeOther(reverse("portal:sent", args=[word]) + query_of(request))


def without_sending(
    request: HttpRequest, form: ContactForm, taken: uploads.Uploads, *, is_answered: bool
) -> HttpResponse:
    """The form with what the shop knows of the order; or thanks, when the customer says that this answers them."""
    answer, contact = form.answer, form.contact_meant
    if not is_answered or answer is None or contact is None:
        return draw(request, form, taken=taken, looks=True)
    key = f"{form.token.key}-{answer.order.pk}"
    Deflection.objects.note(key, contact=contact, order=answer.order, customer=form.customer)
    return SeeOther(reverse("portal:answered") + query_of(request))


@transaction.atomic
def hand_over(form: ContactForm, mail: InboundMail, *, is_spam: bool) -> str:
    """Store the message or send it on, as the contact is set; returns the confirmation's signed word."""
    mail, contact = replace(mail, is_spam=is_spam), form.cleaned_data["contact"]
    if not contact.saves_messages:
        intake.relay(mail, contact=contact)
        return sent_word(contact=contact.pk)
    delivered = intake.deliver(mail, contact=contact, routed=False)
    thread = Thread.objects.select_related("customer").get(pk=delivered.thread_id)
    shown = read_shown(form.data.get("shown", ""))
    if shown and form.person and delivered.outcome != "duplicate":
        thread.note_shown(**shown, message=thread.messages.get(pk=delivered.message_id))
    return sent_word(thread=thread.secret, proven=int(form.person is not None))


def person_of_link(token: str) -> Person | None:
    """Whoever came with the private link of a thread that was mailed to them; they are shown that thread's order."""
    try:
        secret = links.secret_in(token) if links.is_proven(token) else ""
    except signing.BadSignature:
        return None
    thread = Thread.objects.select_related("customer").filter(secret=secret).exclude(email="").first()
    if thread is None or (thread.customer is not None and not thread.customer.is_active):
        return None
    return Person(thread.email.lower(), thread.sender, order=thread.order_id or 0)


def draw(
    request: HttpRequest,
    form: ContactForm,
    *,
    taken: uploads.Uploads | None = None,
    wait: int = 0,
    lost: list[Any] | None = None,
    looks: bool = False,
) -> HttpResponse:
    """The page with the form, empty or with what was filled in; beside an order that is chosen, how it stands.

    With `looks` nothing was meant to be sent, and so nothing is wrong yet.
    """
    if wait or looks:
        form.errors.clear()
    context = {
        "opens_next": Calendar.opens_next(),
        "form": form,
        "person": form.person,
        "kept": uploads.keep(taken, form.token.key) if taken else [],
        "file_problems": taken.problems if taken else [],
        "lost": lost or [],
        "wait": wait,
        "query": query_of(request),
        "embedded": pages.is_embedded(request),
        "chosen": chosen_in(form),
        "max_files": uploads.MAX_FILES,
        "accept": accepted(),
        "honeypot": guard.HONEYPOT,
        "answer": form.answer,
    }
    response = render(request, "portal/contact.html", context, status=429 if wait else 200)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def accepted() -> str:
    """The endings that the browser's file dialog offers."""
    return ",".join(f".{ending}" for ending in DeskSettings.load().upload_types.lower().split())


def chosen_in(form: ContactForm) -> str:
    """The short name of the contact that is ticked: what was asked for, or the only one there is."""
    reachable = [contact.slug for contact in form.listed if contact.is_reachable]
    asked = str(form["contact"].value() or "")
    return asked if asked in reachable else (reachable[0] if len(reachable) == 1 else "")


def query_of(request: HttpRequest) -> str:
    """What stays in the address from page to page: the language and the frame."""
    kept = {name: request.GET[name] for name in ("lang", "embed") if request.GET.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def page_of(request: HttpRequest) -> str:
    """Where the customer came from; our own address without its query, which may hold the shop's token."""
    before = urlsplit(request.headers.get("Referer", "").replace("\0", ""))
    if before.scheme in {"http", "https"} and before.netloc and before.netloc != request.get_host():
        return before.geturl()
    return request.build_absolute_uri(request.path)


@require_safe
@pages.public
def answered(request: HttpRequest) -> HttpResponse:
    """Thanks: what the form told was enough, and nothing was sent."""
    context = {"query": query_of(request), "embedded": pages.is_embedded(request)}
    return pages.framed(request, render(request, "portal/answered.html", context))


@require_safe
@pages.private
def sent(request: HttpRequest, word: str) -> HttpResponse:
    """The confirmation: number, when we answer, private link. Its signed address works without cookies."""
    try:
        facts = read_sent(word)
    except signing.BadSignature as error:
        raise Http404 from error
    thread = get_object_or_404(Thread, secret=facts["thread"]) if "thread" in facts else None
    fresh = thread is not None and (timezone.now() - thread.created_at).total_seconds() < CONFIRMED_FOR
    contact = thread.contact if thread else get_object_or_404(Contact, pk=facts.get("contact", 0))
    context = {
        "thread": thread,
        "contact": contact,
        "link": link_to(thread, proven=bool(facts.get("proven"))) if thread and fresh else "",
        "query": query_of(request),
        "embedded": pages.is_embedded(request),
    }
    return pages.framed(request, render(request, "portal/sent.html", context))


def link_to(thread: Thread, *, proven: bool) -> str:
    """The private page; somebody who only typed an address is not proven to be who has it."""
    return reverse("portal:thread", args=[links.portal_token(thread, proven=proven)])
