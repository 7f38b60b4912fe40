"""A readable summary of an invitation (text/calendar, RFC 5545)."""

import re
from datetime import datetime

LABELS = {"SUMMARY": "Event", "DTSTART": "Start", "DTEND": "End", "LOCATION": "Place", "ORGANIZER": "Organiser"}
STAMP = re.compile(r"(\d{8})(?:T(\d{4})\d{0,2}(Z?))?")
MAX_LINES = 2_000
UNREPEATED = re.compile(r"^(?:mailto:)", re.IGNORECASE)


def summary(text: str) -> str:
    """What, when and where, one per line; empty if it holds no event. Nothing is answered to it."""
    found: dict[str, str] = {}
    inside = False
    for line in _lines(text):
        name, _, value = line.partition(":")
        name, _, parameters = name.partition(";")
        name = name.strip().upper()
        if name == "BEGIN" and value.strip().upper() == "VEVENT":
            inside = True
        elif name == "END" and value.strip().upper() == "VEVENT":
            break
        elif inside and name in LABELS and name not in found:
            found[name] = _readable(name, parameters, value)
    return "\n".join(f"{label}: {found[name]}" for name, label in LABELS.items() if found.get(name))


def _lines(text: str) -> list[str]:
    lines: list[str] = []
    for line in text.splitlines()[:MAX_LINES]:
        if line[:1] in {" ", "\t"} and lines:
            lines[-1] = (lines[-1] + line[1:])[:2000]
        else:
            lines.append(line)
    return lines


def _readable(name: str, parameters: str, value: str) -> str:
    if name in {"DTSTART", "DTEND"}:
        return _moment(parameters, value)
    if name == "ORGANIZER":
        address = UNREPEATED.sub("", value.partition(":")[2] if value.lower().startswith('"') else value).strip()
        common = re.search(r'CN="?([^";:]{1,200})', parameters, re.IGNORECASE)
        return f"{common[1]} <{address}>" if common else address
    plain = value.replace("\\n", " ").replace("\\N", " ").replace("\\,", ",").replace("\\;", ";")
    return plain.replace("\\\\", "\\").strip()[:300]


def _moment(parameters: str, value: str) -> str:
    match = STAMP.match(value.strip())
    if match is None:
        return value.strip()[:60]
    day, clock, utc = match.groups()
    try:
        moment = datetime.strptime(day + (clock or "0000"), "%Y%m%d%H%M")  # noqa: DTZ007 - shown as it is written
    except ValueError:
        return value.strip()[:60]
    zone = re.search(r'TZID="?([^";:]{1,60})', parameters, re.IGNORECASE)
    name = "UTC" if utc else zone[1] if zone else ""
    return f"{moment:%Y-%m-%d %H:%M} {name}".strip() if clock else f"{moment:%Y-%m-%d}"
