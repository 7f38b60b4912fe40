"""Whose cart is it? What a thread says is held against carts without an owner; an agent decides, never the desk."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Agent
from helpdesk import context as shop
from helpdesk.models import Folder, MessageKind, Thread
from helpdesk.models.event import EventKind

SHOWN = 3
READ_MESSAGES, READ_LETTERS = 5, 8000  # how much of what the customer wrote is read
KEY = "thread-"


def about(thread: Thread) -> str:
    """What crm calls the matter of a thread."""
    return f"{KEY}{thread.pk}"


def thread_id_of(matter: str) -> int | None:
    """The other way round; None for a matter that is no thread."""
    number = matter.removeprefix(KEY)
    return int(number) if matter.startswith(KEY) and number.isdigit() else None


def is_searching(thread: Thread) -> bool:
    """Whether it is still open what the thread is about."""
    return thread.order_id is None and thread.cart_id is None and thread.folder == Folder.DESK


def complaint_of(thread: Thread) -> Any:
    """What the customer wrote, as crm compares it; None if they wrote nothing."""
    wrote = thread.messages.filter(kind=MessageKind.CUSTOMER).order_by("-pk")
    rows = list(wrote.values("text", "author_name", "author_email", "user_agent", "ip", "created_at")[:READ_MESSAGES])
    if not rows:
        return None
    return shop.Complaint(
        texts=(*(row["text"][:READ_LETTERS] for row in rows), thread.subject),
        at=rows[0]["created_at"],
        name=rows[0]["author_name"] or thread.name,
        addresses=tuple(dict.fromkeys(one for one in (thread.email, *(row["author_email"] for row in rows)) if one)),
        customer=thread.customer_id,
        user_agent=rows[0]["user_agent"],
        ip=rows[0]["ip"] or "",
    )


def candidates_of(thread: Thread, *, most: int = SHOWN) -> list[Any]:
    """The carts that the thread may be about, but for those that are said not to be; none once that is settled."""
    complaint = complaint_of(thread) if is_searching(thread) else None
    if complaint is None:
        return []
    return shop.carts_for(complaint, about=about(thread), most=most)


@dataclass(frozen=True)
class Claimed:
    """The cart that a thread is about, when it has no order. `was_found` here, and can be taken back."""

    cart: Any
    was_found: bool


def claimed_by(thread: Thread) -> Claimed | None:
    """The thread's cart, as the panel shows it."""
    cart = shop.cart_with_lines(thread.cart_id) if thread.cart_id else None
    return Claimed(cart, shop.was_linked(cart)) if cart and cart.order_id is None else None


@transaction.atomic
def claim(thread: Thread, cart_id: int, *, by: Agent) -> bool:
    """The cart is theirs: it gets their customer, a new guest if there is none, and the thread is about it.

    Only a cart that was offered can be claimed. Returns whether it changed; raises LookupError for any other cart and
    ValueError, with a sentence, where it cannot be done.
    """
    thread.refresh_from_db(from_queryset=Thread.objects.select_for_update(of=("self",)))
    if thread.cart_id == cart_id:
        return False
    offered = next((one for one in candidates_of(thread, most=20) if one.cart.pk == cart_id), None)
    if offered is None:
        raise LookupError(cart_id)
    if thread.customer is None and not thread.email:
        raise ValueError(_("The message came without an address: create a customer first, then link the cart."))
    customer = thread.customer or shop.guest_for(thread.email, thread.name, by=by)
    offered.cart.link(customer, by=by, reasons=[reason.sentence for reason in offered.reasons if reason.fits])
    shop.keep_matches(about(thread), [], customer=customer.pk)
    return thread.link(by=by, cart=offered.cart, customer=customer)


@transaction.atomic
def disclaim(thread: Thread, *, by: Agent) -> bool:
    """Undo claim(): the cart is nobody's again and the thread is about no cart; whoever wrote stays on file."""
    cart = thread.cart
    if cart is None:
        return False
    shop.unlink_cart(cart, by=by)
    return thread.link(by=by, cart=None)


@transaction.atomic
def refuse(thread: Thread, cart_id: int, *, by: Agent) -> None:
    """The cart is not theirs: it is not offered here, nor to this customer, again. Raises LookupError for no cart."""
    cart = shop.cart_with_lines(cart_id)
    if cart is None:
        raise LookupError(cart_id)
    shop.refuse_cart(cart, about(thread), customer=thread.customer_id, by=by)
    thread.record(EventKind.REFUSED, by=by, name=str(cart))
    thread.announce()


@transaction.atomic
def reconsider(thread: Thread, cart_id: int) -> None:
    """Undo refuse(): the cart may be offered again. Raises LookupError for no cart."""
    cart = shop.cart_with_lines(cart_id)
    if cart is None:
        raise LookupError(cart_id)
    shop.take_back_refusal(cart, about(thread), customer=thread.customer_id)
    thread.announce()
