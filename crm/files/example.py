"""A file of customers to begin with: the columns that are understood, and lines that are made up.

In the practice shop, where nothing can be spoilt, it holds every kind of line: new, changed, already here, faulty.
"""

import csv
import io

from django.conf import settings
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from crm.files.columns import choices
from crm.models import Customer, RecordSettings
from crm.models.record import usual_group
from crm.tables import harmless
from crm.validators import example as example_of

KNOWN = 2  # customers of the practice shop whom it speaks of
Line = dict[str, str]  # what the cells say, by field


def example() -> str:
    """The file as text, in the reader's language and with the separator that spreadsheets expect in it."""
    columns = [(field, label) for field, label in choices() if field]
    lines = [_whole_line(), *(_practice_lines() if settings.PRACTICE else [])]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if get_format("DECIMAL_SEPARATOR") == "," else ",")
    writer.writerow([label for _field, label in columns])
    writer.writerows([line.get(field, "") for field, _label in columns] for line in lines)
    return out.getvalue()


def _whole_line() -> Line:
    """Somebody new, with a word in every column."""
    return {
        "email": "ana.example@example.com",
        "first_name": "Ana",
        "last_name": _("Example"),
        "company": _("Example Ltd"),
        "tax_number": "B00000000",
        "phone": example_of(RecordSettings.load().country)["example"],
        "birthday": "1988-04-02",
        "language": settings.LANGUAGE_CODE,
        "website": "https://example.com",
        "group": harmless(str(usual_group(guest=False))),
    }


def _practice_lines() -> list[Line]:
    """Two customers of the shop, the first with another phone; then what is often wrong in such files."""
    known = [customer.email for customer in Customer.objects.present().filter(is_guest=False).order_by("pk")[:KNOWN]]
    changed = [{"email": email, "other_phone": "600 000 999"} for email in known[:1]]
    return [
        *changed,
        *({"email": email} for email in known[1:]),
        {"email": "", "first_name": _("Without e-mail")},
        {"email": "leo.example@example.com", "first_name": "Leo", "phone": "12"},
        {"email": "eva.example@example.com", "first_name": "Eva", "group": _("A group that nobody made")},
        {"email": "ANA.EXAMPLE@example.com", "first_name": _("Ana, once more")},
    ]
