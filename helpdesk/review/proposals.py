"""What is proposed to send in a thread, why, and what stands in its way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import Agent
from helpdesk import context
from helpdesk import html as markup
from helpdesk.audience import obstacle_in
from helpdesk.context import Order
from helpdesk.models import DeskSettings, FollowUp, PredefinedReply, Thread
from helpdesk.models.reply import fill
from helpdesk.placeholders import values_for
from helpdesk.review.texts import reply_for


@dataclass(frozen=True)
class Proposal:
    """A follow-up as the customer would read it. `missing` are placeholders without a value."""

    thread: Thread
    reply: PredefinedReply | None
    html: str = ""
    missing: list[str] = field(default_factory=list)
    because: str = ""
    order: Order | None = None

    @property
    def obstacle(self) -> str:
        """Why it cannot be sent as it is; empty where it can."""
        if problem := obstacle_in(self.thread):
            return problem
        if not self.html:
            return _("There is no text to send. Choose another one.")
        if self.missing:
            return _("Missing: %(names)s") % {"names": ", ".join(self.missing)}
        asks = self.reply is not None and self.reply.follow_up == FollowUp.ARRIVED
        if asks and self.order is not None and not was_sent(self.order):
            return _("%(order)s has not been sent") % {"order": self.order}
        return ""


def proposal_for(thread: Thread, *, by: Agent, chosen: int = 0) -> Proposal:
    """The reply that fits the thread, or the one chosen (an id) among those of its contact, filled in."""
    replies = PredefinedReply.objects.for_contact(thread.contact)
    if chosen and (reply := replies.filter(pk=chosen).first()):
        return _filled(thread, reply, reply.bodies, by=by, because="", order=thread.order)
    follow_up, because = _fitting(thread)
    found = reply_for(follow_up)
    return _filled(thread, found, found.bodies if found else {}, by=by, because=because, order=thread.order)


def _fitting(thread: Thread) -> tuple[str, str]:
    """Which of the follow-ups, and why, in a sentence."""
    order = thread.order
    if order is not None and was_sent(order) and order.is_done:
        return FollowUp.ARRIVED, _("Chosen because the shop says that %(order)s was delivered.") % {"order": order}
    if order is not None and was_sent(order):
        return FollowUp.ARRIVED, _("Chosen because %(order)s is on its way.") % {"order": order}
    if thread.needs_answer:
        return FollowUp.NEWS, _("Chosen because the last word is theirs.")
    return FollowUp.NEWS, _("Chosen because no order of theirs is on its way.")


def was_sent(order: Order) -> bool:
    """It is on its way or there; what was cancelled is not paid."""
    return order.is_valid and (order.is_shipped or order.is_done)


def _filled(
    thread: Thread,
    reply: PredefinedReply | None,
    bodies: dict[str, str],
    *,
    by: Agent,
    because: str,
    order: Order | None,
) -> Proposal:
    thread.order = order
    language = thread.language or DeskSettings.load().language
    text = PredefinedReply(bodies=bodies).body(language)
    html, missing = fill(text, values_for(thread, agent=by))
    return Proposal(thread, reply, html, list(dict.fromkeys(missing)), because, order)


def proposals(
    threads: Iterable[Thread], reply: PredefinedReply | None, bodies: dict[str, str], *, by: Agent
) -> Iterator[Proposal]:
    """One text for each of these threads: about its order, else about the customer's newest one."""
    found = list(threads)
    without = [one.customer_id for one in found if one.order_id is None and one.customer_id]
    newest = context.newest_orders(without) if without else {}
    for thread in found:
        order = thread.order or newest.get(thread.customer_id or 0)
        yield _filled(thread, reply, bodies, by=by, because="", order=order)


def words_outside(thread: Thread, *, by: Agent) -> str:
    """What a carrier or supplier is asked, as plain text; what is not known is left for the agent to fill in."""
    reply = reply_for(FollowUp.CHASE)
    language = DeskSettings.load().language
    return markup.to_text(reply.fill(values_for(thread, agent=by), language=language)[0]) if reply else ""
