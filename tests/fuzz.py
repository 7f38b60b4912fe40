"""Hostile mail made by chance: `make fuzz MINUTES=60` reads mutated mails until the time is over.

What raises, or takes more than a second of CPU, is kept in tests/eml/found and read from then on by
tests/mailgateway/test_hostile.py. SEED=n repeats a run.
"""

import hashlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from helpdesk import html as markup  # noqa: E402
from mailgateway import mime  # noqa: E402

FOUND = HERE / "eml" / "found"
CORPUS = HERE.parents[1] / "shared" / "mail-corpus"
SECONDS, HANGS, LARGEST = 1.0, 20, 400_000
BITS = (
    *(b"--", b"\r\n\r\n", b"\n", b"\r", b"\x00", b"\xff\xfe", b"=?utf-8?B?", b"?=", b"=?iso-2022-jp?Q?\x1b$B", b"%s%n"),
    *(b"Content-Type: multipart/mixed; boundary=x\n\n--x\n", b"Content-Type: message/rfc822\n\n", b"--x--\n"),
    *(
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Type: text/calendar\n\nBEGIN:VEVENT\n",
        b"charset=idna",
        b";" * 50,
    ),
    *(b"Content-Type: text/html\n\n", b"<" * 40, b"<!--", b"<div " * 20, b"style=" + b"(" * 40, b"<table><td>" * 20),
    *(
        b"&" * 50,
        b"On Mon, 1 Jan 2024, a wrote:\n> ",
        b">" * 60,
        b"-----Original Message-----\nFrom: ",
        b"\xe2\x80\xae",
    ),
    *(b"begin 644 winmail.dat\n", b"filename*0*=utf-8''", b"filename*1=", b"(" * 60, b"a@b," * 40, b'"' * 9, b"\\" * 9),
    *(
        b"Auto-Submitted: ",
        b"From: ",
        b"Subject: ",
        b"References: <",
        b"\x1b$B",
        b"Status: 5.1.1\n",
        b"\xa0" * 30,
        b" " * 200,
    ),
)


def seeds() -> list[bytes]:
    """The mails of the tests, and the corpora where they are at hand."""
    paths = [*(HERE / "eml").rglob("*.eml"), *(one for one in CORPUS.rglob("*.eml"))]
    return [path.read_bytes() for path in sorted(paths) if path.stat().st_size < LARGEST]


def mutated(chance: random.Random, known: list[bytes]) -> bytes:
    """One mail with a few accidents."""
    mail = bytearray(chance.choice(known))
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8, 20))):
        at, length = chance.randrange(len(mail) + 1), chance.choice((1, 2, 7, 30, 200, 2000))
        chance.choice(ACCIDENTS)(mail, at, length, chance, known)
        del mail[LARGEST:]
    return bytes(mail)


Accident = Callable[[bytearray, int, int, random.Random, list[bytes]], None]


def _cut(mail: bytearray, at: int, length: int, chance: random.Random, known: list[bytes]) -> None:
    mail[at : at + length] = b""


def _put(mail: bytearray, at: int, length: int, chance: random.Random, known: list[bytes]) -> None:
    mail[at:at] = chance.choice(BITS) * chance.choice((1, 1, 1, 2, 30, 400))


def _repeat(mail: bytearray, at: int, length: int, chance: random.Random, known: list[bytes]) -> None:
    mail[at:at] = mail[at : at + length] * chance.choice((1, 2, 50))


def _byte(mail: bytearray, at: int, length: int, chance: random.Random, known: list[bytes]) -> None:
    mail[at : at + 1] = bytes([chance.randrange(256)])


def _graft(mail: bytearray, at: int, length: int, chance: random.Random, known: list[bytes]) -> None:
    other = chance.choice(known)
    start = chance.randrange(len(other) + 1)
    mail[at:at] = other[start : start + length]


def _swap(mail: bytearray, at: int, length: int, chance: random.Random, known: list[bytes]) -> None:
    mail[at : at + length] = mail[at : at + length].swapcase()


def _noise(mail: bytearray, at: int, length: int, chance: random.Random, known: list[bytes]) -> None:
    mail[at : at + length] = chance.randbytes(min(length, 64))


def _turn(mail: bytearray, at: int, length: int, chance: random.Random, known: list[bytes]) -> None:
    mail[at : at + length] = reversed(mail[at : at + length])


ACCIDENTS: tuple[Accident, ...] = (_cut, _put, _repeat, _byte, _graft, _swap, _noise, _turn)


def trouble_with(raw: bytes) -> str:
    """What goes wrong with a mail; empty if nothing does."""
    began = time.process_time()
    signal.signal(signal.SIGALRM, _hangs)
    signal.alarm(HANGS)
    try:
        mail = mime.parse(raw)
        markup.clean(mail.html)
        str(mail.text).encode("utf-8")
        if "\x00" in mail.text + mail.subject + mail.sender + mail.sender_name + mail.message_id:
            return "a NUL gets through"
    except Exception as error:  # noqa: BLE001 - that is what it looks for
        return f"{type(error).__name__}: {error}"[:200]
    finally:
        signal.alarm(0)
    took = time.process_time() - began
    return f"{took:.1f} s of CPU" if took > SECONDS else ""


def _hangs(*_: object) -> None:
    raise TimeoutError(f"more than {HANGS} s")


def run(minutes: float, seed: int) -> Iterator[tuple[int, str]]:
    """The number of mails so far, with what was found; one empty word each ten thousand."""
    chance, known, ends = random.Random(seed), seeds(), time.monotonic() + minutes * 60
    FOUND.mkdir(exist_ok=True)
    count = 0
    while time.monotonic() < ends:
        count += 1
        raw = mutated(chance, known)
        if trouble := trouble_with(raw):
            path = FOUND / f"{hashlib.sha256(raw).hexdigest()[:16]}.eml"
            path.write_bytes(raw)
            yield count, f"{path.name}: {trouble}"
    yield count, ""


def main() -> None:
    """Until the time is over; ends with 1 if something was found."""
    minutes, seed = float(os.environ.get("MINUTES", "10")), int(os.environ.get("SEED", "0")) or time.time_ns() % 10**9
    sys.stdout.write(f"seed {seed}, {minutes:g} minutes, {len(seeds())} mails to begin with\n")
    sys.stdout.flush()
    found = 0
    for count, trouble in run(minutes, seed):
        sys.stdout.write(f"{count:>9} {trouble or 'mails read'}\n")
        sys.stdout.flush()
        found += bool(trouble)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
