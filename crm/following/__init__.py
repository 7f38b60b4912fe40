"""Mails that follow carts and orders: to whom one is due, taking it in hand, what it says, what came of them.

helpdesk.follow_ups sends: it asks `due()`, and for each, in one transaction, `claim()`s it and queues the mail.
"""

from crm.following.claiming import Claimed, claim
from crm.following.due import Due, due
from crm.following.figures import Figures, figures, purge_vouchers
from crm.following.leaving import unsubscribe
from crm.following.words import default_words, words_of

__all__ = [
    "Claimed",
    "Due",
    "Figures",
    "claim",
    "default_words",
    "due",
    "figures",
    "purge_vouchers",
    "unsubscribe",
    "words_of",
]
