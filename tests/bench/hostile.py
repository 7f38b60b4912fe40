"""What a mail may cost: seconds of CPU and megabytes of each hostile mail, read in a process of its own.

The mails: those that chance found, large ones of the kinds that cost most, attacks of 100 KB by pattern, and the
corpora where they are at hand. Ends with 1 if one is over the limits.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from helpdesk import html as markup  # noqa: E402
from mailgateway import mime  # noqa: E402
from tests import fuzz  # noqa: E402
from tests.mailgateway.test_hostile import ATTACKS, PLAIN  # noqa: E402

SECONDS, MEGABYTES, LARGE_MEGABYTES = 5.0, 200, 300  # a large one is over 5 MB
MB = 1024 * 1024


def mails() -> Iterator[tuple[str, bytes]]:
    """Each by its name."""
    for path in sorted(fuzz.FOUND.glob("*.eml")):
        yield f"found {path.stem}", path.read_bytes()
    for name, piece in ATTACKS.items():
        text = (piece * 100_000)[:100_000].encode()
        yield f"{name}, as text", PLAIN + b"\r\n" + text
        yield f"{name}, as HTML", PLAIN + b"Content-Type: text/html\r\n\r\n" + text
        yield f"{name}, as subject", PLAIN.replace(b"Hello", text.replace(b"\n", b" ")[:60_000]) + b"\r\nHello\r\n"
    yield from large()
    for path in sorted(fuzz.CORPUS.rglob("*.eml")):
        yield f"corpus {path.relative_to(fuzz.CORPUS)}", path.read_bytes()


def large() -> Iterator[tuple[str, bytes]]:
    """Just below the limit of 25 MB, and over it."""
    head = PLAIN + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nHello\r\n"
    part = b"--x\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: %s\r\n\r\n"
    yield "a file of 24 MB", head + part % b"base64" + (b"QUJD" * 19 + b"\r\n") * (24 * MB // 78) + b"--x--\r\n"
    yield "30 MB", head + part % b"base64" + (b"QUJD" * 19 + b"\r\n") * (30 * MB // 78) + b"--x--\r\n"
    yield "24 MB of short lines", PLAIN + b"\r\n" + b"a\r\n" * (8 * MB)
    yield "24 MB of boundaries", head + (b"--x\r\n\r\n\r\n") * (24 * MB // 9)
    yield "24 MB of quoted-printable", head + part % b"quoted-printable" + b"=41" * (8 * MB) + b"\r\n--x--\r\n"
    yield "24 MB of HTML", PLAIN + b"Content-Type: text/html\r\n\r\n" + b"<div>" * (24 * MB // 5)
    yield "100,000 headers", PLAIN + b"X-Filler: a\r\n" * 100_000 + b"\r\nHello\r\n"
    yield "50,000 addresses", PLAIN + b"Cc: " + b", ".join(b"p%d@example.com" % n for n in range(50_000)) + b"\r\n\r\nx"


def cost(raw: bytes) -> tuple[float, int]:
    """Seconds of CPU and the most megabytes of a process that reads only this mail; it has what ours had before."""
    out, into = os.pipe()
    if (pid := os.fork()) == 0:
        began = time.process_time()
        markup.clean(mime.parse(raw).html)
        took = time.process_time() - began
        peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
        os.write(into, f"{took} {peak}".encode())
        os._exit(0)
    os.close(into)
    os.waitpid(pid, 0)
    with os.fdopen(out) as said:
        words = said.read().split()
    return (float(words[0]), int(words[1])) if words else (float("inf"), 0)


def main() -> int:
    """The dearest ones, and whether all are within the limits."""
    figures = [(name, len(raw), *cost(raw)) for name, raw in mails()]
    over = [one for one in figures if one[2] > SECONDS or one[3] > (LARGE_MEGABYTES if one[1] > 5 * MB else MEGABYTES)]
    for title, at in (("CPU", 2), ("memory", 3)):
        print(f"dearest by {title} of {len(figures)} mails:")  # noqa: T201 - what it is for
        for name, size, seconds, peak in sorted(figures, key=lambda one: one[at], reverse=True)[:6]:
            print(f"  {seconds:6.2f} s {peak:5} MB  {name} ({size:,} bytes)")  # noqa: T201
    print(f"{len(over)} over the limits {over or ''}")  # noqa: T201
    return int(bool(over))


if __name__ == "__main__":
    sys.exit(main())
