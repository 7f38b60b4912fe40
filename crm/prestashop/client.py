"""One question to the web service of a PrestaShop: read only, nothing followed, nothing big, nothing of the XML run."""

import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

import requests
from django.utils.translation import gettext as _

from crm import posting
from crm.prestashop.answers import Answer, parsed
from crm.prestashop.records import Record

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
    """Asks one shop, for XML unless `in_json`. Close it afterwards, or use it in a `with`."""

    def __init__(self, address: str, key: str, *, in_json: bool = False) -> None:
        self.address = address.rstrip("/") + "/"
        self.form = {"output_format": "JSON"} if in_json else {}
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
        """The resources that the key may read; always in XML, for asked in JSON most shops break. Raises Trouble."""
        answer = self._ask("", {})
        return answer.rights() if answer else set()

    def list(self, resource: str, fields: str, params: Mapping[str, str]) -> list[Record]:
        """Objects of a kind with the named fields, such as `id,name`. Raises Trouble; Broken if it is the shop's."""
        answer = self._ask(resource, {"display": f"[{fields}]", **params, **self.form})
        found = answer.listed(resource) if answer else []
        return [row for row in found if row.id.isdecimal() or "id" not in fields.split(",")]

    def one(self, resource: str, number: str, params: Mapping[str, str]) -> Record | None:
        """A single object with all its fields; None if the shop has it no more. For kinds without secrets only."""
        answer = self._ask(f"{resource}/{int(number)}", {**params, **self.form})
        return answer.single() if answer else None

    def _ask(self, path: str, params: Mapping[str, str]) -> Answer | None:
        """What the shop says; None for 404 without words, which means there is nothing."""
        status, body = self._get(path, params)
        if status == 404 and not body.strip():
            return None
        if 300 <= status < 400:
            said = _("The shop sends us on to another address. Enter the one where its web service really is.")
            raise Trouble(said, for_good=True)
        if status in (429, 502, 503, 504):
            raise Trouble(_("The shop is busy or under maintenance (%(status)s).") % {"status": status})
        answer = parsed(body)
        if status in (401, 405):
            raise Trouble(_unauthorised(answer, path), for_good=True)
        if status >= 500:
            reason = answer.reason if answer else ""
            raise Broken(_("The shop stumbled: %(reason)s") % {"reason": reason or status})
        if answer is None:
            raise Trouble(_("The shop answered with something else than its web service: is it under maintenance?"))
        if status >= 400 or answer.errors:
            said = _("The shop refused %(path)s (%(status)s): %(reason)s")
            raise Trouble(said % {"path": path or "/", "status": status, "reason": answer.reason}, for_good=True)
        return answer

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


def _unauthorised(answer: Answer | None, path: str) -> str:
    codes = {code for code, _message in answer.errors} if answer else set()
    if NO_SUCH_RIGHT in codes or NO_SUCH_METHOD in codes:
        return missing([path.partition("/")[0]])
    return _(
        "The shop does not accept the key. Look in Advanced Parameters > Webservice whether it is right and active."
    )


def missing(resources: Sequence[str]) -> str:
    """The sentence that says which rights the key lacks, in the shop's words."""
    said = _("The key may not read %(names)s. Tick GET for it in Advanced Parameters > Webservice of the shop.")
    return said % {"names": ", ".join(sorted(resources))}
