"""Customers as the shop tells them, with their e-mail, groups and consents."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm import pings
from crm.models import Consent, Customer, CustomerEmail, RecordEvent, RecordSettings, Shop, customers_regrouped
from crm.models.ending import HasOrdersError
from crm.sync import references
from crm.sync.batch import AT_ONCE, Batch, Refusal, Said, Told, the_one, twice

ALLOWED = {"newsletter": Consent.Kind.NEWSLETTER, "partner_offers": Consent.Kind.OFFERS}
KNOWN_BY_SHOP = """first_name last_name birthday phone other_phone language company tax_number activity website
credit_limit payment_days risk payment_method payment_is_forced shipping_method referrer is_active is_guest
registered_at visited_at""".split()


def upsert(shop: Shop, said: Sequence[Said]) -> list[Told]:
    """Write down customers: columns by name, and

    `email` (becomes the main address; earlier ones stay as others), `emails` (more of them), `title` (a word),
    `group` and `groups` (ids or keys), `newsletter` and `partner_offers` (what they allow), `consented_at`.
    """
    return twice(Customers, shop, said)


@transaction.atomic
def remove(shop: Shop, shop_id: str) -> None:
    """The shop has this customer no more: into the bin. Raises ValueError, with a sentence, if they have orders."""
    customer: Customer = the_one(Customer, shop, shop_id)
    if customer.deleted_at or customer.erased_at:
        raise LookupError(shop_id)
    try:
        customer.trash(by=None)
    except HasOrdersError as refusal:
        raise ValueError(str(refusal)) from refusal


class Customers(Batch[Customer]):
    """Customers of one call."""

    model = Customer
    columns = frozenset(KNOWN_BY_SHOP)

    def refer(self) -> None:
        """Groups, titles, addresses, memberships, withdrawn consents; who was deleted by the shop itself."""
        self.on_file = {row.pk for row in self.rows.values()}
        self.groups = references.Groups(self.shop, self.said)
        self.titles = references.titles() if any(one.get("title") for one in self.said) else {}
        rows = list(self.rows.values())
        self.emails: defaultdict[int, dict[str, CustomerEmail]] = defaultdict(dict)
        for email in CustomerEmail.objects.filter(customer__in=rows):
            self.emails[email.customer_id][email.address] = email
        pairs = Customer.groups.through.objects.filter(customer__in=rows)
        self.membership = {(one.customer_id, one.customergroup_id): one.pk for one in pairs}
        self.members: defaultdict[int, set[int]] = defaultdict(set)
        for customer, group in self.membership:
            self.members[customer].add(group)
        self.consents: list[Consent] = []
        self.events: list[RecordEvent] = []
        self.withdrawn = _withdrawn(rows)
        self.deleted_here = _deleted_by_the_team(rows)
        records = RecordSettings.load()
        self.usual = {True: records.guest_group_id, False: records.customer_group_id}

    def values(self, said: Said) -> dict[str, Any]:
        """Columns, the title and the main group."""
        values = super().values(said)
        if "title" in said:
            values["title_id"] = self._title(said["title"])
        if said.get("group"):
            values["group_id"] = self.groups.named("group", said["group"])
        for shop_id in said.get("groups") or ():
            self.groups.named("groups", shop_id)
        return values

    def _title(self, word: str) -> int | None:
        if word and word.lower() not in self.titles:
            raise Refusal("title", _("There is no title “%(word)s”.") % {"word": word})
        return self.titles.get(word.lower()) if word else None

    def accept(self, row: Customer, said: Said) -> None:
        """Who was erased, or deleted by the team, does not come back by itself."""
        if row.erased_at:
            raise Refusal("id", _("This customer was erased on request: nothing was written."))
        if row.deleted_at and row.pk in self.deleted_here:
            raise Refusal("id", _("The team deleted this customer: nothing was written."))

    def differs(self, row: Customer, said: Said) -> bool:
        """Addresses, memberships or consents."""
        has = self.emails[row.pk]
        main = next((one.address for one in has.values() if one.is_main), "")
        other_email = bool(_main(said)) and _main(said) != main
        other_emails = not set(_addresses(said)) <= has.keys()
        members = self.members[row.pk]
        other_groups = self._wanted_groups(row, said, members) != members
        return other_email or other_emails or other_groups or bool(self._consents(row, said)) or bool(row.deleted_at)

    def touch(self, row: Customer, said: Said, names: set[str]) -> set[str]:
        """The usual group of who has none, consents, the version that forms compare."""
        fields = {"version"} | ({"deleted_at"} if row.deleted_at else set())
        row.version, row.deleted_at = (row.version + 1 if row.pk else 1), None
        if row.group_id is None:
            row.group_id = self.usual[row.is_guest]
            fields.add("group_id")
        for name, given in self._consents(row, said).items():
            setattr(row, name, given)
            fields.add(name)
            self.consents.append(self._consent(row, name, given, said))
        return fields

    def _groups(self, said: Said) -> set[int]:
        return {pk for one in said["groups"] if (pk := self.groups.named("groups", one))}

    def _consents(self, row: Customer, said: Said) -> dict[str, bool]:
        """What they allow now and did not, or the other way round. What was taken back here stays so until the
        shop names a later moment."""
        told = {name: bool(said[name]) for name in ALLOWED if name in said and said[name] != getattr(row, name)}
        return {name: on for name, on in told.items() if not on or self._is_later(row, name, said)}

    def _is_later(self, row: Customer, name: str, said: Said) -> bool:
        gone, at = self.withdrawn.get((row.pk, ALLOWED[name].value)), said.get("consented_at")
        return gone is None or (at is not None and at > gone)

    def _consent(self, row: Customer, name: str, given: bool, said: Said) -> Consent:
        at = said.get("consented_at") or self.now
        source = Consent.Source.SHOP
        return Consent(customer=row, kind=ALLOWED[name], given=given, source=source, detail=self.shop.name, at=at)

    def finish(self) -> None:
        """Addresses, memberships, consents; open pages hear of it."""
        Consent.objects.bulk_create(self.consents, batch_size=AT_ONCE)
        self._write_emails()
        self._write_groups()
        RecordEvent.objects.bulk_create(self.events, batch_size=AT_ONCE)
        pings.customers_changed([row.pk for row in self.changed])

    def _write_emails(self) -> None:
        new: list[CustomerEmail] = []
        turned: list[CustomerEmail] = []
        for row, said in self.taken:
            has = self.emails[row.pk]
            for address in _addresses(said):
                if address not in has:
                    self._event(row, "email_added", address=address)
                    has[address] = CustomerEmail(customer=row, address=address)
                    new.append(has[address])
            main = _main(said) or next(iter(_addresses(said)), "")
            if main and (_main(said) or not any(one.is_main for one in has.values())):
                turned += _make_main(has, main)
        known = [one for one in turned if one.pk]
        CustomerEmail.objects.bulk_create(new, batch_size=AT_ONCE)
        CustomerEmail.objects.bulk_update(known, ["is_main"], batch_size=AT_ONCE)

    def _write_groups(self) -> None:
        through = Customer.groups.through
        more: list[tuple[int, int]] = []
        gone: list[int] = []
        moved: list[int] = []
        for row, said in self.taken:
            has = self.members[row.pk]
            wanted = self._wanted_groups(row, said, has)
            if wanted != has and row.pk in self.on_file:
                moved.append(row.pk)
            more += [(row.pk, pk) for pk in wanted - has]
            gone += [self.membership[row.pk, pk] for pk in has - wanted]
            for kind, some in (("grouped", wanted - has), ("ungrouped", has - wanted)):
                for pk in sorted(some):
                    self._event(row, kind, group=self.groups.names.get(pk, f"#{pk}"))
        through.objects.bulk_create(
            [through(customer_id=customer, customergroup_id=group) for customer, group in more], batch_size=AT_ONCE
        )
        if gone:
            through.objects.filter(pk__in=gone).delete()
        if moved:
            customers_regrouped.send(Customer, customers=moved)

    def _wanted_groups(self, row: Customer, said: Said, has: set[int]) -> set[int]:
        """Memberships; the main group is always one of them."""
        main = {row.group_id} if row.group_id else set()
        return (self._groups(said) if "groups" in said else has) | main

    def _event(self, row: Customer, kind: str, **data: str) -> None:
        """A fact for the story of who was on file before; that a new customer has an address is no news."""
        if row.pk in self.on_file:
            self.events.append(RecordEvent(customer=row, kind=kind, data=data | {"shop": self.shop.name}))


def _main(said: Said) -> str:
    return str(said.get("email") or "").strip().lower()


def _addresses(said: Said) -> list[str]:
    """All addresses that an object names, the main one first, in lower case and once each."""
    named = [_main(said), *(str(one).strip().lower() for one in said.get("emails") or ())]
    return list(dict.fromkeys(one for one in named if one))


def _make_main(has: dict[str, CustomerEmail], main: str) -> list[CustomerEmail]:
    """Make one address the main one; returns those that changed."""
    turned = [one for one in has.values() if one.is_main != (one.address == main)]
    for one in turned:
        one.is_main = one.address == main
    return turned


def _withdrawn(rows: Iterable[Customer]) -> dict[tuple[int, str], datetime]:
    """When each person last took a consent back here, not in the shop; only where that was their last word."""
    last: dict[tuple[int, str], Consent] = {}
    for consent in Consent.objects.filter(customer__in=rows).order_by("at", "pk"):
        last[consent.customer_id, consent.kind] = consent
    own = Consent.Source.SHOP
    return {key: one.at for key, one in last.items() if not one.given and one.source != own}


def _deleted_by_the_team(rows: Iterable[Customer]) -> set[int]:
    """Who lies in the bin because an agent put them there."""
    ids = [row.pk for row in rows if row.deleted_at]
    if not ids:
        return set()
    said = RecordEvent.objects.filter(customer__in=ids, kind=RecordEvent.Kind.DELETED).order_by("at", "pk")
    last = dict(said.values_list("customer", "by"))
    return {pk for pk in ids if pk not in last or last[pk] is not None}
