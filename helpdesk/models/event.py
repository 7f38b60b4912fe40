"""Facts in a thread's life: never edited, shown in the timeline, counted by the statistics."""

from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpdesk.models.desk import Holder, Priority, Status


class EventKind(models.TextChoices):
    """What can happen to a thread."""

    CREATED = "created", _("created")
    RECEIVED = "received", _("message received")
    REPLIED = "replied", _("reply written")
    RECALLED = "recalled", _("sending undone")
    NOTED = "noted", _("note written")
    FORWARDED = "forwarded", _("forwarded")
    THIRD_PARTY = "third_party", _("third party answered")
    ASSIGNED = "assigned", _("assigned")
    STATUS = "status", _("status changed")
    MOVED = "moved", _("moved to another contact")
    RENAMED = "renamed", _("subject changed")
    LINKED = "linked", _("order or customer set")
    REFUSED = "refused", _("cart is not theirs")
    TAGGED = "tagged", _("tags changed")
    ACKNOWLEDGED = "acknowledged", _("receipt confirmed")
    SENT = "sent", _("sent")
    DELAYED = "delayed", _("delivery delayed")
    FAILED = "failed", _("not delivered")
    UNCERTAIN = "uncertain", _("perhaps sent")
    SENT_AGAIN = "sent_again", _("sent again")
    ARRIVED = "arrived", _("said to have arrived")
    SPAM = "spam", _("marked as spam")
    NOT_SPAM = "not_spam", _("not spam")
    TRASHED = "trashed", _("put in the bin")
    RESTORED = "restored", _("taken out of the bin")
    MERGED = "merged", _("merged")
    SPLIT = "split", _("split again")
    CLAIMED = "claimed", _("claims another thread")
    UNCLAIMED = "unclaimed", _("does not belong there")
    THANKED = "thanked", _("thank-you, still closed")
    BESIDE = "beside", _("same mail elsewhere")
    BROUGHT = "brought", _("forwarded into the desk")
    NOT_BROUGHT = "not_brought", _("not forwarded after all")
    SNOOZED = "snoozed", _("put off")
    NOT_SNOOZED = "not_snoozed", _("not put off any more")
    WOKEN = "woken", _("woken")
    PROMISED = "promised", _("promised")
    KEPT = "kept", _("promise kept")
    BROKEN = "broken", _("promise broken")
    PRIORITY = "priority", _("priority changed")
    DUE_SOON = "due_soon", _("due soon")
    OVERDUE = "overdue", _("overdue")
    CLOSING = "closing", _("closing announced")
    RATED = "rated", _("rated")
    SPLIT_OFF = "split_off", _("messages split off")
    CAME_FROM = "came_from", _("came from another thread")
    DELEGATED = "delegated", _("given to follow up")
    UNDELEGATED = "undelegated", _("not to follow up any more")
    SKIPPED = "skipped", _("skipped in the review")
    WHATSAPP = "whatsapp", _("WhatsApp link opened")
    WHATSAPP_SENT = "whatsapp_sent", _("WhatsApp message sent")
    ANSWER_SHOWN = "answer_shown", _("order shown before writing")
    ORDER_ARRIVED = "order_arrived", _("order arrived")
    STILL_WAITING = "still_waiting", _("still waiting for the order")
    ADDRESS_PROPOSED = "address_proposed", _("address proposed")
    ADDRESS_ACCEPTED = "address_accepted", _("address accepted")
    ADDRESS_REFUSED = "address_refused", _("address refused")


