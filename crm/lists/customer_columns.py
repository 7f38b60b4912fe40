"""The columns of the list of customers, and how each is narrowed."""

from datetime import datetime
from functools import cache
from typing import Any

from babel import Locale
from babel.numbers import format_currency
from django.core.cache import cache as kept
from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from crm.lists.filters import Ages, Tags
from crm.models import Customer, CustomerEmail, CustomerGroup, RecordSettings, Shop, SocialTitle, TitleUse, Visit
from crm.tables import Choice, Column, Dates, Number, Numbers, Text, YesNo

KNOWN_DIGITS = 5  # of a phone number; fewer fit too many


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
    return bool(kept.get_or_set("several-shops", lambda: int(Shop.objects.count() > 1), 60))


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


def what_else(word: str) -> Q:
    """A word may be part of an e-mail, a number, or digits of a phone."""
    found, digits = with_email(word), "".join(sign for sign in word if sign.isdigit())
    plain = word.removeprefix("#")
    if plain.isascii() and plain.isdigit() and len(plain) < 19:
        found |= Q(pk=int(plain))
    if len(digits) >= KNOWN_DIGITS and not any(sign.isalpha() for sign in word):
        found |= Q(phone__contains=digits) | Q(other_phone__contains=digits)
    return found


def what_else_and_ip(word: str) -> Q:
    """The same, or an IP address of a visit: for supervisors."""
    try:
        validate_ipv46_address(word)
    except ValidationError:
        return what_else(word)
    return what_else(word) | Q(pk__in=Visit.objects.filter(ip_address=word).values("customer"))


# -- saying ---------------------------------------------------------------------------------------


@cache
def locale_of(language: str) -> Locale:
    """How a language writes amounts; kept, for reading it costs more than a row of the list."""
    return Locale.parse(to_locale(language))


def sales(customer: Customer) -> str:
    """What they bought, in the main currency; nothing for who never did."""
    if customer.spent is None:
        return ""
    return str(
        format_currency(customer.spent, RecordSettings.load().currency, locale=locale_of(get_language() or "en"))
    )


def day(moment: datetime) -> str:
    """The day alone, in the reader's time zone."""
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")


NAME = ("first_name", "last_name", "company")
COLUMNS = (
    Column(
        "id",
        _("No."),
        lambda one: one.pk,
        say=lambda one: str(one.pk),
        sort=("pk",),
        falls_first=True,
        filter=Number("id", _("No.")),
    ),
    Column(
        "title",
        _("Title"),
        lambda one: str(one.title or ""),
        sort=("title",),
        filter=Choice("title", _("Title"), field="title", choices=titles),
        when=titles_used,
    ),
    Column(
        "name",
        _("Customer"),
        lambda one: one.name,
        cell="crm/customers/_name.html",
        sort=("last_name", "first_name"),
        filter=Text("name", _("Name or e-mail"), fields=NAME, also=with_email),
        is_main=True,
    ),
    Column("first_name", _("First name"), lambda one: one.first_name, is_listed=False),
    Column("last_name", _("Last name"), lambda one: one.last_name, is_listed=False),
    Column("email", _("E-mail"), lambda one: one.email, is_listed=False),
    Column(
        "emails", _("All e-mails"), lambda one: " ".join(each.address for each in one.emails.all()), is_listed=False
    ),
    Column("phone", _("Phone"), lambda one: one.phone, is_shown=False),
    Column(
        "company",
        _("Company"),
        lambda one: one.company,
        sort=("company",),
        filter=Text("company", _("Company"), fields=("company",)),
        when=business_used,
    ),
    Column("tax_number", _("Tax number"), lambda one: one.tax_number, is_listed=False, when=business_used),
    Column(
        "tags",
        _("Tags"),
        lambda one: ", ".join(map(str, one.tags.all())),
        cell="crm/customers/_tags_cell.html",
        filter=Tags("tag", _("Tags")),
    ),
    Column(
        "group",
        _("Group"),
        lambda one: str(one.group or ""),
        sort=("group",),
        filter=Choice("group", _("Group"), field="group", choices=groups),
    ),
    Column(
        "birthday",
        _("Birthday"),
        lambda one: one.birthday,
        is_shown=False,
        sort=("birthday",),
        filter=Dates("birthday", _("Birthday"), field="birthday", is_day=True),
        when=birthdays_used,
    ),
    Column(
        "age",
        _("Age"),
        lambda one: one.age,
        sort=("birthday",),
        inverts=True,
        filter=Ages("age", _("Age"), field="birthday"),
        is_number=True,
        when=birthdays_used,
    ),
    Column(
        "threads",
        _("Threads"),
        lambda one: one.open_threads,
        cell="crm/customers/_threads.html",
        sort=("open_threads",),
        filter=Numbers("threads", _("Open threads"), field="open_threads"),
        is_number=True,
        falls_first=True,
    ),
    Column(
        "orders",
        _("Orders"),
        lambda one: one.order_count,
        sort=("order_count",),
        filter=Numbers("orders", _("Orders"), field="order_count"),
        is_number=True,
        falls_first=True,
    ),
    Column(
        "sales",
        _("Sales"),
        lambda one: one.spent,
        say=sales,
        sort=("spent",),
        filter=Numbers("sales", _("Sales"), field="spent"),
        is_number=True,
        falls_first=True,
    ),
    Column(
        "active",
        _("Enabled"),
        lambda one: one.is_active,
        cell="crm/customers/_active.html",
        sort=("is_active",),
        filter=YesNo("active", _("Enabled"), field="is_active"),
    ),
    Column(
        "newsletter",
        _("Newsletter"),
        lambda one: one.newsletter,
        cell="crm/customers/_newsletter.html",
        sort=("newsletter",),
        filter=YesNo("newsletter", _("Newsletter"), field="newsletter"),
        falls_first=True,
    ),
    Column(
        "offers",
        _("Offers"),
        lambda one: one.partner_offers,
        cell="crm/customers/_offers.html",
        sort=("partner_offers",),
        filter=YesNo("offers", _("Offers"), field="partner_offers"),
        falls_first=True,
        when=offers_used,
    ),
    Column(
        "registered",
        _("Registered"),
        lambda one: one.registered_at,
        say=lambda one: day(one.registered_at),
        sort=("registered_at",),
        filter=Dates("registered", _("Registered"), field="registered_at"),
        falls_first=True,
    ),
    Column(
        "visited",
        _("Last visit"),
        lambda one: one.visited_at,
        cell="crm/customers/_visited.html",
        sort=("visited_at",),
        filter=Dates("visited", _("Last visit"), field="visited_at"),
        falls_first=True,
    ),
    Column(
        "language",
        _("Language"),
        lambda one: one.language,
        is_shown=False,
        filter=Text("language", _("Language"), fields=("language",)),
    ),
    Column(
        "shop",
        _("Shop"),
        lambda one: str(one.source or ""),
        sort=("source",),
        filter=Choice("shop", _("Shop"), field="source", choices=shops),
        when=several_shops,
    ),
    Column(
        "gone",
        _("Deleted in the shop"),
        lambda one: one.gone_at,
        say=lambda one: day(one.gone_at) if one.gone_at else "",
        is_shown=False,
        filter=Dates("gone", _("Deleted in the shop"), field="gone_at"),
    ),
    Column("shop_id", _("No. in the shop"), lambda one: one.shop_id, is_listed=False),
)
