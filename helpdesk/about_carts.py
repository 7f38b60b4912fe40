"""Writing to somebody about their cart, by hand: what the letter says, and sending it as a thread."""

from dataclasses import dataclass

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Agent
from helpdesk import context
from helpdesk.context import Cart
from helpdesk.models import Contact, DeskSettings, Thread, ThreadQuerySet


@dataclass(frozen=True)
class Letter:
    """What is proposed to the agent."""

    subject: str
    text: str


def address_of(cart: Cart) -> str:
    """Where to write to: the customer's main address, else the one typed into the cart."""
    return (cart.customer.email if cart.customer else "") or cart.email


def language_of(cart: Cart) -> str:
    """The customer's language, the cart's, or the shop's."""
    return (cart.customer.language if cart.customer else "") or cart.language or DeskSettings.load().language


def letter_for(cart: Cart) -> Letter:
    """The lines of the cart and the link that brings it back, in the customer's language."""
    first_name = cart.customer.first_name if cart.customer else cart.name.partition(" ")[0]
    words = {"cart": cart, "first_name": first_name, "link": cart.restore_url(), "shop": DeskSettings.load().shop_name}
    with translation.override(language_of(cart)):
        subject = render_to_string("mail/about_cart/subject.txt", words).strip()
        return Letter(subject, render_to_string("mail/about_cart/body.txt", words).strip())


def obstacle_to(cart: Cart) -> str:
    """Why nobody may or can write about this cart, in a sentence; empty where one can."""
    if cart.customer and cart.customer.do_not_contact:
        return _("This customer must not be contacted.")
    if not address_of(cart):
        return _("There is no e-mail address to write to.")
    return ""


def open_threads(cart: Cart, agent: Agent) -> ThreadQuerySet:
    """The customer's threads in which one may write about the cart; of a nameless cart those that are about it."""
    visible = Thread.objects.visible_to(agent).active().exclude(email="")
    mine = visible.filter(customer=cart.customer) if cart.customer else visible.filter(cart=cart)
    return mine.select_related("contact", "assignee").newest_first()


@transaction.atomic
def write(
    cart: Cart,
    text: str,
    *,
    by: Agent,
    contact: Contact,
    subject: str,
    thread: Thread | None = None,
    form_key: str = "",
) -> Thread:
    """Send it in this `thread` of the customer, or in a new one at this contact; the cart remembers.

    Raises ValueError where there is nothing to say, or nobody to say it to.
    """
    if problem := obstacle_to(cart):
        raise ValueError(problem)
    if thread is not None:
        thread.reply(text, by=by, form_key=form_key)
    else:
        thread = Thread.objects.open_by_agent(
            by=by,
            contact=contact,
            email=address_of(cart),
            subject=subject,
            name=cart.name,
            text=text,
            language=language_of(cart),
            form_key=form_key,
        )
    thread.link(cart=cart, by=by)
    context.cart_contacted(cart, by=by, thread=thread.pk)
    return thread
