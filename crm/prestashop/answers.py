"""An answer of the web service, in XML or in JSON: what it is tells its first sign, not what was asked for."""

import json
from abc import ABC, abstractmethod
from typing import Any

from lxml import etree

from crm.prestashop.records import Record, from_json, from_xml


class Answer(ABC):
    """What the shop said."""

    errors: list[tuple[str, str]]  # codes and messages

    @abstractmethod
    def rights(self) -> set[str]:
        """The resources that the key may read."""

    @abstractmethod
    def listed(self, resource: str) -> list[Record]:
        """The objects of a list, such as those under `customers`."""

    @abstractmethod
    def single(self) -> Record | None:
        """The one object that was asked for."""

    @property
    def reason(self) -> str:
        """What the shop says is wrong."""
        return "; ".join(f"{message} ({code})" if code else message for code, message in self.errors)[:500]


class XmlAnswer(Answer):
    """Under `<prestashop>`."""

    def __init__(self, root: Any) -> None:
        self.root = root
        said = ((one.findtext("code"), one.findtext("message")) for one in root.iter("error"))
        self.errors = [((code or "").strip(), (message or "").strip()) for code, message in said]

    def rights(self) -> set[str]:
        """An element for each resource says what is allowed."""
        listed = self.root.find("api")
        return {str(one.tag) for one in listed if one.get("get") == "true"} if listed is not None else set()

    def listed(self, resource: str) -> list[Record]:
        """The elements under the resource's own."""
        listed = self.root.find(resource)
        return [from_xml(one) for one in listed if isinstance(one.tag, str)] if listed is not None else []

    def single(self) -> Record | None:
        """The element."""
        return next((from_xml(one) for one in self.root if isinstance(one.tag, str)), None)


class JsonAnswer(Answer):
    """A list without objects is `[]`, and a single object asked for by fields stands in a list."""

    def __init__(self, said: Any) -> None:
        self.said = said if isinstance(said, dict) else {}
        errors = self.said.get("errors")
        found = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
        self.errors = [(str(one.get("code") or ""), str(one.get("message") or "").strip()) for one in found]

    def rights(self) -> set[str]:
        """Never said in JSON: the shop is asked for them in XML."""
        return set()

    def listed(self, resource: str) -> list[Record]:
        """The objects of the list."""
        listed = self.said.get(resource)
        return [from_json(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []

    def single(self) -> Record | None:
        """Under the singular alone, or the first of a list."""
        name, value = next(iter(self.said.items()), ("", None))
        return from_json(value) if isinstance(value, dict) else next(iter(self.listed(name)), None)


def parsed(body: bytes) -> Answer | None:
    """What the body says; None for what is neither of both."""
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    return _json(body) if body[:1] in (b"{", b"[") else _xml(body)


def _json(body: bytes) -> Answer | None:
    """Numbers stay the texts that they are: no amount is rounded, and an id may come as either."""
    try:
        return JsonAnswer(json.loads(body, parse_float=str, parse_int=str, parse_constant=str))
    except (ValueError, RecursionError):
        return None


def _xml(body: bytes) -> Answer | None:
    """Without words of its own, files or network."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    is_one = root.tag == "prestashop" and not root.getroottree().docinfo.doctype
    return XmlAnswer(root) if is_one else None
