"""Objects of the web service as plain texts: from XML or JSON, nothing interpreted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

NO_DATES = ("", "0000-00-00", "0000-00-00 00:00:00")


@dataclass
class Record:
    """One object: texts by name, texts by language, and lists of parts. What the shop left out is blank."""

    id: str = ""
    values: dict[str, str] = field(default_factory=dict)
    languages: dict[str, dict[str, str]] = field(default_factory=dict)
    associations: dict[str, list["Record"]] = field(default_factory=dict)

    def text(self, name: str, most: int = 0) -> str:
        """A text without blanks around it; cut where our column ends."""
        value = self.values.get(name, "").strip()
        return value[:most].strip() if most else value

    def number(self, name: str) -> str:
        """The id of another object; an empty string for none."""
        value = self.text(name)
        return value if value.isdecimal() and int(value) else ""

    def yes(self, name: str) -> bool:
        """0 and 1."""
        return self.text(name) in ("1", "true")

    def money(self, name: str) -> Decimal:
        """An amount; what cannot be read is none."""
        try:
            value = Decimal(self.text(name) or "0")
        except InvalidOperation:
            return Decimal(0)
        return value if value.is_finite() else Decimal(0)

    def moment(self, name: str) -> str | None:
        """The shop's wall clock as ISO 8601; None for no moment."""
        value = self.text(name)
        return None if value in NO_DATES else value.replace(" ", "T")

    def spoken(self, name: str, codes: Mapping[str, str]) -> dict[str, str]:
        """A text by language code; a shop with one language may send it plain."""
        if name in self.languages:
            found = {codes.get(number, ""): value.strip() for number, value in self.languages[name].items()}
            return {code: value for code, value in found.items() if code and value}
        plain = self.text(name)
        return {next(iter(codes.values()), "es"): plain} if plain else {}

    def parts(self, name: str) -> list["Record"]:
        """What hangs from it."""
        return self.associations.get(name, [])


def from_xml(element: Any) -> Record:
    """An object of the XML; a list of ids says them in attributes."""
    record = Record()
    for child in _children(element):
        if child.tag == "associations":
            record.associations = {one.tag: [from_xml(part) for part in _children(one)] for one in _children(child)}
        elif spoken := child.findall("language"):
            record.languages[child.tag] = {one.get("id", ""): _text(one.text) for one in spoken}
        else:
            record.values[child.tag] = _text(child.text)
    record.id = record.values.get("id", "") or (element.get("id") or "")
    return record


def from_json(said: Mapping[str, Any]) -> Record:
    """An object of the JSON, whose numbers were left as texts; texts by language are lists of id and value."""
    record = Record()
    for name, value in said.items():
        if name == "associations" and isinstance(value, dict):
            record.associations = {one: _objects(parts) for one, parts in value.items()}
        elif isinstance(value, list):
            spoken = (one for one in value if isinstance(one, dict))
            record.languages[name] = {_text(one.get("id")): _text(one.get("value")) for one in spoken}
        else:
            record.values[name] = _text(value)
    record.id = record.values.get("id", "")
    return record


def _objects(listed: Any) -> list[Record]:
    return [from_json(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _children(element: Any) -> list[Any]:
    return [one for one in element if isinstance(one.tag, str)]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return value.replace("\x00", "") if isinstance(value, str) else ""
