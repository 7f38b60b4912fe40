"""Sends the mails that follow carts and orders: a periodic job, which any worker may run at any time."""

from django.db import IntegrityError, transaction

from helpdesk import context, letters


def send_due() -> int:
    """Queue what is due now. Returns how many; run again at once, it is none.

    That a mail was sent is written in the transaction that queues it: killed in between, neither happened.
    """
    return sum(_send(due) for due in context.due_follow_ups())


def _send(due: context.Due) -> bool:
    try:
        with transaction.atomic():
            claimed = context.claim_follow_up(due)
            if claimed is None:
                return False
            if letters.queue_follow_up(claimed) is None:
                transaction.set_rollback(True)  # there is no contact to send from: it stays due
                return False
            return True
    except IntegrityError:  # another worker was faster, or the customer got one today
        return False
