"""The columns of the list of customers, and how each is narrowed."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.pieces import day, money
from crm.lists import customer_cells
from crm.lists.filters import Ages, Searched, Tags
from crm.models import Customer, CustomerEmail, CustomerGroup, RecordSettings, Shop, SocialTitle, TitleUse, Visit
from crm.tables import Choice, Column, Dates, Listing, Number, Numbers, Text, YesNo
from crm.tables.rows import Cell, Named

Choices = Callable[[], Sequence[tuple[Any, Any]]]

# -- what the shop uses ---------------------------------------------------------------------------


def titles_used() -> bool:
    """Social titles are in use."""
    return RecordSettings.load().title_use != TitleUse.OFF


def birthdays_used() -> bool:
    """The shop asks for birthdays."""
    return RecordSettings.load().birthdays


def offers_used() -> bool:
    """Offers of partners exist."""
    return RecordSettings.load().partner_offers


def business_used() -> bool:
    """Businesses buy here."""
    return RecordSettings.load().business


def several_shops() -> bool:
    """More than one shop sends customers; asked once a minute."""
    return bool(cache.get_or_set("several-shops", lambda: int(Shop.objects.count() > 1), 60))


def titles() -> list[tuple[Any, Any]]:
    """Social titles to choose from."""
    return [(one.pk, str(one)) for one in SocialTitle.objects.all()]


def groups() -> list[tuple[Any, Any]]:
    """Groups to choose from."""
    return [(one.pk, str(one)) for one in CustomerGroup.objects.all()]


def shops() -> list[tuple[Any, Any]]:
    """Shops to choose from."""
    return [(one.pk, one.name) for one in Shop.objects.all()]


# -- searching ------------------------------------------------------------------------------------


def with_email(word: str) -> Q:
    """An address that holds these letters."""
    return Q(pk__in=CustomerEmail.objects.filter(address__contains=word.lower()).values("customer"))


def by_number(text: str) -> Q | None:
    """A number alone may be the customer's."""
    digits = text.removeprefix("#")
    return Q(pk=int(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def by_number_or_ip(text: str) -> Q | None:
    """The same, or an IP address of a visit: for supervisors."""
    try:
        validate_ipv46_address(text)
    except ValidationError:
        return by_number(text)
    return Q(pk__in=Visit.objects.filter(ip_address=text).values("customer"))


# -- the columns, by their shapes -----------------------------------------------------------------


def _amount(key: str, label: Promise, field: str, *, asks: Promise | None = None, **more: Any) -> Column:
    """A number, from and to, the greatest first; its filter may have another name."""
    numbers = Numbers(key, asks or label, field=field)
    shape: dict[str, Any] = {"is_number": True, "falls_first": True}
    return Column(key, label, attrgetter(field), sort=(field,), filter=numbers, **shape, **more)


def _date(key: str, label: Promise, field: str, **more: Any) -> Column:
    """When something happened, the newest first."""
    dates = Dates(key, label, field=field)
    return Column(key, label, attrgetter(field), sort=(field,), filter=dates, falls_first=True, **more)


def _switch(key: str, label: Promise, field: str, drawn: Callable[[Listing], Cell], **more: Any) -> Column:
    """Yes or no, changed in place."""
    yes_no = YesNo(key, label, field=field)
    return Column(key, label, attrgetter(field), sort=(field,), filter=yes_no, drawn=drawn, **more)


def _choice(key: str, label: Promise, field: str, choices: Choices, **more: Any) -> Column:
    """A record among others, by its name."""
    choice, named = Choice(key, label, field=field, choices=choices), attrgetter(field)
    said: dict[str, Any] = {"value": lambda one: str(named(one) or ""), "drawn": lambda _listing: Named(field)}
    return Column(key, label, sort=(field,), filter=choice, **said, **more)


def _text(key: str, label: Promise, **more: Any) -> Column:
    """Words, searched for any part of them."""
    return Column(key, label, filter=Text(key, label, fields=(key,)), **more)


def _sales(customer: Customer) -> str:
    """What they bought, in the main currency; nothing for who never did."""
    return "" if customer.spent is None else money(customer.spent, RecordSettings.load().currency)


def _day(customer: Customer) -> str:
    """The day of registering alone, in the reader's time zone."""
    return day(customer.registered_at)


SEARCH = Searched("q", _("Search"), within=True, also=by_number)


def _gone(customer: Customer) -> str:
    """The day since which the shop has them no more."""
    return day(customer.gone_at) if customer.gone_at else ""


NAME = ("first_name", "last_name", "company")
BY_NAME = ("last_name", "first_name")
BORN = Dates("birthday", _("Birthday"), field="birthday", is_day=True)
OLD = Ages("age", _("Age"), field="birthday")
CALLED = Text("name", _("Name or e-mail"), fields=NAME, also=with_email)
COLUMNS = (
    Column("id", _("No."), say=lambda one: str(one.pk), sort=("pk",), falls_first=True, filter=Number("id", _("No."))),
    _choice("title", _("Title"), "title", titles, when=titles_used, short=pgettext_lazy("head of a column", "Title")),
    Column("name", _("Customer"), cell=customer_cells.name, sort=BY_NAME, filter=CALLED, is_main=True),
    Column("first_name", _("First name"), is_listed=False),
    Column("last_name", _("Last name"), is_listed=False),
    Column("email", _("E-mail"), is_listed=False),
    Column("emails", _("All e-mails"), lambda one: " ".join(map(str, one.listed_emails)), is_listed=False),
    Column("phone", _("Phone"), is_shown=False),
    _text("company", _("Company"), sort=("company",), when=business_used),
    Column("tax_number", _("Tax number"), is_listed=False, when=business_used),
    Column(
        "tags",
        _("Tags"),
        lambda one: ", ".join(map(str, one.listed_tags)),
        cell=customer_cells.tags,
        filter=Tags("tag", _("Tags")),
    ),
    _choice("group", _("Group"), "group", groups),
    Column("birthday", _("Birthday"), is_shown=False, sort=("birthday",), filter=BORN, when=birthdays_used),
    Column("age", _("Age"), sort=("birthday",), inverts=True, filter=OLD, is_number=True, when=birthdays_used),
    _amount("threads", _("Threads"), "open_threads", asks=_("Open threads"), cell=customer_cells.threads),
    _amount("orders", _("Orders"), "order_count"),
    _amount("sales", _("Sales"), "spent", say=_sales, drawn=customer_cells.Sales),
    _switch("active", _("Enabled"), "is_active", customer_cells.active),
    _switch("newsletter", _("Newsletter"), "newsletter", customer_cells.newsletter, falls_first=True),
    _switch("offers", _("Offers"), "partner_offers", customer_cells.offers, falls_first=True, when=offers_used),
    _date("registered", _("Registered"), "registered_at", say=_day, drawn=customer_cells.Registered),
    _date("visited", _("Last visit"), "visited_at", drawn=customer_cells.Visited, on_phone=True),
    _text("language", _("Language"), is_shown=False),
    _choice("shop", _("Shop"), "source", shops, when=several_shops),
    Column(
        "gone",
        _("Deleted in the shop"),
        attrgetter("gone_at"),
        say=_gone,
        is_shown=False,
        filter=Dates("gone", _("Deleted in the shop"), field="gone_at"),
    ),
    Column("shop_id", _("No. in the shop"), is_listed=False),
)
