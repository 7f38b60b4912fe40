"""Delivery reports: RFC 3464 first, then what servers write in their own words."""

import re
from collections.abc import Iterator

from helpdesk.mail import Bounce
from mailgateway import headers
from mailgateway.parts import decoded
from mailgateway.structure import Part, halves, leaves

MAX_LOOK = 64 * 1024  # characters of a report or body that are looked at
MACHINES = re.compile(
    r"^(?:mailer-?daemon|postmaster|mail-?er|maildelivery|mail-?delivery-?(?:system|subsystem)|mdaemon|daemon"
    r"|bounces?"
    r"|mail-?system|administrator|no-?reply-?bounce|dsn|ndr|e-?mail-?bounces?)(?:[-+=_.].{0,200})?@",
    re.IGNORECASE,
)
DAEMON = re.compile(r"^mailer-?daemon\b", re.IGNORECASE)
MACHINE_NAMES = re.compile(
    r"mail(?:er)?[- ]?(?:delivery|daemon|system|administrator)|postmaster|system administrator", re.IGNORECASE
)
# Parcels are delivered, fail and come back as well: what is no mailer's own report must speak of mail servers.
TECHNICAL = re.compile(
    r"\bsmtp\b|rcpt to|mail ?box|\brecipients?\b|unknown user|user unknown|no such user|mail (?:system|server"
    r"|delivery software)"
    r"|non-delivery report|virus ?wall|interscan|remote host said|returned mail|undeliverable (?:mail|message)"
    r"|e-?mail to this address"
    r"|your (?:message|mail|e-?mail) (?:to|could|cannot|was|has)|message could not be delivered|hop count|\bdaemon\b"
    r"|\b5\d\d[ -]5\.\d\.\d|this is the mail|mailserver|mail transfer|メール|empfänger|destinatario|destinataire",
    re.IGNORECASE,
)
STRONG = re.compile(
    r"returned mail|mail could not be delivered|non-delivery|^undeliver|mail delivery|delivery (?:failure"
    r"|warning|status)|non remis",
    re.IGNORECASE,
)
SUBJECTS = re.compile(
    r"(?:un|not |non |failed to be )deliver|(?:return|rücksend|retourn)(?:ed|ing)?[ :](?:e?-?mail|to sender|message)"
    r"|deliver(?:y|ing)?[ a-z-]{0,24}(?:fail|problem|status|error|notif|report|delay|incomplete|unsuccess)"
    r"|(?:fail|problem|error|delay)\w{0,3}[ a-z:,]{0,20}(?:deliver|sending|e?-?mail|notice|notification|message)"
    r"|mail (?:system )?(?:error|could not|not )|could ?n[o']t (?:be )?(?:sent|deliver|send)|(?:message"
    r"|mail) (?:you sent )?blocked"
    r"|nondeliver|bounced|unzustellbar|nicht zugestellt|non remis|[ée]chec de|no se (?:pudo|puede) entregar"
    r"|devuelto|consegna|não entregue|warning: (?:message|could)|undelivered|message status|失败|退信|配信|送信できま"
    r"|dirección no|mensaje no|e-?mail rejected|permanent failure|(?:unknown|invalid|bad) (?:user|address|recipient)"
    r"|user unknown|rejected",
    re.IGNORECASE,
)
WORDS = re.compile(
    r"deliver|bounc|undeliver|unknown|returned|reject|fail|could not|couldn't|cannot|can't|no such|not exist"
    r"|exceed|quota"
    r"|full|refus|disabled|unavailable|unable|invalid|problem|error|not found|no account|block|zugestellt|entregar"
    r"|remis|non è stato|expired|undelivered|sorry|存在|配信|送信|5[0-9][0-9][ -]",
    re.IGNORECASE,
)
# What a report by words must say, beside coming from a machine, so that a person's mail is never taken for one.
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
TYPED = re.compile(r"^\s*(?:[A-Za-z0-9-]{1,20}\s*;)?\s*(.*)$", re.DOTALL)
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
CODE = re.compile(r"(?<![\d.])(?:SMTP |error:? |said:? |<<< |#)?([45]\d\d)[ -](?=[^\d])")
DELAYED = re.compile(
    r"\bdelay(?:ed)?\b|not yet been delivered|will (?:keep|continue|be (?:re)?tr)|still (?:being|trying)|temporar"
    r"|warning message only|warning only|verzögert|retras",
    re.IGNORECASE,
)
FOR_GOOD = re.compile(
    r"permanent|giving up|given up|has failed|could not be delivered to|fatal|\b5\.\d\.\d|\b55\d\b", re.IGNORECASE
)
RETURNED = re.compile(
    r"^[ \t\r\xa0>|*#=-]{0,40}(?:(?:this is a copy of|below this line is a copy|below is a copy|a copy of"
    r"|included is a copy of|the)\s)?"
    r"(?:your |the )?(?:original|returned|undelivered|unsent|beginning of the|start of|header of|message header"
    r"|text of|copy of)"
    r"[a-z ]{0,40}(?:message|mail|e-mail|text|headers?|follows|attached|enclosed)?[ :.>*=-]{0,40}$"
    r"|^[-=_ *]{2,40} ?(?:this is a copy of|below this line|original|returned|unsent|undelivered|message header"
    r"|included is"
    r"|the header|header|start of).{0,90}$"
    r"|^return-path:|^received: |^message-id:",
    re.IGNORECASE | re.MULTILINE,
)
# One of these stands in all that RETURNED finds: looking for it at each of many empty lines is dear.
RETURNED_WORDS = (
    *("original", "returned", "undelivered", "unsent", "beginning of", "start of", "header", "text of", "copy of"),
    *("below this", "included is", "return-path:", "received: ", "message-id:"),
)
ID_HEADERS = ("message-id", "x-mostrador-id", "in-reply-to", "references", "resent-message-id")
REPORTS = {"message/delivery-status", "message/global-delivery-status", "text/delivery-status"}
ENCLOSED = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/partial"}
RECEIPTS = {"message/disposition-notification"}
COMPLAINT = "message/feedback-report"


