"""What the team does with a customer: lets them in, writes them up for mails, calls them names, puts them in groups."""

from typing import TYPE_CHECKING, Any, cast

from django.db import models, transaction
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from crm.models.customer import Customer
    from crm.models.group import CustomerGroup

TAG_LENGTH = 40


def tag_name(text: str) -> str:
    """A tag's name as it is kept: no comma and no minus in front, which mean "or" and "not" in an address.

    Raises ValueError with a sentence for an empty one.
    """
    name = " ".join(text.replace(",", " ").split()).lstrip("-").strip()[:TAG_LENGTH].strip()
    if not name:
        raise ValueError(_("Write the name of a tag."))
    return name


class Standing(models.Model):
    """Verbs of a customer. Each: check, change, write down, in one transaction. `by` is an agent, or None for the shop."""

    class Meta:
        abstract = True

    @property
    def _customer(self) -> "Customer":
        return cast("Customer", self)

    def _change(self, by: Any, **fields: Any) -> None:
        """Set fields with a version in the history."""
        customer = self._customer
        for name, value in fields.items():
            setattr(customer, name, value)
        customer.version = models.F("version") + 1
        customer._history_user = by
        customer.save(update_fields=[*fields, "version", "updated_at"])
        customer.refresh_from_db(fields=["version"])

    @transaction.atomic
    def set_active(self, is_active: bool, *, by: Any) -> bool:
        """Let the customer in, or shut them out of their private area; their mails still arrive. Whether it changed."""
        if self._customer.is_active == is_active:
            return False
        self._change(by, is_active=is_active)
        return True

    @transaction.atomic
    def set_newsletter(self, wanted: bool, *, by: Any, source: str = "", detail: str = "") -> bool:
        """Write the customer up for the newsletter, or off. Whether it changed.

        An agent may write somebody up only with a `source` (by message, phone or paper) and a `detail` that prove
        that the customer asked for it: else ValueError with a sentence. Taking off needs neither.
        """
        return self._allow("newsletter", "newsletter", wanted, by=by, source=source, detail=detail)

    @transaction.atomic
    def set_partner_offers(self, wanted: bool, *, by: Any, source: str = "", detail: str = "") -> bool:
        """The same for offers of partners."""
        return self._allow("partner_offers", "offers", wanted, by=by, source=source, detail=detail)

    def _allow(self, field: str, kind: str, wanted: bool, *, by: Any, source: str, detail: str) -> bool:
        from crm.models.consent import Consent

        customer, detail = self._customer, " ".join(detail.split())[:255]
        if getattr(customer, field) == wanted:
            return False
        if wanted and by is not None:
            if source not in Consent.PROOFS:
                raise ValueError(_("Say how the customer asked for it. Without that nobody is written up."))
            if not detail:
                raise ValueError(_("Write down what the customer asked for, and where."))
        otherwise = Consent.Source.TEAM if by is not None else Consent.Source.SHOP
        self._change(by, **{field: wanted})
        customer.consents.create(
            kind=kind, given=wanted, source=source if wanted and source else otherwise, detail=detail, by=by
        )
        return True

    @transaction.atomic
    def tag(self, name: str, *, by: Any) -> bool:
        """Put a tag on; a new word becomes one. Whether it changed. Raises ValueError for an empty name."""
        from crm.models.customer import CustomerTag
        from crm.models.record_event import RecordEvent

        tag, customer = CustomerTag.objects.named(name), self._customer
        if customer.tags.filter(pk=tag.pk).exists():
            return False
        customer.tags.add(tag)
        RecordEvent.objects.record(RecordEvent.Kind.TAGGED, customer, by=by, tag=tag.name)
        return True

    @transaction.atomic
    def untag(self, name: str, *, by: Any) -> bool:
        """Take a tag off. Whether it changed."""
        from crm.models.record_event import RecordEvent

        customer = self._customer
        tag = customer.tags.filter(name__iexact=name.strip()).first()
        if tag is None:
            return False
        customer.tags.remove(tag)
        RecordEvent.objects.record(RecordEvent.Kind.UNTAGGED, customer, by=by, tag=tag.name)
        return True

    @transaction.atomic
    def add_to_group(self, group: "CustomerGroup", *, by: Any) -> bool:
        """Make the customer a member; the main group stays. Whether it changed."""
        from crm.models.record_event import RecordEvent

        customer = self._customer
        if customer.groups.filter(pk=group.pk).exists():
            return False
        customer.groups.add(group)
        RecordEvent.objects.record(RecordEvent.Kind.GROUPED, customer, by=by, group=str(group))
        return True
