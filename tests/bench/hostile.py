"""What a mail may cost: seconds of CPU and megabytes of each hostile mail, read by the limited child of the product.

The mails: those that chance found, large ones of the kinds that cost most, attacks of 100 KB by pattern, and the
corpora where they are at hand. The megabytes are the child's highest, pipe and answer included; of large mails those of
the process that asks are told as well. Attacks have a limit of their own, in milliseconds of CPU. Ends with 1 if one is
over the limits.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from helpdesk import html as markup  # noqa: E402
from mailgateway import child, mime  # noqa: E402
from tests import fuzz  # noqa: E402
from tests.mailgateway.test_hostile import ATTACKS, PLAIN, VOUCHED, attacks  # noqa: E402

SECONDS, MEGABYTES = 5.0, 200
LARGE = 5 * 1024 * 1024  # bytes; such a mail gets a new child, which holds nothing of others
ATTACK_MS, TRIES = 50, 3  # of 100 KB; the best of some tries, since another process may disturb one
MB = 1024 * 1024


def mails() -> Iterator[tuple[str, bytes]]:
    """Each by its name."""
    for path in sorted(fuzz.FOUND.glob("*.eml")):
        yield f"found {path.stem}", path.read_bytes()
    for name in ATTACKS:
        yield from ((f"{name}, as {form}", raw) for form, raw in attacks(name))
    yield from large()
    for path in sorted(fuzz.CORPUS.rglob("*.eml")):
        yield f"corpus {path.relative_to(fuzz.CORPUS)}", path.read_bytes()


def large() -> Iterator[tuple[str, bytes]]:
    """Just below the limit of 25 MB, and over it."""
    head = PLAIN + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nHello\r\n"
    part = b"--x\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: %s\r\n\r\n"
    lines = b"QUJD" * 19 + b"\r\n"
    file = head + part % b"base64" + lines * (24 * MB // 78) + b"--x--\r\n"
    yield "a file of 24 MB", file
    yield "a file of 24 MB below a spoilt head", b"\r\n" + file.replace(b"Hello", b"Hel\0lo", 1)
    yield "30 MB", head + part % b"base64" + lines * (30 * MB // 78) + b"--x--\r\n"
    yield "an enclosed mail of 24 MB", VOUCHED + PLAIN + b"Content-Type: message/rfc822\r\n\r\n" + file
    yield "24 MB of short lines", PLAIN + b"\r\n" + b"a\r\n" * (8 * MB)
    yield "24 MB of a million lines", PLAIN + b"\r\n" + b"%s\n" % (b"a" * 25) * 960_000
    yield "24 MB of lines like boundaries", head + b"--%s\n" % (b"a" * 23) * 960_000
    yield "24 MB of boundaries", head + (b"--x\r\n\r\n\r\n") * (24 * MB // 9)
    yield "24 MB of quoted-printable", head + part % b"quoted-printable" + b"=41" * (8 * MB) + b"\r\n--x--\r\n"
    yield "24 MB of padding", head + part % b"base64" + b"QQ==" * (6 * MB) + b"\r\n--x--\r\n"
    yield "24 MB of uuencode", head + part % b"uuencode" + (b"M" + b"A" * 60 + b"\n") * 390_000 + b"\r\n--x--\r\n"
    yield "24 MB of winmail.dat", head + part.replace(b"a.png", b"winmail.dat") % b"base64" + lines * (24 * MB // 78)
    yield "24 MB of letters of three bytes", PLAIN + b"\r\n" + "\u20ac".encode() * (8 * MB)
    yield "24 MB of HTML", PLAIN + b"Content-Type: text/html\r\n\r\n" + b"<div>" * (24 * MB // 5)
    passed = b"From: a@b.test<br>Sent: x<br>Subject: z<br>" * 2500
    yield "100 KB of header blocks in HTML", VOUCHED + PLAIN + b"Content-Type: text/html\r\n\r\n" + passed
    yield "100,000 headers", PLAIN + b"X-Filler: a\r\n" * 100_000 + b"\r\nHello\r\n"
    yield "50,000 addresses", PLAIN + b"Cc: " + b", ".join(b"p%d@example.com" % n for n in range(50_000)) + b"\r\n\r\nx"


class Reader:
    """The child that reads one mail after the other, and what each takes it."""

    def __init__(self) -> None:
        self.child = child.Child()

    def cost(self, raw: bytes) -> tuple[float, int]:
        """Seconds of CPU with cleaning its HTML, and the child's most megabytes."""
        if len(raw) > LARGE or not self.child.is_usable:
            self.child.close()
            self.child = child.Child()
        self.child.parse(PLAIN + b"\r\nHello\r\n", frozenset())
        process = Path(f"/proc/{self.child.process.pid}")
        (process / "clear_refs").write_text("5")  # the highest begins anew
        before, began = busy(process), time.process_time()
        try:
            html = self.child.parse(raw[: child.MOST_BYTES], frozenset()).html
        except child.ParseFailed:
            return float("inf"), 0
        took, peak = busy(process) - before, highest(process)
        markup.clean(html)
        if len(raw) > LARGE:
            self.child.close()
        return took + time.process_time() - began, peak


