"""What a customer belongs to: the team's tags, and groups."""

from django.db import transaction

from accounts.models import Agent
from crm.models.group import CustomerGroup, customers_regrouped
from crm.models.record import Record
from crm.models.tag import CustomerTag


class Belonging(Record):
    """Verbs of a customer's tags and groups. Each: change and record in one transaction, ping on commit."""

    class Meta:
        abstract = True

    @transaction.atomic
    def tag(self, name: str, *, by: Agent | None) -> bool:
        """Put a tag on; a new word becomes one. Whether it changed. Raises ValueError for an empty name."""
        tag, customer = CustomerTag.objects.named(name), self._customer
        if customer.tags.filter(pk=tag.pk).exists():
            return False
        customer.tags.add(tag)
        customer.events.record("tagged", customer, by=by, tag=tag.name)
        self.announce()
        return True

    @transaction.atomic
    def untag(self, name: str, *, by: Agent | None) -> bool:
        """Take a tag off. Whether it changed."""
        customer = self._customer
        tag = customer.tags.filter(name__iexact=name.strip()).first()
        if tag is None:
            return False
        customer.tags.remove(tag)
        customer.events.record("untagged", customer, by=by, tag=tag.name)
        self.announce()
        return True

    @transaction.atomic
    def add_to_group(self, group: CustomerGroup, *, by: Agent | None) -> bool:
        """Make the customer a member; the main group stays. Whether it changed."""
        customer = self._customer
        if customer.groups.filter(pk=group.pk).exists():
            return False
        customer.groups.add(group)
        customer.events.record("grouped", customer, by=by, group=str(group))
        customers_regrouped.send(type(customer), customers=[customer.pk])
        self.announce()
        return True
