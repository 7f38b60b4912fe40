"""What the columns of a file mean: fields of a customer, recognised by their headers in Spanish and English."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from crm.models.record import fields_off
from search.folding import fold

LABELS = {
    "email": _("E-mail"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "company": _("Company"),
    "tax_number": _("Tax number"),
    "phone": _("Phone"),
    "other_phone": _("Other phone"),
    "birthday": _("Birthday"),
    "language": _("Language"),
    "website": _("Website"),
    "group": _("Group"),
}
NAMES = {
    "email": "email|e mail|mail|correo|correo electronico|direccion de correo electronico|direccion de correo"
    "|email address|e mail address|main address",
    "first_name": "first name|firstname|given name|name|nombre|nombre de pila",
    "last_name": "last name|lastname|surname|family name|apellido|apellidos",
    "company": "company|business|empresa|compania|razon social",
    "tax_number": "tax number|vat|vat number|tax id|nif|cif|nif cif|cif nif"
    "|nif o cif|numero fiscal|identificacion fiscal",
    "phone": "phone|telephone|phone number|mobile|telefono|movil|telefono movil|numero de telefono",
    "other_phone": "other phone|second phone|phone 2|otro telefono|telefono 2|segundo telefono",
    "birthday": "birthday|date of birth|birth date|birthdate|cumpleanos|fecha de nacimiento|nacimiento",
    "language": "language|idioma|lengua",
    "website": "website|web|web site|sitio web|pagina web",
    "group": "group|main group|default group|grupo|grupo principal|grupo predeterminado",
}
MEANING = {name: field for field, names in NAMES.items() for name in names.split("|")}


def choices() -> list[tuple[str, str]]:
    """The fields that a column may be, without those that the shop does not use."""
    off = fields_off()
    return [("", str(_("Leave out"))), *((name, str(label)) for name, label in LABELS.items() if name not in off)]


def recognised(headers: Iterable[str]) -> list[str]:
    """The field of each header, or an empty string; no field twice, the first header has it."""
    off, found = fields_off(), []
    for header in headers:
        field = MEANING.get(_plain(header), "")
        found.append("" if field in found or field in off else field)
    return found


def _plain(header: str) -> str:
    """Lower case, without accents and signs."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(header)).split())


def problem_with(columns: list[str]) -> str:
    """Why these meanings cannot be used; empty if they can."""
    used = [one for one in columns if one]
    if "email" not in used:
        return str(_("Say which column holds the e-mail: customers are recognised by it."))
    if len(used) != len(set(used)):
        return str(_("Two columns have the same meaning."))
    return ""
