"""Who speaks: a person, an out-of-office message, a list, a machine, a spammer. By headers only."""

import re
from collections.abc import Callable

from helpdesk.mail import Marks
from mailgateway.headers import Headers, words

# Each answers "auto-reply" only where somebody is away or a robot answers: such a mail never reopens.
AWAY_SUBJECT = re.compile(
    r"^\W{0,5}(?:(?:re|aw|sv|rv|tr)\s?:\s?)?(?:auto(?:matic)?[- ]?(?:reply|response|antwort)"
    r"|automatische antwort|out of (?:the )?office"
    r"|abwesend|abwesenheits|respuesta autom[áa]tica|fuera de (?:la )?oficina|ausente|r[ée]ponse automatique"
    r"|absence du bureau"
    r"|absent du bureau|risposta automatica|fuori ufficio|resposta autom[áa]tica|fora do escrit[óo]rio"
    r"|resposta autom[àa]tica"
    r"|automatisch antwoord|afwezig|autosvar|automatiskt svar|automaattinen vastaus|odpowied[źz] automatyczna"
    r"|autoodpowied"
    r"|автоматический ответ|автоответ|自動応答|不在|自动回复|自動回覆|vacation(?: reply| message)?:)",
    re.IGNORECASE,
)
REPLY_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply-from",
    "x-mail-autoreply",
    "x-vacation",
)
LIST_HEADERS = ("list-id", "list-post", "list-unsubscribe", "x-mailing-list", "mailing-list", "x-mailman-version")
MACHINE_HEADERS = (
    "x-fc-machinegenerated",
    "x-jira-fingerprint",
    "x-github-reason",
    "x-gitlab-project",
    "x-loop",
    "feedback-id",
)
# Addresses that nobody reads.
NO_REPLY = re.compile(
    r"^(?:no[-_.]?(?:reply|responder|contestar)|do[-_.]?not[-_.]?reply|not?ific(?:ation|acion)e?s?|nicht[-_.]?antworten"
    r"|ne[-_.]?pas[-_.]?repondre|nepasrepondre|mailer|wordpress|www-data|apache|nobody|form(?:mail|s)?|web(?:form|site)?)"
    r"(?:[-+=_.].{0,100})?@",
    re.IGNORECASE,
)
COMMENT = re.compile(r"\([^()]{0,400}\)")
NOT_A_NO = {"", "no", "none", "false", "0"}
YES = {"yes", "true", "1"}
SPAM_STATUS = re.compile(r"^\s{0,20}(?:yes\b|\*{5,})", re.IGNORECASE)
SCORES = ("x-spam-score", "x-rspamd-score", "x-spamd-result")
SCORE = re.compile(r"\b(?:score|hits)=(-?\d{1,4}(?:\.\d{1,4})?)", re.IGNORECASE)
PLAIN_SCORE = re.compile(r"(?:default: (?:true|false) )?\[?(-?\d{1,4}(?:\.\d{1,4})?)", re.IGNORECASE)


def automatic(headers: Headers, sender: str) -> str:
    """Why a mail is no person's: "auto-reply", "auto-generated", "mailing-list", "bulk"; empty if it is one."""
    submitted = headers.text("auto-submitted").partition(";")[0].strip().lower()
    if _is_auto_reply(headers, submitted):
        return "auto-reply"
    if any(name in headers for name in LIST_HEADERS) or _precedence(headers) == "list":
        return "mailing-list"
    if submitted not in NOT_A_NO or _is_machine(headers, sender):
        return "auto-generated"
    return "bulk" if _precedence(headers) in {"bulk", "junk"} else ""


def _is_auto_reply(headers: Headers, submitted: str) -> bool:
    if submitted.startswith("auto-replied"):
        return True
    if any(headers.text(name).lower() not in NOT_A_NO for name in REPLY_HEADERS):
        return True
    if headers.first("delivered-to").strip().lower() == "autoresponder":
        return True
    if _precedence(headers) in {"auto_reply", "auto-reply"} or headers.text("x-precedence").lower() == "auto_reply":
        return True
    return bool(AWAY_SUBJECT.match(headers.text("subject")))


def _precedence(headers: Headers) -> str:
    return headers.text("precedence").lower() or headers.text("x-precedence").lower()


def _is_machine(headers: Headers, sender: str) -> bool:
    if any(name in headers for name in MACHINE_HEADERS) or headers.first("return-path").strip() == "<>":
        return True
    if sender.partition("@")[0] in {"mailer-daemon", "postmaster"} or NO_REPLY.match(sender):
        return True
    # "All" only says: do not answer automatically. People's Outlook sends "OOF" and the like on ordinary mail.
    return headers.text("x-auto-response-suppress").lower() == "all"


def vouching_server(headers: Headers) -> str:
    """The server that says DMARC passed for the domain in From (RFC 8601, RFC 7489); empty if none does.

    Only the topmost Authentication-Results counts: servers write above what was there, and the one that handed us
    the mail wrote last. Whether that server is to be believed, the mailbox says.
    """
    return _server_that_says(headers, "dmarc=pass")


def _server_that_says(headers: Headers, verdict: str) -> str:
    said = as_line(headers.all("authentication-results")[:1])
    if verdict not in said:
        return ""
    server, _, results = COMMENT.sub(" ", said).partition(";")
    domain = headers.first("from").rpartition("@")[2].strip("> \t\r\n").lower()
    for result in results.split(";"):
        words = result.split()
        if words[:1] == [verdict] and domain and f"header.from={domain}" in words:
            return (server.split() or [""])[0]
    return ""


def as_line(values: list[str]) -> str:
    """The first value on one line, in lower case, as much of it as anybody needs."""
    return " ".join(values[0][:4000].lower().split()) if values else ""


def marks(headers: Headers) -> Marks:
    """What filters on the way think of it; what the mailbox makes of that is its own affair."""
    return Marks(_spam_header(headers), _score(headers), _server_that_says(headers, "dmarc=fail"))


def is_spam(headers: Headers) -> bool:
    """Whether a filter on the way has marked it."""
    return bool(_spam_header(headers))


def _spam_header(headers: Headers) -> str:
    """The first header that calls it spam, with the name that people know; empty if none does."""
    for name, says_so in SPAM_HEADERS.items():
        if any(says_so(words(value).lower()) for value in headers.all(name)[:3]):
            return name
    return ""


def _is_scl(value: str) -> bool:
    """The Spam Confidence Level of Exchange: 5 and more is spam."""
    return value.isdecimal() and len(value) < 3 and int(value) >= 5


SPAM_HEADERS: dict[str, Callable[[str], bool]] = {
    "x-spam-flag": YES.__contains__,
    "x-spam-status": lambda value: bool(SPAM_STATUS.match(value)),
    "x-spam": YES.__contains__,
    "x-spam-decision": "spam".__eq__,
    "x-ses-spam-verdict": "fail".__eq__,
    "x-ses-virus-verdict": "fail".__eq__,
    "x-ms-exchange-organization-scl": _is_scl,
    "x-rspamd-action": {"reject", "add header"}.__contains__,
}


def _score(headers: Headers) -> float | None:
    """The highest score a filter gave it (SpamAssassin, Rspamd); None if none did."""
    found = [SCORE.search(words(one)[:400]) for one in headers.all("x-spam-status")[:3]]
    found += [PLAIN_SCORE.match(words(one)) for name in SCORES for one in headers.all(name)[:3]]
    scores = [float(one[1]) for one in found if one]
    return max(scores) if scores else None
