"""A customer's record: how it is written, and what may be written into it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import Agent
from crm import pings
from crm.models.group import CustomerGroup, customers_regrouped
from crm.models.shop import BUSINESS_FIELDS, RecordSettings, TitleUse
from crm.validators import clean_emails, clean_links, clean_name, clean_phone

if TYPE_CHECKING:
    from crm.models.customer import Customer

Values = dict[str, Any]
MANY = ("emails", "groups", "links")  # what a record has several of; all other names are columns


class OutdatedError(Exception):
    """Somebody saved the record since it was read; nothing was written."""


def fields_off() -> set[str]:
    """Fields that the shop does not use; forms and the API leave them out."""
    records = RecordSettings.load()
    off = set() if records.business else set(BUSINESS_FIELDS)
    if not records.birthdays:
        off.add("birthday")
    if not records.partner_offers:
        off.add("partner_offers")
    if records.title_use == TitleUse.OFF:
        off.add("title")
    return off


def usual_group(*, guest: bool) -> CustomerGroup:
    """Where somebody belongs who was put into no group."""
    records, keys = RecordSettings.load(), CustomerGroup.Key
    chosen = records.guest_group if guest else records.customer_group
    return chosen or CustomerGroup.fixed(keys.GUEST if guest else keys.CUSTOMER)


def hold_addresses(values: Mapping[str, Any]) -> None:
    """Two must not take the same e-mail or user name at once: the second waits here. Call inside atomic()."""
    if "emails" in values or "username" in values:
        RecordSettings.objects.select_for_update().filter(pk=RecordSettings.load().pk).first()


class Record(models.Model):
    """How a customer's row is written: one door, one version in the history a time."""

    class Meta:
        abstract = True

    @property
    def _customer(self) -> "Customer":
        return cast("Customer", self)

    def lock(self) -> None:
        """Become what the row is now, held until the transaction ends. Call inside atomic()."""
        self.refresh_from_db(from_queryset=type(self)._default_manager.select_for_update(of=("self",)))

    def write(self, *, by: Agent | None, **changes: Any) -> None:
        """Write fields of a locked row: one version in the history by this agent, and browsers hear of it.

        The verbs call it. A form that is open elsewhere is older from now on.
        """
        customer = self._customer
        for field, value in changes.items():
            setattr(customer, field, value)
        customer.version = models.F("version") + 1
        customer._history_user = by  # type: ignore[attr-defined]
        customer.save(update_fields=[*changes, "version", "updated_at"])
        customer.refresh_from_db(fields=["version"])
        self.announce()

    def announce(self) -> None:
        """On commit, tell open browsers that something of this customer changed."""
        pings.customers_changed([self.pk])

    @transaction.atomic
    def edit(self, values: Mapping[str, Any], *, by: Agent | None, version: int | None = None) -> bool:
        """Make these the record's values: columns by name, and `emails`, `groups`, `links` as lists.

        The first of `emails` is the main one; `links` are pairs of name and address. What is not named stays.
        Returns whether anything changed. Raises OutdatedError if the record is no longer at `version`, and
        ValidationError, by field, for what must not be saved.
        """
        hold_addresses(values)
        self.lock()
        customer = self._customer
        if version is not None and version != customer.version:
            raise OutdatedError
        clean = Checked(values, customer)
        columns = {name: value for name, value in clean.columns.items() if getattr(customer, name) != value}
        changed = [
            "emails" in clean.many and self.set_emails(clean.many["emails"], by=by),
            "groups" in clean.many and self._set_groups(clean.many["groups"], by=by),
            "links" in clean.many and self.set_links(clean.many["links"]),
        ]
        if columns or any(changed):
            self.write(by=by, **columns)
        if "group" in columns or changed[1]:
            customers_regrouped.send(type(customer), customers=[customer.pk])
        return bool(columns or any(changed))

    @transaction.atomic
    def set_emails(self, addresses: Iterable[str], *, by: Agent | None = None) -> bool:
        """Make these the person's addresses; the first is the main one. Returns whether anything changed.

        With `by` the story of the record says which were added and taken away.
        """
        customer = self._customer
        rows = {row.address: row for row in customer.emails.order_by("-is_main", "pk")}
        had = list(rows)
        wanted = list(dict.fromkeys(address.strip().lower() for address in addresses if address.strip()))
        for address in rows.keys() - set(wanted):
            rows[address].delete()
        for position, address in enumerate(wanted):
            row = rows.get(address) or customer.emails.model(customer=customer, address=address)
            if row.pk is None or row.is_main != (position == 0):
                row.is_main = position == 0
                row.save()
        for address in (one for one in wanted if one not in had and by is not None):
            customer.events.record("email_added", customer, by=by, address=address)
        for address in (one for one in had if one not in wanted and by is not None):
            customer.events.record("email_removed", customer, by=by, address=address)
        return had != wanted

    def _set_groups(self, groups: Iterable[CustomerGroup], *, by: Agent | None) -> bool:
        customer = self._customer
        had, wanted = customer.all_groups(), set(groups)
        customer.groups.set(wanted)
        for kind, some in (("grouped", wanted - had), ("ungrouped", had - wanted)):
            for group in sorted(some, key=lambda one: one.pk):
                customer.events.record(kind, customer, by=by, group=str(group))
        return had != wanted

    def set_links(self, links: list[tuple[str, str]]) -> bool:
        """Make these (name, address) the customer's pages elsewhere. Returns whether anything changed."""
        customer = self._customer
        if links == [(link.name, link.url) for link in customer.links.all()]:
            return False
        customer.links.all().delete()
        customer.links.bulk_create(customer.links.model(customer=customer, name=name, url=url) for name, url in links)
        return True


