"""A job: every new message of a customer is held against the carts without an owner, and watched ones fire.

It runs beside the gateway, not within it, so that taking mail in costs nothing more; the panel of a thread looks for
itself, so an agent who opens one never waits for this job.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Agent
from accounts.pieces import money
from helpdesk import context as shop
from helpdesk import notices, pings
from helpdesk.claims import about, candidates_of
from helpdesk.models import CartSearch, NoticeKind, Thread

WITHIN = timedelta(days=2)  # older messages were looked at, or came from an import
BATCH = 100


def seek() -> int:
    """Look for the carts of threads with a new message; returns how many threads were looked at."""
    fresh = Thread.objects.active().filter(order=None, cart=None, inbound_at__gte=timezone.now() - WITHIN)
    unseen = fresh.filter(Q(cart_search=None) | Q(cart_search__at__lt=F("inbound_at")))
    count = 0
    for thread in unseen.select_related("contact", "assignee", "customer").order_by("inbound_at")[:BATCH]:
        if CartSearch.objects.claim(thread):
            look(thread)
            count += 1
    return count


@transaction.atomic
def look(thread: Thread) -> list[Any]:
    """Keep what fits a thread; returns the watched carts that fired, of which its agents are told."""
    found = candidates_of(thread, most=5)
    shop.keep_matches(about(thread), found, customer=thread.customer_id)
    fired = shop.fire_watches(found)
    for candidate in fired[:1]:
        _tell(thread, candidate)
    if fired:
        thread_id = thread.pk
        transaction.on_commit(lambda: pings.thread_changed(thread_id, [thread.contact_id]))
    return fired


def _tell(thread: Thread, candidate: Any) -> None:
    people = [thread.assignee] if thread.assignee else list(thread.contact.people())
    for agent in people:
        notices.tell(agent, NoticeKind.CART, thread, text=_sentence(agent, candidate), by_name=thread.sender)


def _sentence(agent: Agent, candidate: Any) -> str:
    with translation.override(agent.language or None):
        cart = candidate.cart
        words = {"cart": cart, "amount": money(cart.total, cart.currency), "sure": candidate.sure.label}
        return _("Cart %(cart)s, %(amount)s. Certainty: %(sure)s.") % words
