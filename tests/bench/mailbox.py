"""The second look at a mailbox of 50,000 mails, through Dovecot: `make bench-mailbox` (MAILS=n takes another number).

The mails are laid into the maildir, and the ledger is put to the newest: what is measured is a whole visit that finds
nothing new, and one that finds three mails and must ask the server for those alone.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="bench-mailbox-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()

LIMIT = 1.0  # seconds


def lay(folder: Path, mails: int) -> None:
    """A maildir full of small mails, all of them seen."""
    current = folder / "cur"
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for number in range(mails):
        head = f"From: c{number}@example.com\nSubject: Mail {number}\nMessage-ID: <{number}@example.com>\n"
        text = f"{head}\nHello {number}\n"
        (current / f"{1_700_000_000 + number}.M{number}.bench:2,S").write_text(text)


def look(mailbox_id: int) -> tuple[float, list[int]]:
    """Seconds of one whole visit, and the UIDs that it took."""
    from mailgateway.visit import Visit

    begun = time.perf_counter()
    visit = Visit(mailbox_id)
    visit.lease()
    try:
        visit.open()
        uids = visit.todo()
        for uid in uids:
            visit.take(uid)
        visit.tidy()
        visit.rest()
    finally:
        visit.close()
    return time.perf_counter() - begun, uids


def main() -> int:
    """Print both figures; 1 if one is over the limit."""
    from django.core.management import call_command

    from mailgateway import child
    from mailgateway.models import Mailbox
    from tests import make
    from tests.servers import dovecot as dovecots
    from tests.servers import mails

    count = int(os.environ.get("MAILS", "50000"))
    call_command("migrate", verbosity=0)
    with dovecots.running() as server:
        account = server.account()
        home = server.folder / "home" / account.name
        lay(home / "Maildir", count)
        if os.geteuid() == 0:
            for path in (home, *home.rglob("*")):
                os.chown(path, 65534, 65534)
        client = account.client()  # Dovecot makes its index now: nobody's first look is measured
        newest = int(client.uid("SEARCH", "*")[1][0].split()[-1])
        row = mails.mailbox(account, make.contact())
        look_at_nothing(row.pk, newest)
        empty, none = min(look(row.pk) for _ in range(3))
        for _ in range(3):
            account.append(mails.raw())
        child.parse_limited(mails.raw())  # the child's own start is once a process
        taken, uids = look(row.pk)
    assert none == [], none
    assert uids == [newest + 1, newest + 2, newest + 3], uids
    assert Mailbox.objects.get().last_uid == newest + 3
    sys.stdout.write(f"{count} mails: second look {empty:.3f} s, with three new {taken:.3f} s (limit {LIMIT:g} s)\n")
    shutil.rmtree(os.environ["DATA_DIR"], ignore_errors=True)
    return int(empty > LIMIT)


def look_at_nothing(mailbox_id: int, newest: int) -> None:
    """The first visit with a ledger that says all was taken."""
    from mailgateway import imap
    from mailgateway.models import Mailbox
    from mailgateway.visit import place_of

    mailbox = Mailbox.objects.get(pk=mailbox_id)
    folder = imap.Folder(mailbox)
    mailbox.begin_epoch(place_of(mailbox), folder.uidvalidity)
    folder.close()
    mailbox.reached(newest)


if __name__ == "__main__":
    sys.exit(main())
