"""Play the customer: what a mailbox received, and writing from it, by SMTP and IMAP only."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import agent_required
from accounts.http import SeeOther
from crm import door
from helpdesk import tokens
from mailgateway.models import Incoming, Mailbox
from mailgateway.practice import mailbox, players, shopping, situations
from mailgateway.practice.cast import CAST, EVERYBODY_ELSE, OUTSIDE, SHOP_ADDRESSES, Player
from mailgateway.practice.forms import LetterForm
from mailgateway.practice.letters import Letter, file_of
from mailgateway.practice.photo import draw

PANES = ("list", "conv", "side")


@dataclass(frozen=True)
class Desk:
    """A player's mail program: the letters, or the fault that keeps them away."""

    player: Player
    letters: list[Letter]
    fault: str = ""

    @property
    def received(self) -> list[Letter]:
        """What came in, the oldest first."""
        return [letter for letter in self.letters if not letter.mine]

    def letter(self, uid: str) -> Letter | None:
        """A received letter by its number; the newest one for an empty number."""
        if not uid:
            return self.received[-1] if self.received else None
        return next((letter for letter in self.received if str(letter.uid) == uid), None)


def _desk(account: str) -> Desk:
    player = players.player_of(account)
    if player is None:
        raise Http404
    try:
        return Desk(player, mailbox.letters(player.account))
    except mailbox.FAULTS as error:
        return Desk(player, [], _fault(error))


def _fault(error: Exception) -> str:
    words = {"reason": str(error) or type(error).__name__}
    return _("The practice mail server does not answer (%(reason)s). Start the desk anew with: make run") % words


@agent_required
@require_GET
def show(request: HttpRequest, account: str = CAST[0].account) -> HttpResponse:
    """The page of one player."""
    desk = _desk(account)
    return _page(request, desk, _answered(desk, request.GET.get("answer", "")), None)


@agent_required
@require_GET
def letters(request: HttpRequest, account: str) -> HttpResponse:
    """The letters alone; 204 while their number is still ?count=."""
    desk = _desk(account)
    if request.GET.get("count") == str(len(desk.letters)):
        return HttpResponse(status=204)
    return render(request, "mailgateway/practice/_letters.html", {"desk_of": desk, **_after(desk)})


@agent_required
@require_POST
def write(request: HttpRequest, account: str) -> HttpResponse:
    """Send a new mail or an answer."""
    desk = _desk(account)
    answered = _answered(desk, request.POST.get("answer", ""))
    if answered is None and desk.player.account == OUTSIDE:
        raise Http404  # nobody to write as
    form = _form(desk, answered, request)
    if not form.is_valid():
        return _page(request, desk, answered, form, status=422)
    try:
        _send(desk.player, answered, form.cleaned_data)
    except mailbox.FAULTS as error:
        form.add_error(None, _fault(error))
        return _page(request, desk, answered, form, status=502)
    return _done(request, desk.player)


@agent_required
@require_POST
def situation(request: HttpRequest, account: str, key: str) -> HttpResponse:
    """Play a ready situation."""
    desk = _desk(account)
    chosen = next((one for one in situations.for_player(desk.player) if one.key == key), None)
    if chosen is None:
        raise Http404
    try:
        situations.play(chosen, desk.player, desk.received)
    except situations.NothingToAnswerError as error:
        messages.warning(request, str(error))
        return _back(desk.player)
    except mailbox.FAULTS as error:
        messages.error(request, _fault(error))
        return _back(desk.player)
    return _done(request, desk.player)


@agent_required
@require_GET
def file(request: HttpRequest, account: str, box: str, uid: int, number: int) -> HttpResponse:
    """A file of a letter, always as a download."""
    player = _desk(account).player
    try:
        found = file_of(mailbox.raw_mail(player.account, box, uid), number)
    except mailbox.FAULTS as error:
        return HttpResponse(_fault(error), content_type="text/plain; charset=utf-8", status=502)
    if found is None:
        raise Http404
    response = HttpResponse(found[1], content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found[0])
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@agent_required
@require_POST
def area(request: HttpRequest, account: str) -> HttpResponse:
    """Mail the player a link to their private area; it comes into this mailbox, as it would into theirs."""
    player = _desk(account).player
    door.mail_link(player.account)
    messages.success(request, _("If the shop knows this address, a link to sign in arrives here in a moment."))
    return _back(player)


