"""Objects of the web service as plain texts: XML in, nothing interpreted."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

NO_DATES = ("", "0000-00-00", "0000-00-00 00:00:00")


class Record:
    """One object: texts by name, texts by language, and lists of parts."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self.values: dict[str, str] = {}
        self.languages: dict[str, dict[str, str]] = {}
        for child in element:
            if not isinstance(child.tag, str) or child.tag == "associations":
                continue
            spoken = child.findall("language")
            if spoken:
                self.languages[child.tag] = {one.get("id", ""): _text(one) for one in spoken}
            else:
                self.values[child.tag] = _text(child)

    @property
    def id(self) -> str:
        """The shop's number of it."""
        return self.values.get("id", "") or (self.element.get("id") or "")

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
        found = self.element.find(f"associations/{name}")
        return [Record(one) for one in found if isinstance(one.tag, str)] if found is not None else []


def records_of(root: Any, resource: str) -> list[Record]:
    """The objects under `<customers>`; of a single object itself, without `resource`."""
    if not resource:
        return [Record(one) for one in root if isinstance(one.tag, str)]
    listed = root.find(resource)
    return [Record(one) for one in listed if isinstance(one.tag, str)] if listed is not None else []


def _text(element: Any) -> str:
    return (element.text or "").replace("\x00", "")
