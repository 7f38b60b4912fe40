"""Invitations (text/calendar, RFC 5545): what, when, where and by whom. Nothing is ever answered to one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from helpdesk.mail import Invitation
from mailgateway.zones import zone_of

STAMP = re.compile(r"(\d{8})(?:T(\d{4})\d{0,2}(Z?))?")
COMMON_NAME = re.compile(r'CN="?([^";:]{1,200})', re.IGNORECASE)
ZONE = re.compile(r'TZID="?([^";:]{1,120})', re.IGNORECASE)
MAILTO = re.compile(r"^mailto:", re.IGNORECASE)
KNOWN = {"SUMMARY", "DTSTART", "DTEND", "LOCATION", "ORGANIZER", "STATUS", "RRULE"}
MAX_LINES = 2_000
MOST = 5  # of one calendar


@dataclass
class _Event:
    """The lines of one event: parameters and value, by name."""

    lines: dict[str, tuple[str, str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A value as a person reads it."""
        plain = self.lines.get(name, ("", ""))[1].replace("\\n", " ").replace("\\N", " ")
        return " ".join(plain.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\").split())[:300]


def read(text: str, file: str = "") -> tuple[Invitation, ...]:
    """The events in a calendar, at most five; `file` is the name it was attached under."""
    method, events = _events(text)
    return tuple(_invitation(one, method, file) for one in events[:MOST])


def summary(one: Invitation) -> str:
    """The same as lines of text."""
    when = {"Start": _written(one, one.begins), "End": _written(one, one.ends)}
    said = {"Event": one.title, **when, "Place": one.place, "Organiser": one.organiser}
    return "\n".join(f"{label}: {value}" for label, value in said.items() if value)


def _written(one: Invitation, moment: str) -> str:
    utc = " UTC" if moment.endswith("+00:00") else ""
    return f"{moment[:16].replace('T', ' ')}{utc} {one.zone if 'T' in moment else ''}".strip()


def _events(text: str) -> tuple[str, list[_Event]]:
    """What the calendar wants, and its events."""
    method, events, inside, below = "", [], False, 0
    for line in _lines(text):
        head, _, value = line.partition(":")
        name, _, parameters = head.partition(";")
        name, word = name.strip().upper(), value.strip().upper()
        if name == "BEGIN" and word == "VEVENT":
            inside, below = True, 0
            events.append(_Event())
        elif name in {"BEGIN", "END"}:
            inside = inside and word != "VEVENT"
            below = max(0, below + (1 if name == "BEGIN" else -1)) if inside else 0
        elif inside and not below and name in KNOWN:
            events[-1].lines.setdefault(name, (parameters, value))
        elif name == "METHOD" and not inside:
            method = word
    return method, [one for one in events if one.lines]


def _lines(text: str) -> Iterator[str]:
    """Long lines are folded: a blank goes on with the one before."""
    whole = ""
    for line in text.splitlines()[:MAX_LINES]:
        if line[:1] in {" ", "\t"}:
            whole = (whole + line[1:])[:2000]
            continue
        yield whole
        whole = line[:2000]
    yield whole


def _invitation(event: _Event, method: str, file: str) -> Invitation:
    begins, zone = _moment(*event.lines.get("DTSTART", ("", "")))
    ends, _ = _moment(*event.lines.get("DTEND", ("", "")))
    return Invitation(
        title=event.text("SUMMARY"),
        begins=begins,
        ends=ends,
        zone=zone,
        place=event.text("LOCATION"),
        organiser=_organiser(*event.lines.get("ORGANIZER", ("", ""))),
        is_cancelled=method == "CANCEL" or event.text("STATUS").upper() == "CANCELLED",
        repeats="RRULE" in event.lines,
        file=file,
    )


def _organiser(parameters: str, value: str) -> str:
    address = MAILTO.sub("", value.rpartition('":')[2].strip())[:200]
    common = COMMON_NAME.search(parameters)
    return f"{common[1].strip()} <{address}>" if common and address else address


def _moment(parameters: str, value: str) -> tuple[str, str]:
    """A moment in ISO 8601, and the name of its zone if that is all that is known of it."""
    match = STAMP.match(value.strip())
    if match is None:
        return "", ""
    day, clock, utc = match.groups()
    try:
        moment = datetime.strptime(day + (clock or "0000"), "%Y%m%d%H%M")  # noqa: DTZ007 - its zone comes next
    except ValueError:
        return "", ""
    if not clock:
        return moment.date().isoformat(), ""
    named = ZONE.search(parameters)
    zone = UTC if utc else zone_of(named[1]) if named else None
    if zone is None:
        return moment.isoformat(timespec="minutes"), named[1] if named else ""
    try:
        return moment.replace(tzinfo=zone).astimezone(UTC).isoformat(timespec="minutes"), ""
    except OverflowError:  # in the year 1 or 9999
        return moment.isoformat(timespec="minutes"), named[1] if named else "UTC"