@agent_required
@require_POST
def order(request: HttpRequest, account: str) -> HttpResponse:
    """The player's newest order goes one step on."""
    player = _desk(account).player
    moved = shopping.move_order(players.customer_of(player.account))
    if moved is None:
        raise Http404
    words = {"order": moved.reference, "state": moved.state}
    messages.success(request, _("Order %(order)s: the shop now says “%(state)s”.") % words)
    return _back(player)


@agent_required
@require_POST
def cart(request: HttpRequest, account: str) -> HttpResponse:
    """The player puts something into the cart; whoever has their thread open sees it there."""
    player = _desk(account).player
    if shopping.add_to_cart(players.customer_of(player.account)) is None:
        raise Http404
    messages.success(request, _("It lies in the cart: whoever has a thread of theirs open sees it there now."))
    return _back(player)


# -- pieces -------------------------------------------------------------------------------------------


def _answered(desk: Desk, chosen: str) -> Letter | None:
    """Which letter is answered: `chosen` is a number, "new" for none, or empty for the newest."""
    return None if chosen == "new" else desk.letter(chosen)


def _form(desk: Desk, answered: Letter | None, request: HttpRequest | None = None) -> LetterForm:
    addresses = [(box.username, f"{box.contact} · {box.username}") for box in _boxes()] if answered is None else []
    bound = (request.POST, request.FILES) if request else ()
    return LetterForm(*bound, addresses=addresses, is_answer=answered is not None)


def _boxes() -> QuerySet[Mailbox]:
    return Mailbox.objects.active().filter(username__in=SHOP_ADDRESSES).select_related("contact").order_by("pk")


def _send(player: Player, answered: Letter | None, said: dict[str, Any]) -> None:
    """Raises one of mailbox.FAULTS."""
    address = answered.to if answered and player.account == OUTSIDE else player.account
    mail = mailbox.compose(
        player.name if player.account != OUTSIDE else "",
        address,
        to=answered.reply_to if answered else said["to"],
        subject=answered.answer_subject if answered else said["subject"],
        text=said["text"],
        answers=answered,
    )
    if said["file"]:
        mail.add_attachment(said["file"].read(), "application", "octet-stream", filename=said["file"].name)
    if said["photo"]:
        mail.add_attachment(draw(0), "image", "png", filename="foto-1.png")
    mailbox.send(mail, sender=address)


def _done(request: HttpRequest, player: Player) -> HttpResponse:
    messages.success(request, _("Sent as %(name)s. It is on its way to the queue.") % {"name": player.name})
    return _back(player)


def _back(player: Player) -> HttpResponse:
    return SeeOther(reverse("practice:show", args=[player.account]))


def _after(desk: Desk) -> dict[str, Any]:
    """What follows from the letters: the thread they made."""
    return {"thread_url": _thread_url(desk)}


def _thread_url(desk: Desk) -> str:
    """The newest thread of this player, as the gateway filed it or as the shop's mails say."""
    filed = Incoming.objects.filter(sender__iexact=desk.player.account, thread__isnull=False)
    thread_id = filed.values_list("thread", flat=True).first()
    if thread_id is None:
        told = (tokens.read_message_id(letter.message_id) for letter in reversed(desk.received))
        thread_id = next((token.thread_id for token in told if token), None)
    return reverse("helpdesk:thread", args=[thread_id]) if thread_id else ""


def _unread(desk: Desk) -> dict[str, int]:
    """How many letters wait, by player; nothing while the server does not answer."""
    if desk.fault:
        return {}
    try:
        return {one.account: mailbox.unread(one.account) for one in (*CAST, EVERYBODY_ELSE)}
    except mailbox.FAULTS:
        return {}


def _page(
    request: HttpRequest, desk: Desk, answered: Letter | None, form: LetterForm | None, *, status: int = 200
) -> HttpResponse:
    words, pane, unread = request.GET.get("q", "")[:100], request.GET.get("pane", "conv"), _unread(desk)
    found, customer = players.customers(words), players.customer_of(desk.player.account)
    context = {
        "desk_of": desk,
        "cast": [(one, unread.get(one.account, 0)) for one in (*CAST, EVERYBODY_ELSE)],
        "others": found,
        "words": words,
        "pane": pane if pane in PANES else "conv",
        "answered": answered,
        "form": form or _form(desk, answered),
        "situations": situations.for_player(desk.player),
        "facts": players.facts(customer),
        "next_step": shopping.next_step(customer),
        **_after(desk),
    }
    return render(request, "mailgateway/practice/page.html", context, status=status)