def busy(process: Path) -> float:
    """The seconds of CPU that a process has used."""
    return int((process / "schedstat").read_text().split()[0]) / 1e9


def highest(process: Path) -> int:
    """The most megabytes that a process held."""
    return int((process / "status").read_text().split("VmHWM:")[1].split()[0]) // 1024


def asked(raw: bytes) -> int:
    """The most megabytes of a process that has the mail read and its HTML cleaned, as the gateway does."""
    command = [sys.executable, __file__, "--ask", str(len(raw))]
    return int(subprocess.run(command, input=raw, capture_output=True, check=True).stdout)


def ask(size: int) -> None:
    """What that process does: the mail comes through its input."""
    with contextlib.suppress(child.ParseFailed):
        markup.clean(child.parse_limited(sys.stdin.buffer.read(size)).html)
    print(highest(Path("/proc/self")))  # noqa: T201 - what it is for


def attack(raw: bytes) -> float:
    """Milliseconds of CPU, the best of some tries."""
    taken = []
    for _ in range(TRIES):
        began = time.process_time()
        mime.parse(raw)
        taken.append(time.process_time() - began)
    return min(taken) * 1000


def main() -> int:
    """The dearest ones, and whether all are within the limits."""
    reader = Reader()
    figures = [(name, len(raw), *reader.cost(raw)) for name, raw in mails()]
    over = [one for one in figures if one[2] > SECONDS or one[3] > MEGABYTES]
    for title, at in (("CPU", 2), ("memory", 3)):
        print(f"dearest by {title} of {len(figures)} mails, limits {SECONDS:.0f} s and {MEGABYTES} MB:")  # noqa: T201
        for name, size, seconds, peak in sorted(figures, key=lambda one: one[at], reverse=True)[:6]:
            print(f"  {seconds:6.2f} s {peak:5} MB  {name} ({size:,} bytes)")  # noqa: T201
    print("the process that asks, with the mail:")  # noqa: T201
    for name, raw in large():
        print(f"  {asked(raw):5} MB  {name}")  # noqa: T201
    attacked = sorted(
        ((attack(raw), f"{one}, as {form}") for one in ATTACKS for form, raw in attacks(one)), reverse=True
    )
    print(f"dearest of {len(attacked)} attacks of 100 KB, limit {ATTACK_MS} ms of CPU:")  # noqa: T201
    for taken, name in attacked[:5]:
        print(f"  {taken:6.1f} ms  {name}")  # noqa: T201
    count = len(over) + sum(taken > ATTACK_MS for taken, _ in attacked)
    print(f"{count} over the limits {over or ''}")  # noqa: T201
    return int(bool(count))


if __name__ == "__main__":
    sys.exit(ask(int(sys.argv[2])) if "--ask" in sys.argv else main())
