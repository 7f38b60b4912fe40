"""Another address for an order that has not left, as its customer proposes it; an agent takes it or refuses it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agent
from helpdesk import context
from helpdesk.models.event import EventKind

if TYPE_CHECKING:
    from helpdesk.models.message import Message
    from helpdesk.models.thread import Thread


class TooLateError(ValueError):
    """The order has left, or there is none. Says so in a sentence."""


class AddressProposalManager(models.Manager["AddressProposal"]):
    """Takes proposals."""

    def vet(self, thread: "Thread", values: Mapping[str, Any]) -> str:
        """The proposed address as it stands on a parcel.

        Raises TooLateError once the order has left, ValidationError, by field, for what no parcel would find.
        """
        order = thread.order
        if order is None:
            raise TooLateError(_("This conversation is about no order that we know."))
        if order.has_left:
            words = _("Order %(order)s has left already, so that its address cannot be changed any more.")
            raise TooLateError(words % {"order": order.reference})
        return context.check_address(values)

    @transaction.atomic
    def propose(self, thread: "Thread", values: Mapping[str, Any], *, message: "Message") -> "AddressProposal":
        """Keep it for an agent, in the place of one that still waits; `message` is the customer's, with the same words.

        Raises as vet().
        """
        self.vet(thread, values)
        self.filter(thread=thread, state=self.model.State.WAITING).update(state=self.model.State.REPLACED)
        made = self.create(thread=thread, order=thread.order, values=dict(values))
        facts: dict[str, Any] = {"name": thread.order_name}
        thread.record(EventKind.ADDRESS_PROPOSED, actor_name=thread.sender, message=message, **facts)
        thread.announce()
        return made

    def waits_in(self, thread: str) -> models.Exists:
        """Whether one waits in the thread whose id stands in that column of an outer query."""
        return models.Exists(self.filter(thread=models.OuterRef(thread), state=self.model.State.WAITING))

    def waiting_in(self, thread: "Thread") -> "AddressProposal | None":
        """The one that an agent has to decide on."""
        return self.filter(thread=thread, state=self.model.State.WAITING).select_related("order").first()


class AddressProposal(models.Model):
    """One proposal. `values` are the address's, by the names of crm's fields."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", gettext_lazy("waiting")
        ACCEPTED = "accepted", gettext_lazy("in the order")
        FILED = "filed", gettext_lazy("kept with the customer")
        REFUSED = "refused", gettext_lazy("refused")
        REPLACED = "replaced", gettext_lazy("replaced by another")

    thread = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="address_proposals")
    order = models.ForeignKey("crm.Order", models.SET_NULL, null=True, blank=True, related_name="+")
    values = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(gettext_lazy("reason"), max_length=200, blank=True)  # the customer reads it
    proposed_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AddressProposalManager()

    class Meta:
        ordering = ["pk"]
        verbose_name = gettext_lazy("proposed address")
        constraints = [
            models.UniqueConstraint(
                fields=["thread"], condition=models.Q(state="waiting"), name="one_proposal_waits_in_a_thread"
            )
        ]

    def __str__(self) -> str:
        return ", ".join(self.label.splitlines())

    @property
    def label(self) -> str:
        """As it stands on a parcel."""
        return context.label_of_address(self.values) if self.values else ""

    @property
    def fits_order(self) -> bool:
        """The order can still go there."""
        return self.order is not None and not self.order.has_left

    @transaction.atomic
    def accept(self, *, by: Agent) -> bool:
        """Into the order, and to the customer's addresses; the shop is told. False if it was settled meanwhile.

        Raises ValueError, with a sentence, once the order has left: file() keeps the address for the next one.
        """
        if not self._take():
            return False
        if self.order is None:
            raise TooLateError(_("This order is not there any more."))
        self.order.deliver_to(context.keep_address(self.thread.customer, self.values, by=by))
        self._settle(self.State.ACCEPTED, by, EventKind.ADDRESS_ACCEPTED)
        return True

    @transaction.atomic
    def file(self, *, by: Agent) -> bool:
        """To the customer's addresses only; the order stays as it is. Raises ValueError where nobody is on file."""
        if not self._take():
            return False
        if self.thread.customer is None:
            raise ValueError(_("There is no customer on file to keep it with."))
        context.keep_address(self.thread.customer, self.values, by=by)
        self._settle(self.State.FILED, by, EventKind.ADDRESS_ACCEPTED, filed=True)
        return True

    @transaction.atomic
    def refuse(self, *, by: Agent, reason: str = "") -> bool:
        """It is not used; the customer's page says why. False if it was settled meanwhile."""
        if not self._take():
            return False
        self.reason = " ".join(reason.split())[:200]
        self._settle(self.State.REFUSED, by, EventKind.ADDRESS_REFUSED, reason=self.reason)
        return True

    def _take(self) -> bool:
        """Hold the row; whether it still waits."""
        held = type(self).objects.select_for_update(of=("self",)).filter(pk=self.pk, state=self.State.WAITING)
        return held.first() is not None

    def _settle(self, state: str, by: Agent, kind: EventKind, **facts: Any) -> None:
        self.state, self.settled_at, self.settled_by = state, timezone.now(), by
        self.save(update_fields=["state", "settled_at", "settled_by", "reason"])
        name = self.order.reference if self.order else ""
        self.thread.record(kind, by=by, **{"name": name, "to": str(self), **facts})
        self.thread.announce()
