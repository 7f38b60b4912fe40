"""A thread as its customer sees it: who said what, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from helpdesk import html as markup
from helpdesk.models import AddressProposal, Attachment, EventKind, Holder, Message, MessageKind, Status, Thread
from portal.customer import Order
from portal.orders import Answer


@dataclass(frozen=True)
class Said:
    """One message on the customer's page."""

    message: Message
    thread: Thread
    token: str

    @property
    def is_ours(self) -> bool:
        """The shop said it."""
        return self.message.kind == MessageKind.REPLY

    @property
    def is_yours(self) -> bool:
        """Whoever the link belongs to said it."""
        return not self.is_ours and self.message.author_email.lower() == self.thread.email.lower()

    @property
    def who(self) -> str:
        """An agent's first name, or the name of somebody else who took part."""
        name = self.message.who
        return name.split(" ")[0] if self.is_ours else name

    @property
    def initials(self) -> str:
        """One or two letters for the circle."""
        words = [word for word in self.message.who.split() if word[0].isalnum()]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def body(self) -> SafeString:
        """What was said, harmless: an agent's as it was laid out, everybody else's as plain text."""
        if self.is_ours and self.message.html:
            files = reverse("portal:attachment", args=[self.token, 0]).removesuffix("0/")
            return markup.show_reply(self.message.html, files=files)
        return markup.linkify(self.message.text)

    @property
    def files(self) -> list[Attachment]:
        """The files to list; an agent's pictures stand in the text already."""
        return [one for one in self.message.attachments.all() if not (self.is_ours and one.is_inline)]


@dataclass(frozen=True)
class Standing:
    """How a thread stands, in the customer's words, with the drawing and class of its pill."""

    label: str
    icon: str
    tone: str


def standing(thread: Thread) -> Standing:
    """On it, your turn, or solved."""
    if thread.status == Status.CLOSED:
        return Standing(_("Solved"), "s-closed", "st-closed")
    if thread.first_response_at is not None and thread.holder == Holder.CUSTOMER and not thread.needs_answer:
        return Standing(_("Your turn"), "s-p1", "st-p1")
    return Standing(_("On it"), "s-open", "st-open")


@dataclass(frozen=True)
class Step:
    """One station of a thread: reached or not, and whether it stands there now."""

    label: str
    at: datetime | None = None
    reached: bool = False
    now: bool = False

    @property
    def when(self) -> str:
        """The time of today, else the day."""
        if self.at is None:
            return ""
        at = timezone.localtime(self.at)
        today = at.date() == timezone.localdate()
        return date_format(at, "TIME_FORMAT" if today else "SHORT_DATE_FORMAT")


def steps(thread: Thread) -> list[Step]:
    """Received, answered, whose turn it is, solved."""
    answered, closed = thread.first_response_at is not None, thread.status == Status.CLOSED
    waiting = answered and not closed and thread.holder == Holder.CUSTOMER
    turn = _("Waiting for you") if waiting else _("We are on it")
    return [
        Step(_("Received"), thread.created_at, reached=True, now=not answered and not closed),
        Step(_("Answered"), thread.first_response_at, reached=answered),
        Step(turn, reached=answered or closed, now=answered and not closed),
        Step(_("Solved"), thread.closed_at, reached=closed, now=closed),
    ]


@dataclass(frozen=True)
class Offers:
    """What the page of a thread offers beside an answer. `thread` is the one that goes on."""

    thread: Thread
    is_theirs: bool  # the link speaks for whom the thread is with
    is_proven: bool  # and was mailed to them

    @property
    def may_close(self) -> bool:
        """There is something to close."""
        return self.is_theirs and self.thread.status != Status.CLOSED

    @property
    def about_order(self) -> bool:
        """Whether it has come can be said of an order only."""
        return self.is_theirs and bool(self.thread.order_name)

    @property
    def asks(self) -> bool:
        """A question is open: closing the thread would leave it without an answer."""
        return self.thread.needs_answer and self.thread.status != Status.CLOSED

    @property
    def has_said_waiting(self) -> bool:
        """They said so already, and nobody has answered since."""
        return self.asks and self._last == EventKind.STILL_WAITING

    @cached_property
    def _last(self) -> str:
        kinds = (EventKind.STILL_WAITING, EventKind.REPLIED, EventKind.ORDER_ARRIVED)
        last = self.thread.events.filter(kind__in=kinds).order_by("at", "pk").last()
        return last.kind if last else ""

    @property
    def _order(self) -> Order | None:
        """The order, for whoever has the link that was mailed."""
        return self.thread.order if self.is_proven and self.is_theirs else None

    @property
    def address(self) -> bool:
        """Another address can be proposed; of an order that has left the page says why not."""
        return self._order is not None and not self._order.is_done

    @cached_property
    def proposal(self) -> AddressProposal | None:
        """What became of the address that they proposed last."""
        proposals = AddressProposal.objects.filter(thread=self.thread).exclude(state=AddressProposal.State.REPLACED)
        return proposals.last() if self._order else None

    @cached_property
    def answer(self) -> Answer | None:
        """How the order stands."""
        return Answer(self._order) if self._order else None
