"""User names: what may be one, and which ones to propose. First names alone collide at once."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from crm.models import Customer

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}")
MOST_NUMBERS = 30


def problem_with(name: str, *, own: Iterable[str]) -> str:
    """Why this cannot be a user name, as a sentence; empty if it can. An address can, if it is one's own."""
    if not name or name.lower() in own or USERNAME.fullmatch(name):
        return ""
    if "@" in name:
        return _("An e-mail address can be your user name only if it is your own.")
    return _("Use 3 to 64 letters without accents, digits, dots, hyphens or underscores; begin with a letter or digit.")


def ideas(customer: "Customer", *, wanted: str = "") -> list[str]:
    """User names for a customer, best first: AnaGarcia, ana20190523, ana645337711, the address, 2021AnaGarcia, ..."""
    first, last = _letters(customer.first_name), _letters(customer.last_name.split(" ")[0])
    email = customer.email
    base = first or last or _letters(customer.company) or _letters(email.partition("@")[0]) or "cliente"
    full, short = f"{first}{last}" or base, base.lower()
    digits = re.sub(r"\D", "", customer.phone)[-9:]
    day = timezone.localtime(customer.registered_at).date()
    found = [full, f"{short}{day:%Y%m%d}", f"{short}{digits}" if digits else "", email, f"{day:%Y}{full}"]
    stem = wanted if USERNAME.fullmatch(wanted) else full
    found += [f"{stem[:60]}{n}" for n in range(2, MOST_NUMBERS)]
    asked = [one for one in (f"{wanted}{day:%y}",) if wanted]
    kept = [one for one in (*found[:3], *asked, *found[3:]) if not problem_with(one, own=[email])]
    return [one for one in dict.fromkeys(kept) if one and len(one) <= 64 and one.lower() != wanted.lower()]


def _letters(word: str) -> str:
    """Ana for Aña: letters and digits of ASCII, the first one a capital."""
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    letters = re.sub(r"[^A-Za-z0-9]", "", plain)
    return letters[:1].upper() + letters[1:]