class Checked:
    """Values that may be saved: `columns` by name, and `many` for e-mails, groups and links.

    Raises ValidationError with all that is wrong, by field. Fields that the shop does not use are left out.
    """

    def __init__(self, values: Mapping[str, Any], customer: "Customer") -> None:
        kept = {name: value for name, value in values.items() if name not in fields_off()}
        self.many = {name: kept.pop(name) for name in MANY if name in kept}
        self.columns: Values = kept
        self.customer, self.is_new = customer, customer.pk is None
        self.errors: dict[str, list[str]] = {}
        for check in (self._names, self._phones, self._lists, self._unique, self._group, self._reachable):
            check()
        self._required()
        if self.errors:
            raise ValidationError(dict(self.errors))

    def _fail(self, field: str, message: str) -> None:
        self.errors.setdefault(field, []).append(message)

    def _clean(self, values: Values, name: str, clean: Any, *args: Any) -> None:
        try:
            values[name] = clean(values[name], *args)
        except ValidationError as error:
            self._fail(name, error.messages[0])

    def _names(self) -> None:
        for name in ("first_name", "last_name", "company"):
            if name in self.columns:
                self._clean(self.columns, name, clean_name)

    def _phones(self) -> None:
        country = self.columns.pop("phone_country", "") or RecordSettings.load().country
        for name in ("phone", "other_phone"):
            # A number that the shop sent is not the fault of whoever edits something else.
            if name in self.columns and self.columns[name] != getattr(self.customer, name):
                self._clean(self.columns, name, clean_phone, country)

    def _lists(self) -> None:
        for name, clean in (("emails", clean_emails), ("links", clean_links)):
            if name in self.many:
                self._clean(self.many, name, clean)

    def _now(self, name: str) -> Any:
        """What the record will hold."""
        return self.columns[name] if name in self.columns else getattr(self.customer, name)

    def _unique(self) -> None:
        people = type(self.customer).objects
        if "emails" in self.many and "emails" not in self.errors and not self._now("is_guest"):
            had = set() if self.is_new else set(self.customer.addresses_of_mail())
            new = [address for address in self.many["emails"] if address not in had]
            if other := people.account_with(new, besides=self.customer):
                said = _("%(name)s (no. %(number)s) already has this e-mail.")
                self._fail("emails", said % {"name": other, "number": other.pk})
        username = self.columns.get("username", "")
        if username and people.filter(username__iexact=username).exclude(pk=self.customer.pk).exists():
            self._fail("username", _("Somebody else has this user name."))

    def _group(self) -> None:
        if self.is_new and not self.many.get("groups"):
            group = self.columns.get("group") or usual_group(guest=self._now("is_guest"))
            self.columns["group"], self.many["groups"] = group, [group]
            return
        had = set() if self.is_new else self.customer.all_groups()
        chosen, main = self.many.get("groups", had), self._now("group")
        if main is None and len(chosen) == 1:
            self.columns["group"] = main = next(iter(chosen))
        if had and not chosen:
            self._fail("groups", _("Choose a group: nobody is left without one."))
        elif (chosen or main) and main not in chosen:
            self._fail("group", _("The main group has to be one of the chosen groups."))

    def _reachable(self) -> None:
        touched = self.is_new or "emails" in self.many or "phone" in self.columns
        if not touched or self.errors.keys() & {"emails", "phone"}:
            return
        emails = self.many["emails"] if "emails" in self.many else not self.is_new and self.customer.addresses_of_mail()
        if not emails and not self._now("phone"):
            self._fail("emails", _("Enter an e-mail or a phone: one of them is enough."))

    def _required(self) -> None:
        """What the shop insists on; an old record without it may be saved, one that has it may not lose it."""
        for name in set(RecordSettings.load().required_customer) - fields_off():
            given, had = self._given(name), not self.is_new and self._had(name)
            if not given and (self.is_new or had) and name not in self.errors:
                self._fail(name, _("The shop asks for this."))

    def _given(self, name: str) -> Any:
        if name in MANY:
            return self.many[name] if name in self.many else not self.is_new and self._had(name)
        return self._now(name)

    def _had(self, name: str) -> bool:
        return bool(self.customer.addresses_of_mail() if name == "emails" else getattr(self.customer, name))
