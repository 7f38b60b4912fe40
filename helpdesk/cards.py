"""What stands in a message besides words and files: invitations, enclosed mails, a seal, who forwarded it here.

A message keeps them as JSON, written once when it arrives, so that a page only has to show them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from helpdesk.mail import EnclosedMail, InboundMail, Invitation, Party

SEALS = ("smime-signed", "pgp-signed", "smime-wrapped", "smime-encrypted", "pgp-encrypted")


def of_mail(mail: InboundMail) -> dict[str, Any]:
    """What a message keeps of a mail; nothing for most."""
    kept: dict[str, Any] = {}
    if mail.invitations:
        kept["invitations"] = [asdict(one) for one in mail.invitations]
    if mail.enclosed:
        kept["enclosed"] = [_enclosed(one) for one in mail.enclosed]
    if mail.is_doubtful:
        kept["doubtful"] = True
    if mail.seal:
        kept["seal"] = mail.seal
    if others := [one.address for one in mail.reply_to if one.address != mail.sender][:3]:
        kept["reply_to"] = others
    return kept


def _enclosed(one: EnclosedMail) -> dict[str, Any]:
    return {**asdict(one), "sent_at": one.sent_at.isoformat() if one.sent_at else ""}


@dataclass(frozen=True)
class Invited(Invitation):
    """An invitation as its card shows it."""

    @property
    def when(self) -> str:
        """From when to when, in the zone of the page; in its own where nobody knows that one."""
        begins, ends = _moment(self.begins), _moment(self.ends)
        words = _in_words(begins)
        if ends and ends != begins:
            is_same_day = isinstance(begins, datetime) and isinstance(ends, datetime) and _day(begins) == _day(ends)
            words += f" – {date_format(_local(ends), 'TIME_FORMAT') if is_same_day else _in_words(ends)}"  # type: ignore[arg-type]
        return f"{words} ({self.zone})" if self.zone else words


def _moment(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return None


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def _day(moment: datetime) -> date:
    return _local(moment).date()


def _in_words(moment: date | None) -> str:
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return f"{date_format(_local(moment), 'D')} {date_format(_local(moment), 'DATETIME_FORMAT')}"
    return f"{date_format(moment, 'D')} {date_format(moment, 'DATE_FORMAT')}"


@dataclass(frozen=True)
class Brought:
    """Who forwarded a customer's mail into the desk, and all that stood in their own."""

    agent_name: str
    agent_email: str
    text: str
    note: int  # the message that holds their words; 0 if they added none

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Brought":
        """From what the message keeps."""
        return cls(**{name: kept[name] for name in ("agent_name", "agent_email", "text", "note")})


@dataclass(frozen=True)
class Cards:
    """All that a message keeps."""

    invitations: tuple[Invited, ...] = ()
    enclosed: tuple[EnclosedMail, ...] = ()
    seal: str = ""
    doubtful: bool = False
    reply_to: tuple[str, ...] = ()
    brought: Brought | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Cards":
        """From what a message keeps."""
        if not kept:
            return NOTHING
        brought = kept.get("brought")
        return cls(
            tuple(Invited(**one) for one in kept.get("invitations", ())),
            tuple(_read_enclosed(one) for one in kept.get("enclosed", ())),
            kept.get("seal", ""),
            kept.get("doubtful", False),
            tuple(kept.get("reply_to", ())),
            Brought.read(brought) if brought else None,
        )


def _read_enclosed(kept: Mapping[str, Any]) -> EnclosedMail:
    sent_at = _moment(kept["sent_at"])
    return EnclosedMail(
        **{
            **kept,
            "sender": Party(**kept["sender"]),
            "sent_at": sent_at if isinstance(sent_at, datetime) else None,
        }
    )


NOTHING = Cards()
