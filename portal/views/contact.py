"""The contact form and its confirmation."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SeeOther
from helpdesk import intake, links
from helpdesk.mail import InboundMail
from helpdesk.models import Calendar, Contact, DeskSettings, Thread
from portal import area, guard, pages, uploads
from portal.access import FormToken, person_in, read_sent, sent_word
from portal.forms import ContactForm

CONFIRMED_FOR = 24 * 3600  # seconds in which the confirmation's address still leads to the private link


@require_http_methods(["GET", "HEAD", "POST"])
@pages.public
def show(request: HttpRequest) -> HttpResponse:
    """The form at /contact/; deep links: ?contact=SLUG&order=REF&product=REF&customer=TOKEN&lang=es&embed=1."""
    if request.method == "POST":
        return pages.framed(request, submit(request))
    asked = request.GET
    person = person_in(asked.get("customer", "")) or area.person_of(request)
    token = FormToken.new(page=page_of(request), privacy=DeskSettings.load().privacy_version, person=person)
    initial = {name: asked.get(name, "")[:64] for name in ("contact", "order", "product")}
    return pages.framed(request, draw(request, ContactForm(token=token, initial=initial)))


def submit(request: HttpRequest) -> HttpResponse:
    """Take a posted form: back with what is wrong, or on to the confirmation."""
    capped = uploads.cap(request)
    token = FormToken.read(request.POST.get("token", ""))
    form = ContactForm(request.POST, token=token or FormToken.new())
    if wait := guard.seconds_to_wait(request):
        return draw(request, form, wait=wait, lost=request.FILES.getlist("files"))
    taken = uploads.take(request, capped, form.token.key)
    if not form.is_valid() or taken.problems:
        return draw(request, form, taken=taken)
    contact = form.cleaned_data["contact"]
    suspect = guard.is_suspect(request, token, form.cleaned_data["email"])
    word = hand_over(form.to_mail(request, taken), contact, is_spam=suspect)
    uploads.forget(taken)
    return SeeOther(reverse("portal:sent", args=[word]) + query_of(request))


def hand_over(mail: InboundMail, contact: Contact, *, is_spam: bool) -> str:
    """Store the message or send it on, as the contact is set; returns the confirmation's signed word."""
    mail = replace(mail, is_spam=is_spam)
    if not contact.saves_messages:
        intake.relay(mail, contact=contact)
        return sent_word(contact=contact.pk)
    delivered = intake.deliver(mail, contact=contact, routed=False)
    return sent_word(thread=Thread.objects.values_list("secret", flat=True).get(pk=delivered.thread_id))


def draw(
    request: HttpRequest,
    form: ContactForm,
    *,
    taken: uploads.Uploads | None = None,
    wait: int = 0,
    lost: list[Any] | None = None,
) -> HttpResponse:
    """The page with the form, empty or with what was filled in."""
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
    }
    if wait:
        form.errors.clear()
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
        "link": reverse("portal:thread", args=[links.portal_token(thread)]) if thread and fresh else "",
        "query": query_of(request),
        "embedded": pages.is_embedded(request),
    }
    return pages.framed(request, render(request, "portal/sent.html", context))
