"""The customer's page of one thread: read, answer, ask for a new link."""

from collections.abc import Callable
from functools import wraps

from django.core import signing
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SeeOther
from helpdesk import intake, letters, links
from helpdesk.models import Attachment, DeskSettings, Message, OutgoingState, Status, Thread
from helpdesk.models.message import MessageQuerySet
from portal import guard, pages, uploads
from portal.access import FormToken
from portal.conversation import Offers, Said, steps
from portal.forms import ReplyForm
from portal.views.contact import accepted, query_of


def by_token(view: Callable[[HttpRequest, Thread, str], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """A view of the thread that the token opens; an old token is offered a new one, a wrong one is a 404."""

    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            thread = thread_of(links.secret_in(token))
        except signing.SignatureExpired:
            return expired(request, token)
        except signing.BadSignature as error:
            raise Http404 from error
        with pages.in_words_of(request.GET.get("lang") or thread.language):
            return view(request, thread, token)

    return opened


@require_http_methods(["GET", "HEAD", "POST"])
@pages.private
@by_token
def show(request: HttpRequest, thread: Thread, token: str) -> HttpResponse:
    """The conversation as the customer may see it; a POST is an answer."""
    if request.method == "POST":
        return answer(request, thread, token)
    return draw(request, thread, token, ReplyForm(), FormToken.new())


def thread_of(secret: str) -> Thread:
    """The thread with this secret. Raises Http404, or SwitchedOffError if its customer's account is disabled."""
    threads = Thread.objects.select_related("contact", "customer", "order", "merged_into__order")
    thread = get_object_or_404(threads, secret=secret)
    if thread.customer is not None and not thread.customer.is_active:
        raise pages.SwitchedOffError
    return thread


def current(thread: Thread) -> Thread:
    """The thread that goes on where this one was merged into another."""
    for _step in range(10):
        if thread.merged_into is None:
            break
        thread = thread.merged_into
    return thread


def is_same_person(thread: Thread, goes_on: Thread) -> bool:
    """Whether the thread that this one was merged into is with the same address; a link speaks for one person only."""
    return goes_on.email.lower() == thread.email.lower()


def visible_in(thread: Thread) -> MessageQuerySet:
    """What the holder of the thread's link may read: public messages that have left.

    Never what a stranger sent to the thread's own address: it may be a code that somebody else's service mails to
    whoever claims this address to be his. After a merge with another's thread still only what was said in their own.
    """
    goes_on = current(thread)
    undoable = Q(outgoing__state=OutgoingState.QUEUED, outgoing__attempts=0, outgoing__not_before__gt=timezone.now())
    messages = Message.objects.public().filter(thread=goes_on, is_from_stranger=False).exclude(undoable)
    if not is_same_person(thread, goes_on):
        messages = messages.filter(home=thread)
    return messages


def draw(
    request: HttpRequest,
    thread: Thread,
    token: str,
    form: ReplyForm,
    stamp: FormToken,
    *,
    taken: uploads.Uploads | None = None,
    wait: int = 0,
) -> HttpResponse:
    """The page, with the answer as it was typed."""
    messages = visible_in(thread).select_related("author").prefetch_related("attachments")
    goes_on = current(thread)
    is_theirs = is_same_person(thread, goes_on)
    if wait:
        form.errors.clear()
    context = {
        "thread": thread,
        "said": [Said(message, thread, token) for message in messages],
        "steps": steps(goes_on),
        "until": links.expires_at(token),
        "token": token,
        "form": form,
        "stamp": stamp,
        "kept": uploads.keep(taken, stamp.key) if taken else [],
        "file_problems": taken.problems if taken else [],
        "lost": request.FILES.getlist("files") if wait else [],
        "wait": wait,
        "accept": accepted(),
        "max_files": uploads.MAX_FILES,
        "query": query_of(request),
        "may_rate": goes_on.status == Status.CLOSED and is_theirs and DeskSettings.load().asks_rating,
        "notice": request.GET.get("done", ""),
        "offers": Offers(goes_on, is_theirs, is_theirs and links.is_proven(token)),
    }
    return render(request, "portal/thread.html", context, status=429 if wait else 200)


def answer(request: HttpRequest, thread: Thread, token: str) -> HttpResponse:
    """Add the customer's words and files to the thread; it opens again."""
    capped = uploads.cap(request)
    form, stamp = ReplyForm(request.POST), FormToken.read(request.POST.get("token", "")) or FormToken.new()
    if wait := guard.seconds_to_wait(request):
        return draw(request, thread, token, form, stamp, wait=wait)
    taken = uploads.take(request, capped, stamp.key)
    if not form.is_valid() or taken.problems:
        return draw(request, thread, token, form, stamp, taken=taken)
    intake.deliver_to(current(thread), form.to_mail(request, thread, stamp, taken))
    uploads.forget(taken)
    return SeeOther(to_page(request, token, "answered"))


@require_POST
@pages.private
@by_token
def solved(request: HttpRequest, thread: Thread, token: str) -> HttpResponse:
    """The customer says that nothing more is needed; writing again opens the thread again."""
    goes_on = current(thread)
    if is_same_person(thread, goes_on):
        goes_on.close(by=None, by_name=thread.sender)
    return SeeOther(to_page(request, token, "solved"))


def to_page(request: HttpRequest, token: str, done: str) -> str:
    """The thread's page, with a sentence on what was just done."""
    query = query_of(request)
    return f"{reverse('portal:thread', args=[token])}{query}{'&' if query else '?'}done={done}"


def expired(request: HttpRequest, token: str) -> HttpResponse:
    """The link is too old: offer a new one to the address on file."""
    context = {"token": token, "asked": request.GET.get("done") == "link", "query": query_of(request)}
    return render(request, "portal/expired.html", context, status=200 if context["asked"] else 410)


@require_POST
@pages.private
def new_link(request: HttpRequest, token: str) -> HttpResponse:
    """Send a new link to the address on file. Always the same answer, whatever was done."""
    try:
        thread = Thread.objects.select_related("contact").filter(secret=links.expired_secret_in(token)).first()
    except signing.BadSignature as error:
        raise Http404 from error
    if thread is not None and thread.email and thread.contact.email and not guard.OF_THREAD_LINK.take(str(thread.pk)):
        letters.queue_link(thread)
    return SeeOther(to_page(request, token, "link"))


@require_safe
@pages.private
def attachment(request: HttpRequest, token: str, attachment_id: int) -> FileResponse:
    """A file of this thread, always as a download; anything else is a 404."""
    try:
        thread = thread_of(links.secret_in(token))
    except signing.BadSignature as error:  # expired ones too
        raise Http404 from error
    file = get_object_or_404(Attachment, pk=attachment_id, message__in=visible_in(thread))
    kind = file.content_type if file.is_showable else "application/octet-stream"
    response = FileResponse(file.open(), as_attachment=True, filename=file.name, content_type=kind)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response._csp_replace = {"default-src": ["'none'"], "sandbox": [""]}  # type: ignore[attr-defined]
    return response