def read(root: Part, sender: str) -> Bounce | None:
    """What a delivery report says; None for any other mail, and for news of a success."""
    parts = list(leaves(root))
    kinds = {part.kind for part in parts}
    if COMPLAINT in kinds or (kinds & RECEIPTS and not _was_refused(parts)):
        return None
    text = "\n".join(decoded(one)[:MAX_LOOK] for one in parts if _is_readable(one))[:MAX_LOOK]
    if not _may_be(root, sender, kinds, text):
        return None
    ids = _returned_ids(parts, text)
    for part in parts:
        if part.kind in REPORTS and (said := _by_report(decoded(part)[:MAX_LOOK], text)):
            return said if said.action == "" else _with_ids(said, ids)
    return _by_words(root, text, ids)


def _was_refused(parts: list[Part]) -> bool:
    """Whether a receipt says that a server threw the mail away, which Dovecot reports so."""
    told = (decoded(part)[:MAX_LOOK].lower() for part in parts if part.kind in RECEIPTS)
    return any("automatic-action" in one and ("deleted" in one or "denied" in one) for one in told)


def is_report(bounce: Bounce | None) -> bool:
    """Whether it tells of trouble: a report may also tell of a success."""
    return bounce is not None and bool(bounce.action)


def _is_readable(part: Part) -> bool:
    return part.kind in {"text/plain", "text/html"} and part.disposed[0] != "attachment"


def _with_ids(bounce: Bounce, ids: tuple[str, ...]) -> Bounce:
    return Bounce(bounce.recipient, bounce.action, bounce.status, bounce.diagnostic, ids)


def _by_report(report: str, text: str) -> Bounce | None:
    """The worst that a machine-readable report says of a recipient; an empty action for a success."""
    told = [
        one for one in _blocks(report) if "final-recipient" in one or "original-recipient" in one or "action" in one
    ]
    bounces = [_of_block(one, text) for one in told]
    for action in ("failed", "delayed"):
        for one in bounces:
            if one.action == action:
                return one
    return bounces[0] if bounces else None


def _blocks(report: str) -> Iterator[dict[str, str]]:
    """The groups of fields between blank lines."""
    block: dict[str, str] = {}
    last = ""
    for line in report.split("\n")[:4000]:
        if not line.strip():
            if block:
                yield block
            block, last = {}, ""
        elif line[0] in " \t" and last:
            block[last] = f"{block[last]} {line.strip()}"[:2000]
        else:
            name, _, value = line.partition(":")
            last = name.strip().lower()
            block.setdefault(last, value.strip()[:2000])
    if block:
        yield block


def _of_block(block: dict[str, str], text: str) -> Bounce:
    recipient = ""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient", "x-failed-recipients"):
        recipient = recipient or _address(TYPED.sub(r"\1", block.get(name, "")))
    diagnostic = TYPED.sub(r"\1", block.get("diagnostic-code", ""))[:500]
    status = STATUS.search(block.get("status", "")) or STATUS.search(diagnostic)
    said = block.get("action", "").split(maxsplit=1)[0].lower().strip(";(") if block.get("action") else ""
    action = _action(said, status[1] if status else "")
    return Bounce(recipient or _first_address(text), action, status[1] if status else "", headers.clean(diagnostic))


def _action(said: str, status: str) -> str:
    if said in {"delivered", "relayed", "expanded", "deliverable"}:
        return ""
    if said == "delayed" or (not said.startswith("fail") and status.startswith("4")):
        return "delayed"
    return "" if status.startswith("2") and said != "failed" else "failed"


def _may_be(root: Part, sender: str, kinds: set[str], text: str) -> bool:
    """Whether a mail server sent it and it speaks of delivery."""
    top, subject = root.headers, root.headers.text("subject")
    if "x-failed-recipients" in top or kinds & REPORTS:
        return True
    named = headers.words(top.first("from")).lstrip('<"')
    if DAEMON.match(sender) or DAEMON.match(named):
        return bool(SUBJECTS.search(subject) or kinds & ENCLOSED or TECHNICAL.search(text))
    answers = top.text("auto-submitted").lower().startswith("auto-replied") and not kinds & RECEIPTS
    is_machine = MACHINES.match(sender) or MACHINES.match(named) or MACHINE_NAMES.search(named)
    if is_machine or (not answers and (top.first("return-path").strip() == "<>" or "report-type" in root.typed[1])):
        return bool((SUBJECTS.search(subject) or kinds & ENCLOSED) and TECHNICAL.search(f"{subject}\n{text}"))
    return "in-reply-to" not in top and not answers and bool(STRONG.search(subject) and TECHNICAL.search(text))


