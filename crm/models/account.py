"""A customer's account: whether they may come in, and what they allow us to send."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Agent
from crm.models.group import CustomerGroup, customers_regrouped
from crm.models.record import Record
from crm.models.shop import RecordSettings

CONSENT_FIELDS = {"newsletter": "newsletter", "offers": "partner_offers"}


class Account(Record):
    """Verbs of a customer's account. Each: guard, change and record in one transaction, ping on commit."""

    class Meta:
        abstract = True

    @transaction.atomic
    def disable(self, *, by: Agent | None) -> bool:
        """They can no longer come into the private area; their mail still arrives. Returns whether it changed.

        Whoever keeps sessions of the area asks `is_active` with every page, so open ones end at once.
        """
        self.lock()
        if not self._customer.is_active:
            return False
        self.write(by=by, is_active=False)
        return True

    @transaction.atomic
    def enable(self, *, by: Agent | None) -> bool:
        """They may come in again. Returns whether it changed."""
        self.lock()
        if self._customer.is_active:
            return False
        self.write(by=by, is_active=True)
        return True

    @transaction.atomic
    def set_consent(
        self,
        kind: str,
        given: bool,
        *,
        source: str,
        by: Agent | None,
        detail: str = "",
        wording: str = "",
        ip: str | None = None,
    ) -> bool:
        """Write down that the customer allows `kind` ("newsletter" or "offers"), or no longer does.

        `source` is a Consent.Source; whatever the team enters for somebody needs `detail`: who asked for what.
        Returns whether it changed; a consent that stands already is not written again.
        Raises ValueError, with a sentence, for a kind nobody may be asked for and for a missing detail.
        """
        self.lock()
        field = CONSENT_FIELDS[kind]
        if getattr(self, field) == given:
            return False
        if given and kind == "offers" and not RecordSettings.load().partner_offers:
            raise ValueError(_("Offers of partners are switched off in the settings."))
        if given and by is not None and not detail.strip():
            raise ValueError(_("Write who they spoke to and what they asked for."))
        self._customer.consents.create(
            kind=kind,
            given=given,
            source=source,
            detail=detail.strip()[:255],
            wording=wording[:255],
            ip_address=ip or None,
            by=by,
        )
        self.write(by=by, **{field: given})
        return True

    @transaction.atomic
    def become_account(self, *, by: Agent | None) -> bool:
        """Turn a guest into a customer with an account; what they bought stays theirs. Returns whether it changed.

        Raises ValueError, with a sentence, if somebody else has an account with one of their addresses.
        """
        self.lock()
        customer = self._customer
        if not customer.is_guest:
            return False
        if other := type(customer).objects.account_with(customer.addresses_of_mail(), besides=customer):
            raise ValueError(
                _("%(name)s (no. %(number)s) has an account with the same e-mail. Merge the two instead.")
                % {"name": other, "number": other.pk}
            )
        group = CustomerGroup.fixed(CustomerGroup.Key.CUSTOMER)
        guests = CustomerGroup.fixed(CustomerGroup.Key.GUEST)
        customer.groups.remove(guests)
        customer.groups.add(group)
        changes: dict[str, Any] = {"is_guest": False}
        if customer.group_id in {None, guests.pk}:
            changes["group"] = group
        self.write(by=by, **changes)
        customers_regrouped.send(type(customer), customers=[customer.pk])
        return True
