"""Deliver mails through Dovecot, answer each, and kill the gateway at random: `make kill MAILS=2000 KILLS=40 SEED=1`.

Counts what came in (each mail must be exactly one message) and what went out (each reply taken once; a second copy only
where the final dot was sent and no answer was read). Two workers run on the one mailbox; either is killed, by SIGKILL,
or stopped until its lease is another's and then woken (SIGSTOP, SIGCONT), after a random number of steps of the work:
on a busy machine a process that is killed by the clock does nothing but start. The leases of a stopped worker are made
to end at once, and a mail put off to be due at once: that is all that differs from a desk in use. A run with fewer
kills than planned is void. DATABASE=postgresql takes that one.
"""

import argparse
import os
import random
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from django.db import OperationalError

ROOT = Path(__file__).resolve().parents[2]
STEPS = 3  # of each mail: taken, confirmed, answered
SPREAD = 0.8  # the kills are spread over so much of the work
STILL = 20.0  # seconds without a step after which one strikes all the same
LIMIT = 1800  # seconds without a step: something is stuck
POSTGRES = ROOT / "tests" / "servers" / "postgres.py"


def options() -> argparse.Namespace:
    """How many of what."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    """Run in a place of its own; 1 if something was lost or doubled, 2 if the run is void."""
    chosen = options()
    if chosen.inside:
        return Run(chosen).run()
    chosen.seed = chosen.seed or time.time_ns() % 10**6
    folder = tempfile.mkdtemp(prefix="kill-")
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "CRITICAL"}
    words = [f"--{name}={getattr(chosen, name)}" for name in ("mails", "kills", "seed", "database")]
    command = [sys.executable, __file__, *words, "--inside"]
    if chosen.database == "postgresql":
        command = [sys.executable, str(POSTGRES), *command]
    try:
        return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Run:
    """One run, from an empty database to the count."""

    def __init__(self, chosen: argparse.Namespace, environment: dict[str, str] | None = None) -> None:
        self.environment = environment
        self.chosen, self.chance = chosen, random.Random(chosen.seed)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.kills = self.stops = 0

    def run(self) -> int:
        """Make the database, then work; the exit code."""
        say(f"{self.chosen.database}: {self.chosen.mails} mails, {self.chosen.kills} kills, seed {self.chosen.seed}")
        import django

        django.setup()
        from django.core.management import call_command

        from tests.servers import dovecot

        call_command("migrate", verbosity=0)
        with dovecot.running() as server:
            return self.work(server)

    def work(self, server: "object") -> int:
        """Set up, kill, wait for the end, count: 0 if nothing was lost or doubled."""
        from tests.kill.sink import Moody

        begun, sink = time.monotonic(), Moody(self.chosen.seed)
        account = server.account()  # type: ignore[attr-defined]
        make_desk(account, sink.start())
        delivering = threading.Thread(target=deliver, args=(server, account.name, self.chosen.mails), daemon=True)
        delivering.start()
        try:
            self.workers = [self._start(), self._start()]
            self._kill_until_done(delivering)
        finally:
            for worker in self.workers:
                worker.send_signal(signal.SIGCONT)
                worker.kill()
                worker.wait()
            sink.stop()
        say(f"{self.kills} kills, {self.stops} stops over a lease, {time.monotonic() - begun:.0f} s")
        return self._count(sink)

    def _start(self) -> "subprocess.Popen[bytes]":
        """A worker, as production runs it."""
        command = [sys.executable, "manage.py", "worker"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, **quiet)  # type: ignore[call-overload]

    def _kill_until_done(self, delivering: threading.Thread) -> None:
        """Strike after a random number of steps of the work, so that it is work that is hit and not a start."""
        each = SPREAD * STEPS * self.chosen.mails / max(self.chosen.kills, 1)
        moved_at, before, goal = time.monotonic(), 0, self.chance.expovariate(1 / each)
        while self.kills < self.chosen.kills or delivering.is_alive() or not done(self.chosen.mails):
            with suppress(OperationalError):  # whoever was stopped with the lock in hand has it still: the next time
                answer_all()
                make_due()
            now, steps = time.monotonic(), steps_done()
            moved_at = now if steps != before else moved_at
            before = steps
            assert now - moved_at < LIMIT, "it does not come to an end"
            if self.kills < self.chosen.kills and (steps >= goal or now - moved_at > STILL):
                self._strike()
                goal, moved_at = steps + self.chance.expovariate(1 / each), time.monotonic()
            time.sleep(self.chance.uniform(0.02, 0.08))

    def _strike(self) -> None:
        """End one of the two, or let it sleep over its leases."""
        at = self.chance.randrange(len(self.workers))
        worker = self.workers[at]
        if self.chance.random() < 0.2:
            worker.send_signal(signal.SIGSTOP)
            slept = end_leases()  # not where it stopped in the middle of a transaction
            time.sleep(slept)
            worker.send_signal(signal.SIGCONT)
            self.stops += slept
            return
        assert worker.poll() is None, "a worker ended by itself"
        worker.kill()
        worker.wait()
        self.kills += 1
        self.workers[at] = self._start()

    def _count(self, sink: "object") -> int:
        from helpdesk.models import Message, MessageKind, OutgoingKind, OutgoingMail
        from mailgateway.models import Incoming

        texts = Counter(text.strip() for text in Message.objects.filter(kind="customer").values_list("text", flat=True))
        lost = [n for n in range(self.chosen.mails) if not texts[f"mail {n}"]]
        doubled = [text for text, count in texts.items() if count > 1]
        acks = OutgoingMail.objects.filter(kind=OutgoingKind.ACKNOWLEDGEMENT).count()
        aside = Incoming.objects.filter(state="failed").count()
        say(f"in: {len(lost)} lost, {len(doubled)} doubled; {aside} set aside, {acks} confirmations")
        replies = OutgoingMail.objects.filter(message__kind=MessageKind.REPLY)
        states = Counter(replies.values_list("state", flat=True))
        taken = sink.taken  # type: ignore[attr-defined]
        rows = list(replies.values_list("message_id_header", "state", "doubts"))
        out_lost = [one for one, state, _ in rows if state == "sent" and not taken[one]]
        twice = [(one, doubts) for one, _, doubts in rows if taken[one] > 1]
        wrong = [one for one, doubts in twice if not doubts or taken[one] > 2]
        say(f"out: {dict(states)}; {len(out_lost)} lost, {len(twice)} with a second copy")
        if wrong:
            say(f"out: {len(wrong)} of those without a doubt, or more than two copies: {wrong[:5]}")
        moods = f"{sink.laters} × 4xx, {sink.refusals} × 5xx, {sink.cuts} cuts after the dot"  # type: ignore[attr-defined]
        say(f"sink: {moods}")
        if self.kills < self.chosen.kills:
            say("void: not all kills fired")
            return 2
        short = len(rows) != self.chosen.mails or acks > self.chosen.mails
        return int(bool(lost or doubled or out_lost or wrong or short))


def say(line: str) -> None:
    """To whoever waits."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def make_desk(account: "object", smtp_port: int) -> None:
    """A contact with one mailbox, and Bob, who answers."""
    from helpdesk.models import DeskSettings
    from tests import make
    from tests.servers.mails import mailbox

    contact = make.contact()
    make.agent(contacts=(contact,))
    DeskSettings.objects.update_or_create(pk=1, defaults={"undo_seconds": 0})
    where = {"smtp_host": "127.0.0.1", "smtp_port": smtp_port, "smtp_security": "none", "afterwards": "delete"}
    mailbox(account, contact, **where)  # type: ignore[arg-type]


