"""One raw mail understood: bytes -> InboundMail. Knows no database; never raises on a stranger's bytes."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from helpdesk.mail import InboundMail, Party
from mailgateway import addresses, bounces, enclosing, forwards, markers, parts, quoting, screening, seals, structure
from mailgateway.headers import Headers
from mailgateway.structure import Part

# What a mail says of itself, as against what servers on its way add: only this makes two copies the same mail.
SAID = frozenset(
    """
    from sender reply-to to cc subject date message-id in-reply-to references mime-version content-type
    content-transfer-encoding content-disposition content-id
    """.split()
)
DELIVERY_HEADERS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-forwarded-to")
PIECE = 256 * 1024  # bytes of a body that are hashed at a time
OLDEST = datetime(1971, 1, 1, tzinfo=UTC)


def parse(raw: bytes, own_addresses: frozenset[str] = frozenset()) -> InboundMail:
    """Everything a mail says.

    `own_addresses` are the shop's own in lower case: a mail from one of them that asks for answers elsewhere
    (a contact form of the shop's web site) is that other person's.
    """
    fixed = structure.repaired(raw)
    root, problem = structure.read(fixed)
    headers, content = root.headers, parts.read(root)
    digest = content_digest(fixed)
    who = sender(headers, own_addresses)
    enclosed = enclosing.opened(content)
    mail = InboundMail(
        sender=who.address,
        sender_name=who.name,
        subject=headers.text("subject")[:1000],
        text=quoting.split(content.text, content.html),
        full_text=content.text.strip("\n"),
        html=content.html,
        files=content.files,
        message_id=next(iter(headers.ids("message-id")), f"<{digest}@no-id.invalid>"),
        digest=digest,
        is_ours=who.address in own_addresses,
        markers=markers.found_in(content.html),
        invitations=content.invitations,
        enclosed=tuple(one.shown for one in enclosed),
        seal=seals.read(root, content.text),
        problem=problem or ("too-large" if content.is_cut else "") or ("" if who.address else "no-sender"),
    )
    mail = _screened(_addressed(mail, headers), root)
    if mail.vouched_by and not mail.automatic:
        mail = replace(mail, forwarded=forwards.read(mail, enclosed))
    return mail


def _addressed(mail: InboundMail, headers: Headers) -> InboundMail:
    """With everything that says where the mail belongs."""
    return replace(
        mail,
        in_reply_to=headers.ids("in-reply-to"),
        references=headers.ids("references"),
        to=_people(headers, "to"),
        cc=_people(headers, "cc"),
        reply_to=_people(headers, "reply-to"),
        delivered_to=_delivered_to(headers),
        date=claimed_date(headers.date("date")),
        own_id=headers.text("x-mostrador-id")[:500],
    )


def _screened(mail: InboundMail, root: Part) -> InboundMail:
    """With what kind of sender it comes from."""
    bounce, marks = bounces.read(root, mail.sender), screening.marks(root.headers)
    return replace(
        mail,
        bounce=bounce if bounces.is_report(bounce) else None,
        automatic=screening.automatic(root.headers, mail.sender) or ("auto-generated" if bounce else ""),
        is_spam=bool(marks.spam),
        spam_reason=marks.spam,
        marks=marks,
        vouched_by=screening.vouching_server(root.headers),
    )


def _people(headers: Headers, name: str) -> tuple[Party, ...]:
    return addresses.parse(", ".join(headers.all(name)))


def _delivered_to(headers: Headers) -> tuple[str, ...]:
    values = (one for name in DELIVERY_HEADERS for one in headers.all(name))
    found = (party.address for value in values for party in addresses.parse(value))
    return tuple(dict.fromkeys(found))[:20]


def sender(headers: Headers, own_addresses: frozenset[str] = frozenset()) -> Party:
    """Whom to answer; an empty address if no header names anybody."""
    named = _people(headers, "from")
    answer_to = next((one for one in _people(headers, "reply-to") if _is_outside(one.address, own_addresses)), None)
    if named and not _speaks_for_another(named[0].address, headers, own_addresses):
        return named[0]
    if named:
        original = next(iter(_people(headers, "x-original-from")), None)
        chosen = answer_to or original or named[0]
        return Party(chosen.address, chosen.name or named[0].name.partition(" via ")[0].strip("' "))
    for name in ("sender", "return-path", "reply-to"):
        for one in _people(headers, name):
            return Party(one.address, one.name or headers.text("from").strip("<> ")[:200])
    return Party("", headers.text("from").strip("<> ")[:200])


def _is_outside(address: str, own_addresses: frozenset[str]) -> bool:
    return address not in own_addresses and not screening.NO_REPLY.match(address)


def _speaks_for_another(address: str, headers: Headers, own_addresses: frozenset[str]) -> bool:
    """Whether the address in From is a list's, our own, or one that nobody reads."""
    if not _is_outside(address, own_addresses) or "x-original-from" in headers:
        return True
    return address in {one.address for one in addresses.parse(headers.first("list-post"))}


def claimed_date(moment: datetime | None, now: datetime | None = None) -> datetime | None:
    """When the sender says it was sent; never in the future, None if it says nothing that can be."""
    now = now or datetime.now(UTC)
    if moment is None or moment < OLDEST:
        return None
    return moment if moment <= now + timedelta(minutes=5) else now


def content_digest(fixed: bytes) -> str:
    """sha256 of what a repaired mail says of itself, whichever way it came and however lines end."""
    head, _, body = structure.halves(fixed)
    said: list[bytes] = []
    keep = False
    for line in head.replace(b"\r\n", b"\n").split(b"\n"):
        if line[:1] not in {b" ", b"\t"}:
            keep = line.partition(b":")[0].strip().lower().decode("ascii", "replace") in SAID
        if keep:
            said.append(line)
    hashed = hashlib.sha256(b"\n".join((*said, b"", b"")))
    for piece in _plain(body):
        hashed.update(piece)
    return hashed.hexdigest()


def _plain(body: memoryview) -> Iterator[bytes]:
    """A body by the piece, with plain line ends and without empty lines at its beginning and end."""
    at, waiting, begun = 0, 0, False
    while at < len(body):
        end = at + PIECE
        if bytes(body[end - 1 : end + 1]) == b"\r\n":  # a line end stays in one piece
            end += 1
        lines = bytes(body[at:end]).replace(b"\r\n", b"\n")
        at, kept = end, lines.rstrip(b"\n")
        if kept:
            yield b"\n" * waiting + kept if begun else kept.lstrip(b"\n")
            begun, waiting = True, 0
        waiting += len(lines) - len(kept)
