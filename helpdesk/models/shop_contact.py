"""Contacts of a shop's own customer service, and which of ours takes their threads."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.models import HistoricalRecords

from accounts.models import Agent
from helpdesk.context import ContactOfShop
from helpdesk.models.contact import Contact


class ShopContactManager(models.Manager["ShopContact"]):
    """What shops told of their contacts."""

    @transaction.atomic
    def hear(self, told: Iterable[ContactOfShop], *, shop: Any) -> None:
        """Write down how a shop calls its contacts now; whom the team chose for each stays."""
        known = {one.shop_id: one for one in self.filter(source=shop)}
        for one in told:
            row = known.get(one.number) or ShopContact(source=shop, shop_id=one.number)
            if row.pk is None or (row.names, row.email) != (list(one.names), one.email):
                row.names, row.email = list(one.names), one.email
                row.save_without_historical_record()  # type: ignore[attr-defined]

    def contact_for(self, told: ContactOfShop, *, shop: Any) -> Contact:
        """Who takes a thread of a shop's contact: as the team chose, else the usual one.

        Raises ValueError, with a sentence, where no contact keeps messages.
        """
        contacts = keeping()
        chosen = self.filter(source=shop, shop_id=told.number, contact__in=contacts).first() if told.number else None
        return chosen.contact if chosen and chosen.contact else usual(told.names, told.email, contacts)


class ShopContact(models.Model):
    """One contact of a shop. `contact` is empty where the usual one of ours takes its threads."""

    source = models.ForeignKey("crm.Shop", models.CASCADE, related_name="+")
    shop_id = models.CharField(max_length=64)
    names = models.JSONField(default=list)  # as the shop calls it in each language
    email = models.CharField(max_length=255, blank=True)
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=gettext_lazy("contact")
    )
    history = HistoricalRecords(excluded_fields=["names", "email"])

    objects = ShopContactManager()

    class Meta:
        ordering = ["pk"]
        verbose_name = gettext_lazy("contact of a shop")
        constraints = [models.UniqueConstraint(fields=["source", "shop_id"], name="one_row_a_shops_contact")]

    def __str__(self) -> str:
        return next(iter(self.names), "") or self.email or f"#{self.shop_id}"

    @property
    def usual(self) -> Contact | None:
        """Who takes its threads where the team chose nobody; None where no contact keeps messages."""
        contacts = keeping()
        return usual(self.names, self.email, contacts) if contacts else None

    def choose(self, contact: Contact | None, *, by: Agent) -> bool:
        """New threads of it go to this contact; None: to the usual one. Returns whether it changed."""
        if self.contact_id == (contact.pk if contact else None):
            return False
        self.contact = contact
        self._history_user = by
        self.save(update_fields=["contact"])
        return True


def keeping() -> list[Contact]:
    """Contacts in use that keep messages, and may take a shop's threads."""
    return list(Contact.objects.active().filter(saves_messages=True))


def usual(names: Iterable[str], email: str, contacts: Sequence[Contact]) -> Contact:
    """The contact with the same address, else with the same name in any language, else the first.

    Raises ValueError, with a sentence, where there is none.
    """
    if not contacts:
        raise ValueError(_("There is no contact that keeps messages. Make one, then import again."))
    folded = {name.casefold() for name in names if name}
    for contact in contacts:
        if email and contact.email.lower() == email.lower():
            return contact
    for contact in contacts:
        if folded & {str(title).casefold() for title in contact.titles.values()}:
            return contact
    return contacts[0]