def deliver(server: "object", name: str, mails: int) -> None:
    """By LMTP, as the shop's mail server does; every 50th sender has no mailbox for answers."""
    from tests.kill.sink import REFUSED
    from tests.servers.mails import raw

    with smtplib.LMTP("127.0.0.1", server.lmtp) as lmtp:  # type: ignore[attr-defined]
        for n in range(mails):
            sender = f"{REFUSED if n % 50 == 49 else 'c'}{n}@example.com"
            mail = raw(f"mail {n}", From=sender, Message_ID=f"<k{n}@example.com>")
            lmtp.sendmail(sender, [f"{name}@shop.test"], mail)


def answer_all() -> None:
    """Bob answers what he has not answered yet."""
    from accounts.models import Agent
    from helpdesk.models import Thread

    bob = Agent.objects.get()
    for thread in Thread.objects.filter(needs_answer=True)[:20]:
        thread.reply(f"Answer to {thread.pk}", by=bob)


def make_due() -> None:
    """Time passes quickly: what was put off is due."""
    from django.utils import timezone

    from helpdesk.models import OutgoingMail

    put_off = OutgoingMail.objects.filter(state="queued", attempts__gt=0, not_before__gt=timezone.now())
    if put_off.exists():  # an update that changes nothing keeps the workers of SQLite waiting all the same
        put_off.update(not_before=timezone.now())


def end_leases() -> bool:
    """The 45 seconds, and the two minutes, of whoever was stopped are over; False if it holds their rows locked."""
    from django.db import connection

    from helpdesk.models import OutgoingMail
    from mailgateway.models import Mailbox

    wait = "PRAGMA busy_timeout = {}" if connection.vendor == "sqlite" else "SET lock_timeout = {}"
    with connection.cursor() as cursor:
        cursor.execute(wait.format(300))  # milliseconds
        try:
            Mailbox.objects.update(lease_until="2020-01-01T00:00Z")
            OutgoingMail.objects.filter(state="sending").update(lease_until="2020-01-01T00:00Z")
        except OperationalError:
            return False
        finally:
            cursor.execute(wait.format(20_000))
    return True


def steps_done() -> int:
    """How much was taken in and sent."""
    from helpdesk.models import OutgoingMail
    from mailgateway.models import Incoming

    return Incoming.objects.exclude(state="stored").count() + OutgoingMail.objects.filter(state="sent").count()


def done(mails: int) -> bool:
    """All came in, all is answered, and nothing waits to leave."""
    from helpdesk.models import OutgoingMail, Thread
    from mailgateway.models import Incoming

    return (
        Incoming.objects.exclude(state="stored").count() >= mails
        and not Thread.objects.filter(needs_answer=True).exists()
        and not OutgoingMail.objects.filter(state__in=("queued", "sending")).exists()
    )


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