def _by_words(root: Part, text: str, ids: tuple[str, ...]) -> Bounce | None:
    own, _, _ = _before_returned(text)
    failed = root.headers.text("x-failed-recipients")
    recipient = _address(failed) or _named_recipient(own) or _first_address(own) or _returned_recipient(root, text)
    told = failed or DAEMON.match(root.headers.text("from")) or WORDS.search(f"{root.headers.text('subject')}\n{own}")
    if not recipient or not told:
        return None
    status, code = STATUS.search(own), CODE.search(own)
    subject = root.headers.text("subject")
    late = DELAYED.search(f"{subject}\n{own}") and not FOR_GOOD.search(f"{subject}\n{own}")
    if status and status[1][0] == "2":
        status = None
    if status is not None:
        late = status[1].startswith("4") and bool(late)
    line = next(
        (one.strip() for one in own.split("\n") if (code and code[0] in one) or (status and status[0] in one)), ""
    )
    return Bounce(
        recipient, "delayed" if late else "failed", status[1] if status else "", headers.clean(line)[:500], ids
    )


def _before_returned(text: str) -> tuple[str, str, str]:
    """What the server wrote, and what it sent back below it."""
    lower = text.lower()
    if not any(one in lower for one in RETURNED_WORDS):
        return text, "", ""
    begins = len(text) - len(text.lstrip())
    for match in RETURNED.finditer(text):
        if match.start() > begins:
            return text[: match.start()], match[0], text[match.end() :]
    return text, "", ""


NAMED = re.compile(
    r"(?:recipients?|addresse?s?|user|mailbox|rcpt to|to|for|account|failed|destinatari[oa]s?|empfänger"
    r"|destinataires?)"
    r"[^\n@<]{0,60}?[:<\s\"'(\[]+(" + ADDRESS.pattern + r")",
    re.IGNORECASE,
)


def _named_recipient(text: str) -> str:
    """The address behind a word such as "recipient", or alone on its line."""
    for line in text.split("\n")[:400]:
        alone = line.strip().strip("<>:;,\"'*-•() \t")
        if ADDRESS.fullmatch(alone) and not MACHINES.match(alone):
            return alone.lower()
        opened = line.strip()
        address = _address(opened[1:].partition(">")[0]) if opened.startswith("<") else ""
        if address and not MACHINES.match(address):
            return address
    for line in text.split("\n")[:400]:
        match = NAMED.search(line[:500])
        if match and not MACHINES.match(match[1]) and not _is_id(line, match.end(1)):
            return match[1].lower().rstrip(".")
    return ""


def _is_id(line: str, end: int) -> bool:
    return (
        "message-id" in line.lower()
        or "message id" in line.lower()
        or (line[end : end + 1] == ":" and "@" in line[end:])
    )


def _first_address(text: str) -> str:
    for match in ADDRESS.finditer(text):
        if not MACHINES.match(match[0]):
            return match[0].lower().rstrip(".")
    return ""


def _address(value: str) -> str:
    match = ADDRESS.search(value)
    return match[0].lower().rstrip(".") if match and not DAEMON.match(match[0]) else ""


def _returned(parts: list[Part], text: str) -> Iterator[str]:
    """The header blocks of mails that were sent back."""
    for part in parts:
        if part.kind in ENCLOSED:
            yield halves(part.content.lstrip(b"\r\n"))[0][:MAX_LOOK].decode("ascii", "replace")
    below = _before_returned(text)
    if below[1]:
        yield (below[1] if ":" in below[1] else "") + below[2]


def _returned_fields(parts: list[Part], text: str) -> Iterator[dict[str, str]]:
    for head in _returned(parts, text):
        merged: dict[str, str] = {}
        for block in _blocks(head.replace("\r\n", "\n").replace("\n> ", "\n")):
            for name, value in block.items():
                merged.setdefault(name.lstrip("> |").strip(), value)
        yield merged


def _returned_ids(parts: list[Part], text: str) -> tuple[str, ...]:
    found: list[str] = []
    for fields in _returned_fields(parts, text):
        for name in ID_HEADERS:
            found.extend(headers.ids(fields.get(name, "")))
    for part in parts:
        if part.kind in REPORTS:
            for block in _blocks(decoded(part)[:MAX_LOOK]):
                found.extend(headers.ids(block.get("x-original-message-id", "")))
    return tuple(dict.fromkeys(found))[:20]


def _returned_recipient(root: Part, text: str) -> str:
    """Whom the returned mail was for, where the report itself names nobody."""
    for fields in _returned_fields(list(leaves(root)), text):
        for name in ("x-original-to", "delivered-to", "to", "x-rcpt-to"):
            if address := _address(fields.get(name, "")):
                return address
    return ""
