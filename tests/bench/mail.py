"""How long a mail takes from Dovecot to its committed message, through a real worker process.

`mail_latency()` needs Django set up and a migrated database of its own, which it leaves with the mails in it.
"""

import statistics
import time

from helpdesk.models import Contact, Message
from mailgateway.models import Beat
from tests.servers import desks, dovecot
from tests.servers.mails import mailbox, raw, until


def mail_latency(mails: int = 50) -> dict[str, float]:
    """Milliseconds from the end of the delivery to the commit: p50, p95 and max over `mails` mails, one by one.

    `batch_per_second` is the throughput of as many mails that wait together.
    """
    contact, _ = Contact.objects.get_or_create(
        slug="bench", defaults={"titles": {"en": "Bench"}, "email": "bench@shop.test", "acknowledges": False}
    )
    with dovecot.running() as server:
        account = server.account()
        box = mailbox(account, contact)
        worker = desks.Running(("worker",)).wait_ready()
        try:
            until(lambda: Beat.objects.filter(pk=f"mailbox-{box.pk}", state="up").exists())
            took = sorted(_one(account, f"bench {box.pk} {n}") for n in range(mails))
            worker.end()
            batch = _batch(account, mails, f"batch {box.pk}")
        finally:
            worker.end()
            box.is_active = False
            box.save()
    return {
        "p50": round(statistics.median(took), 1),
        "p95": round(took[int(len(took) * 0.95)], 1),
        "max": round(took[-1], 1),
        "batch_per_second": round(batch, 1),
    }


def _one(account: dovecot.Account, text: str) -> float:
    account.append(raw(text, To="bench@shop.test"))
    began = time.perf_counter()
    while not Message.objects.filter(text=text).exists():
        time.sleep(0.001)
    return (time.perf_counter() - began) * 1000


def _batch(account: dovecot.Account, mails: int, text: str) -> float:
    for n in range(mails):
        account.append(raw(f"{text} {n}", To="bench@shop.test"))
    worker = desks.Running(("worker",)).wait_ready()
    try:
        until(lambda: Message.objects.filter(text__startswith=text).exists())
        began, had = time.perf_counter(), Message.objects.filter(text__startswith=text).count()
        until(lambda: Message.objects.filter(text__startswith=text).count() == mails, seconds=60)
        return (mails - had) / (time.perf_counter() - began)
    finally:
        worker.end()
