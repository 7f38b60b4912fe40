"""One question to the web service of a PrestaShop: read only, nothing followed, nothing big, nothing of the XML run."""

import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from django.utils.translation import gettext as _
from lxml import etree

from crm import posting
from crm.prestashop.records import Record, records_of

CONNECT, READ, WHOLE = 10, 60, 90  # seconds
MOST = 20 * 1024 * 1024  # bytes of an answer
NO_SUCH_RIGHT, NO_SUCH_METHOD = "26", "25"


class Trouble(Exception):
    """Why there is no answer to use; a sentence. `for_good`: it stays so until somebody mends it."""

    def __init__(self, sentence: str, *, for_good: bool = False) -> None:
        super().__init__(sentence)
        self.for_good = for_good


class Broken(Trouble):
    """The shop stumbled over this question (500): a smaller one may go well."""


class Client:
    """Asks one shop. Close it afterwards, or use it in a `with`."""

    def __init__(self, address: str, key: str) -> None:
        self.address = address.rstrip("/") + "/"
        self.version = ""
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy, no password of this machine
        self.session.auth = (key, "")
        try:
            self._pin()
        except posting.Unreachable as trouble:
            raise Trouble(str(trouble)) from trouble

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_error: object) -> None:
        self.session.close()

    def _pin(self) -> None:
        """The name is resolved once, and what was checked is what is connected to."""
        host, port, is_safe, target = posting.place_of(self.address)
        address = posting.address_of(host, port)
        shown = f"[{address}]" if address.version == 6 else str(address)
        scheme = "https" if is_safe else "http"
        self.base = f"{scheme}://{shown}:{port}{target}"
        self.session.headers["Host"] = urlsplit(self.address).netloc
        self.session.mount(f"{scheme}://", posting.Pinned(host, is_safe=is_safe))

    def rights(self) -> set[str]:
        """The resources that the key may read. Raises Trouble."""
        root = self._ask("", {})
        listed = root.find("api") if root is not None else None
        return {str(one.tag) for one in listed if one.get("get") == "true"} if listed is not None else set()

    def list(self, resource: str, fields: str, params: Mapping[str, str]) -> list[Record]:
        """Objects of a kind with the named fields, such as `id,name`. Raises Trouble; Broken if it is the shop's."""
        root = self._ask(resource, {"display": f"[{fields}]", **params})
        found = records_of(root, resource) if root is not None else []
        return [row for row in found if row.id.isdecimal() or "id" not in fields.split(",")]

    def one(self, resource: str, number: str, params: Mapping[str, str]) -> Record | None:
        """A single object with all its fields; None if the shop has it no more. For kinds without secrets only."""
        root = self._ask(f"{resource}/{int(number)}", params)
        found = records_of(root, "") if root is not None else []
        return found[0] if found else None

    def _ask(self, path: str, params: Mapping[str, str]) -> Any:
        """The root of the answer; None for 404 without words, which means there is nothing."""
        status, body = self._get(path, params)
        if status == 404 and not body.strip():
            return None
        if 300 <= status < 400:
            said = _("The shop sends us on to another address. Enter the one where its web service really is.")
            raise Trouble(said, for_good=True)
        if status in (429, 502, 503, 504):
            raise Trouble(_("The shop is busy or under maintenance (%(status)s).") % {"status": status})
        root = _parsed(body)
        if status in (401, 405):
            raise Trouble(_unauthorised(root, path), for_good=True)
        if status >= 500 and (root is None or root.tag == "prestashop"):
            raise Broken(_("The shop stumbled: %(reason)s") % {"reason": _errors(root) or status})
        if root is None or root.tag != "prestashop":
            raise Trouble(_("The shop answered with something else than its web service: is it under maintenance?"))
        if status >= 400 or root.find("errors") is not None:
            said = _("The shop refused %(path)s (%(status)s): %(reason)s")
            raise Trouble(said % {"path": path or "/", "status": status, "reason": _errors(root)}, for_good=True)
        return root

    def _get(self, path: str, params: Mapping[str, str]) -> tuple[int, bytes]:
        url = self.base + path + (f"?{urlencode(params)}" if params else "")
        begun = time.monotonic()
        try:
            with self.session.get(url, timeout=(CONNECT, READ), allow_redirects=False, stream=True) as response:
                self.version = response.headers.get("PSWS-Version", self.version)[:32]
                body = bytearray()
                for chunk in response.iter_content(64 * 1024):
                    body += chunk
                    if len(body) > MOST or time.monotonic() - begun > WHOLE:
                        raise Broken(_("The answer is too large, or takes too long."))
                return response.status_code, bytes(body)
        except requests.exceptions.SSLError as error:
            raise Trouble(_("The certificate of the shop does not fit its name, or is out of date.")) from error
        except requests.exceptions.Timeout as error:
            raise Broken(_("The shop did not answer in time.")) from error
        except (requests.exceptions.RequestException, OSError, ValueError) as error:
            raise Trouble(_("There is no connection to the shop.")) from error


def _parsed(body: bytes) -> Any:
    """The root of the XML, without words of its own, files or network; None for anything else."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.doctype else root


def _codes(root: Any) -> Sequence[tuple[str, str]]:
    if root is None:
        return []
    return [
        ((one.findtext("code") or "").strip(), (one.findtext("message") or "").strip()) for one in root.iter("error")
    ]


def _errors(root: Any) -> str:
    """What the shop says is wrong."""
    return "; ".join(f"{message} ({code})" if code else message for code, message in _codes(root))[:500]


def _unauthorised(root: Any, path: str) -> str:
    codes = {code for code, _message in _codes(root)}
    if NO_SUCH_RIGHT in codes or NO_SUCH_METHOD in codes:
        return missing([path.partition("/")[0]])
    return _(
        "The shop does not accept the key. Look in Advanced Parameters > Webservice whether it is right and active."
    )


def missing(resources: Sequence[str]) -> str:
    """The sentence that says which rights the key lacks, in the shop's words."""
    said = _("The key may not read %(names)s. Tick GET for it in Advanced Parameters > Webservice of the shop.")
    return said % {"names": ", ".join(sorted(resources))}
