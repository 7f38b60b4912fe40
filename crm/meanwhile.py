"""What a colleague saved while somebody had the form open, and how the two are joined."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import Agent
from crm.forms_customer import CustomerForm, EmailRows, LinkRows
from crm.models import Customer

SALT = "crm.meanwhile"
Typed = dict[str, Any]
# What says how a form was made, or explains a field beside it.
ASIDE = {"version", "base", "newsletter_source", "newsletter_detail", "offers_source", "offers_detail", "is_guest"}


@dataclass(frozen=True)
class Change:
    """A field that the colleague changed; `clashes` where it was changed here too, to something else."""

    name: str
    label: str
    value: str
    clashes: bool


@dataclass(frozen=True)
class Meanwhile:
    """Who saved, when, and what."""

    by: Agent | None
    at: datetime
    changes: list[Change]

    @property
    def clashes(self) -> list[Change]:
        """What cannot be joined without asking."""
        return [change for change in self.changes if change.clashes]


def based(form: CustomerForm) -> CustomerForm:
    """The fresh form of a record, carrying what it shows, so that later changes can be told from it."""
    form.initial["base"] = signing.dumps(shown(form), salt=SALT, compress=True)
    return form


def shown(form: CustomerForm) -> Typed:
    """What an unbound form shows, field by field, in plain values."""
    return {name: _plain(form, name, form[name].value()) for name in form.fields if name not in ASIDE}


def typed(form: CustomerForm) -> Typed:
    """What was sent, in the same plain values."""
    return {
        name: _plain(form, name, field.widget.value_from_datadict(form.data, {}, name))
        for name, field in form.fields.items()
        if name not in ASIDE
    }


def what_happened(form: CustomerForm) -> Meanwhile:
    """What a colleague changed since the sent form was made."""
    base, mine, now = _base(form), typed(form), shown(CustomerForm(instance=_fresh(form)))
    changed = [name for name in now if name in mine and base.get(name) != now[name] != mine[name]]
    version = form.instance.history.select_related("history_user").first()
    changes = [
        Change(name, str(form.fields[name].label), _say(form, name, now[name]), base.get(name) != mine[name])
        for name in changed
    ]
    at = version.history_date if version else _fresh(form).updated_at
    return Meanwhile(version.history_user if version else None, at, changes)


def joined(form: CustomerForm) -> CustomerForm:
    """The sent form with the colleague's changes in every field that was not touched here."""
    base, mine, fresh = _base(form), typed(form), based(CustomerForm(instance=_fresh(form)))
    now, data = shown(fresh), sent(form)
    for name in now:
        if name in mine and base.get(name) == mine[name]:
            _put(data, fresh.fields[name].widget, name, now[name])
    data["base"], data["version"] = fresh.initial["base"], str(fresh.initial["version"])
    return CustomerForm(data, instance=_fresh(form))


def sent(form: CustomerForm) -> QueryDict:
    """What was sent, to be changed."""
    return cast(QueryDict, form.data).copy()


def _fresh(form: CustomerForm) -> Customer:
    return Customer.objects.get(pk=form.instance.pk)


def _base(form: CustomerForm) -> Typed:
    """What the form showed when it was made; nothing where somebody tampered with it."""
    try:
        base: Typed = signing.loads(form.data.get("base", ""), salt=SALT)
    except signing.BadSignature:
        return {}
    return base


def _plain(form: CustomerForm, name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(form.fields[name].widget, LinkRows):
        return [[str(part) for part in row] for row in value or []]
    if isinstance(form.fields[name].widget, EmailRows):
        return [str(one).lower() for one in value or []]
    if isinstance(value, list | tuple):
        return sorted(str(one) for one in value)
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _put(data: QueryDict, widget: forms.Widget, name: str, value: Any) -> None:
    """Write a plain value as a browser would have sent it."""
    if isinstance(widget, EmailRows):
        data.setlist("email", value)
        data["main"] = "0"
    elif isinstance(widget, LinkRows):
        data.setlist("link_name", [row[0] for row in value])
        data.setlist("link_url", [row[1] for row in value])
    elif isinstance(value, bool):
        data.setlist(name, ["on"] if value else [])
    else:
        data.setlist(name, value if isinstance(value, list) else [value])


def _say(form: CustomerForm, name: str, value: Any) -> str:
    """A plain value in words."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(form.fields[name].widget, LinkRows):
        return ", ".join(row[0] for row in value)
    choices = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", ())}
    words = [str(choices.get(one, one)) for one in (value if isinstance(value, list) else [value])]
    return ", ".join(words) or "—"