class Event(models.Model):
    """One fact. `data` holds what the sentence needs, in words that stay true when rows are renamed."""

    thread = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16, choices=EventKind)
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=255, blank=True)  # of a customer, an outsider, or an agent who left
    message = models.ForeignKey("helpdesk.Message", models.SET_NULL, null=True, blank=True, related_name="events")
    holder = models.CharField(max_length=12, choices=Holder)  # who has the ball from now on
    status = models.CharField(max_length=10)  # the thread's status from now on
    close_reason = models.ForeignKey(
        "helpdesk.CloseReason", models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("event")
        indexes = [
            models.Index(fields=["thread", "at"], name="events_of_a_thread"),
            models.Index(fields=["kind", "at"], name="events_of_a_kind"),
            models.Index(fields=["thread", "at"], condition=models.Q(kind=EventKind.WOKEN), name="threads_that_woke"),
            models.Index(
                fields=["close_reason", "at"],
                condition=models.Q(close_reason__isnull=False),
                name="events_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def who(self) -> str:
        """Who did it; empty for the desk itself."""
        return str(self.actor) if self.actor else self.actor_name

    @property
    def _wording(self) -> str:
        """The key of its sentence: some kinds have two."""
        if self.data.get("undone"):
            return "undone"
        if self.data.get("away"):
            return "away"
        if self.kind == EventKind.STATUS and self.data.get("because"):
            return "because"
        if metric := self.data.get("metric"):
            return f"{self.kind}:{metric}"
        more = next((name for name in SAY_MORE.get(self.kind, ()) if self.data.get(name)), "")
        return f"{self.kind}:{more}" if more else self.kind

    @property
    def sentence(self) -> str:
        """What happened, as a whole sentence in the reader's language."""
        return self.told({status: str(Status(status).label) for status in Status.values})

    def told(self, labels: Mapping[str, str]) -> str:
        """The sentence, with the team's own words for the statuses."""
        said = sentences().get(self._wording, "")
        words = {"who": self.who or gettext("The desk"), "frm": "", "to": "", "reason": "", "name": "", **self.data}
        if self.kind == EventKind.STATUS:
            words["frm"], words["to"] = (labels.get(words[key], words[key]) for key in ("frm", "to"))
        elif self.kind == EventKind.PRIORITY:
            words["frm"], words["to"] = (str(Priority(words[key]).label) for key in ("frm", "to"))
        if due := self.data.get("due"):
            words["due"] = date_format(date.fromisoformat(due), "SHORT_DATE_FORMAT")
        if until := self.data.get("until"):
            words["until"] = date_format(timezone.localtime(datetime.fromisoformat(until)), "SHORT_DATETIME_FORMAT")
        if day := self.data.get("day"):
            words["day"] = date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT")
        return said % words if said else str(self.get_kind_display())


# Kinds that have another sentence where this is known.
SAY_MORE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((EventKind.SNOOZED, EventKind.WOKEN, EventKind.PROMISED, EventKind.BROKEN), ("reason",)),
    EventKind.SPAM: ("reason",),
    EventKind.ANSWER_SHOWN: ("day",),
    EventKind.ORDER_ARRIVED: ("asks",),
    EventKind.ADDRESS_ACCEPTED: ("filed",),
    EventKind.ADDRESS_REFUSED: ("reason",),
}


def sentences() -> dict[str, str]:
    """A sentence for each kind, translated as a whole."""
    return {
        EventKind.CREATED: gettext("Thread created by %(who)s"),
        EventKind.RECEIVED: gettext("%(who)s wrote"),
        EventKind.REPLIED: gettext("%(who)s replied"),
        EventKind.RECALLED: gettext("%(who)s took the reply back before it left"),
        EventKind.NOTED: gettext("%(who)s wrote a note"),
        EventKind.FORWARDED: gettext("%(who)s forwarded it to %(to)s"),
        EventKind.THIRD_PARTY: gettext("%(who)s answered from outside"),
        EventKind.ASSIGNED: gettext("%(who)s: assigned to %(to)s"),
        EventKind.STATUS: gettext("%(who)s: %(frm)s → %(to)s"),
        "away": gettext("%(frm)s is away: assigned to %(to)s"),
        "because": gettext("%(who)s: %(frm)s → %(to)s (%(because)s)"),
        EventKind.SNOOZED: gettext("%(who)s put it off until %(until)s"),
        f"{EventKind.SNOOZED}:reason": gettext("%(who)s put it off until %(until)s: %(reason)s"),
        EventKind.NOT_SNOOZED: gettext("%(who)s took the date away"),
        EventKind.WOKEN: gettext("It woke up, as it was put off until now"),
        f"{EventKind.WOKEN}:reason": gettext("It woke up, as it was put off until now: %(reason)s"),
        EventKind.PROMISED: gettext("%(who)s promised the customer: %(until)s"),
        f"{EventKind.PROMISED}:reason": gettext("%(who)s promised the customer: %(until)s, %(reason)s"),
        EventKind.KEPT: gettext("The promise for %(until)s was kept"),
        EventKind.BROKEN: gettext("The promise for %(until)s was broken"),
        f"{EventKind.BROKEN}:reason": gettext("The promise for %(until)s was broken: %(reason)s"),
        EventKind.PRIORITY: gettext("%(who)s: priority %(frm)s → %(to)s"),
        f"{EventKind.DUE_SOON}:first": gettext("The first answer is due soon: %(until)s"),
        f"{EventKind.DUE_SOON}:next": gettext("The next answer is due soon: %(until)s"),
        f"{EventKind.DUE_SOON}:resolution": gettext("The solution is due soon: %(until)s"),
        f"{EventKind.OVERDUE}:first": gettext("The first answer was due %(until)s"),
        f"{EventKind.OVERDUE}:next": gettext("The next answer was due %(until)s"),
        f"{EventKind.OVERDUE}:resolution": gettext("The solution was due %(until)s"),
        EventKind.CLOSING: gettext("Told %(to)s that it closes on %(until)s unless they answer"),
        "undone": gettext("%(who)s took it back: %(frm)s → %(to)s"),
        EventKind.MOVED: gettext("%(who)s moved it from %(frm)s to %(to)s"),
        EventKind.RENAMED: gettext("%(who)s changed the subject from “%(frm)s” to “%(to)s”"),
        EventKind.LINKED: gettext("%(who)s set %(name)s to %(to)s"),
        EventKind.REFUSED: gettext("%(who)s said that cart %(name)s is not theirs"),
        EventKind.TAGGED: gettext("%(who)s changed the tags: %(to)s"),
        EventKind.ACKNOWLEDGED: gettext("Receipt confirmed to %(to)s"),
        EventKind.SENT: gettext("Delivered to the mail server for %(to)s"),
        EventKind.DELAYED: gettext("Delivery to %(to)s is delayed: %(reason)s"),
        EventKind.FAILED: gettext("Not delivered to %(to)s: %(reason)s"),
        EventKind.UNCERTAIN: gettext("The mail server did not say whether it took the mail for %(to)s: %(reason)s"),
        EventKind.SENT_AGAIN: gettext("%(who)s had it sent again to %(to)s"),
        EventKind.ARRIVED: gettext("%(who)s said it arrived at %(to)s"),
        EventKind.SPAM: gettext("%(who)s marked it as spam"),
        f"{EventKind.SPAM}:reason": gettext("A filter on the way called it spam (%(reason)s)"),
        EventKind.NOT_SPAM: gettext("%(who)s said it is not spam"),
        EventKind.TRASHED: gettext("%(who)s put it in the bin"),
        EventKind.RESTORED: gettext("%(who)s took it out of the bin"),
        EventKind.RATED: gettext("%(who)s rated it: %(to)s of 5"),
        EventKind.DELEGATED: gettext("%(who)s gave it to %(to)s, to follow up until %(due)s"),
        EventKind.UNDELEGATED: gettext("%(who)s took it back: %(to)s was to follow it up until %(due)s"),
        EventKind.SKIPPED: gettext("%(who)s skipped it in the review: %(reason)s"),
        EventKind.WHATSAPP: gettext("WhatsApp link opened by %(who)s for %(to)s"),
        EventKind.WHATSAPP_SENT: gettext("WhatsApp message sent by %(who)s to %(to)s"),
        EventKind.ANSWER_SHOWN: gettext("Before writing, %(who)s was shown order %(name)s: %(to)s"),
        f"{EventKind.ANSWER_SHOWN}:day": gettext(
            "Before writing, %(who)s was shown order %(name)s: %(to)s, expected on %(day)s"
        ),
        EventKind.ORDER_ARRIVED: gettext("%(who)s said that order %(name)s has arrived"),
        f"{EventKind.ORDER_ARRIVED}:asks": gettext(
            "%(who)s said that order %(name)s has arrived, and still wants an answer"
        ),
        EventKind.STILL_WAITING: gettext("%(who)s said that order %(name)s has not arrived yet"),
        EventKind.ADDRESS_PROPOSED: gettext("%(who)s proposed another address for order %(name)s"),
        EventKind.ADDRESS_ACCEPTED: gettext("%(who)s put the proposed address into order %(name)s: %(to)s"),
        f"{EventKind.ADDRESS_ACCEPTED}:filed": gettext(
            "%(who)s kept the proposed address with the customer; order %(name)s stays as it is: %(to)s"
        ),
        EventKind.ADDRESS_REFUSED: gettext("%(who)s refused the proposed address"),
        f"{EventKind.ADDRESS_REFUSED}:reason": gettext("%(who)s refused the proposed address: %(reason)s"),
        EventKind.MERGED: gettext("%(who)s merged thread #%(name)s into this one"),
        EventKind.SPLIT_OFF: gettext("%(who)s made thread #%(name)s of some of its messages"),
        EventKind.CAME_FROM: gettext("%(who)s made it of messages of thread #%(name)s"),
        EventKind.SPLIT: gettext("%(who)s split thread #%(name)s off again"),
        EventKind.CLAIMED: gettext("%(who)s claims without proof to answer thread #%(name)s"),
        EventKind.THANKED: gettext("%(who)s said thank you; the thread stays closed"),
        EventKind.BESIDE: gettext("The same mail went to %(to)s too: thread #%(name)s"),
        EventKind.BROUGHT: gettext("%(who)s forwarded this mail of %(to)s into the desk"),
        EventKind.NOT_BROUGHT: gettext("%(who)s said that the mail is %(to)s's own"),
        EventKind.UNCLAIMED: gettext("%(who)s said that it does not belong to thread #%(name)s"),
    }
