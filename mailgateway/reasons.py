"""Why a mail became what it became, in sentences for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOT_FETCHED, BY_HAND = "not-fetched", "by-hand"

SENTENCES: dict[str, str | Promise] = {
    # set aside
    NOT_FETCHED: _("The server would not hand it out"),
    "timeout": _("Reading it took too long and was stopped"),
    "memory": _("Reading it needed too much memory and was stopped"),
    "crash": _("Reading it ended with a fault"),
    "unreadable": _("It could not be read"),
    "not-delivered": _("It was read, but could not be put into a thread"),
    "no-contact": _("The contact it was for is gone"),
    "purged": _("The original is no longer there"),
    # told besides
    "too-large": _("Too large: only its beginning was kept"),
    "no-sender": _("It names no sender"),
    "auto-reply": _("Automatic reply"),
    "auto-generated": _("Sent by a machine"),
    "mailing-list": _("Mailing list"),
    "bulk": _("Bulk mail"),
    "bounce": _("Delivery report"),
    "duplicate": _("The same mail came before"),
    "loop": _("One of our own mails came back"),
    "not-an-answer": _("Not imported: this mailbox takes answers only"),
    "answers-a-notice": _("A machine answered what an agent was told"),
    "agent-not-proven": _("An agent's answer that could not be proven"),
    "nothing-said": _("An agent's answer without a word of its own"),
    "thanks": _("A short thank-you: the thread stayed closed"),
    "forwarded": _("Forwarded by an agent: the customer's from now on"),
    "same-id": _("Another mail had the same id"),
    "spam": _("A filter on the way called it spam"),
    "stranger": _("From an address that the thread does not know"),
    "relayed": _("Sent on, not stored"),
    BY_HAND: _("Made a thread by hand"),
}


def sentence(reason: str) -> str:
    """What to show for a reason; the reason itself where it is new."""
    return str(SENTENCES.get(reason, reason))
