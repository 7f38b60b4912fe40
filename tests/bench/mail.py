"""How long a mail takes from Dovecot to its committed message, through a real worker process.

`mail_latency()` needs Django set up and a migrated database of its own, which it leaves with the mails in it.
"""

import imaplib
import statistics
import time

from helpdesk.models import Contact, Message
from mailgateway.models import Beat
from tests.servers import desks, dovecot
from tests.servers.mails import mailbox, raw, until


def mail_latency(mails: int = 50) -> dict[str, float]:
    """Milliseconds from the end of the delivery to the commit: p50, p95 and max over `mails` mails, one by one.

    `notice` is the part of p50 that is Dovecot's own: it tells IDLE of a new mail half a second late.
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
            notice = _notice(server.account())
            batch = _batch(account, mails, f"batch {box.pk}")
        finally:
            worker.end()
            box.is_active = False
            box.save()
    return {
        "p50": round(statistics.median(took), 1),
        "p95": round(took[int(len(took) * 0.95)], 1),
        "max": round(took[-1], 1),
        "notice": round(notice, 1),
        "batch_per_second": round(batch, 1),
    }


def _one(account: dovecot.Account, text: str) -> float:
    account.append(raw(text, To="bench@shop.test"))
    began = time.perf_counter()
    while not Message.objects.filter(text=text).exists():
        time.sleep(0.001)
    return (time.perf_counter() - began) * 1000


def _notice(account: dovecot.Account) -> float:
    """The median of what a client that does nothing but IDLE waits."""
    client, took = account.client(), []
    for n in range(9):
        client.send(f"X{n} IDLE\r\n".encode())
        _read_until(client, b"+")
        account.append(raw())
        began = time.perf_counter()
        while b"EXISTS" not in client.readline():
            pass
        took.append((time.perf_counter() - began) * 1000)
        client.send(b"DONE\r\n")
        _read_until(client, f"X{n} ".encode())
    client.shutdown()
    return statistics.median(took)


def _read_until(client: imaplib.IMAP4, beginning: bytes) -> None:
    while not client.readline().startswith(beginning):
        pass


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
