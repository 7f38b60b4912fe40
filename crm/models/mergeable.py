"""The verbs by which two records become one, or are told apart."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import Agent

if TYPE_CHECKING:
    from crm.models.customer import Customer
    from crm.models.merging import CustomerMerge


class Mergeable(models.Model):
    """The verbs on a customer."""

    class Meta:
        abstract = True

    @property
    def _kept(self) -> "Customer":
        return cast("Customer", self)

    @transaction.atomic
    def absorb(self, gone: "Customer", *, by: Agent, take: Mapping[str, str] | None = None) -> "CustomerMerge":
        """Make another record part of this one.

        `take` says "gone" for each name of crm.models.merging.CHOICES of which the other one's value stays; of all
        others this record's stays, filled in from the other where it is empty. Raises ValueError, with a sentence,
        for a record that is gone already.
        """
        from crm.models.merging import Joining

        kept = self._kept
        rows = type(kept).objects.select_for_update(of=("self",)).filter(pk__in=[kept.pk, gone.pk])
        found = {row.pk: row for row in rows.order_by("pk")}
        kept, gone = found.get(kept.pk, kept), found.get(gone.pk, gone)
        if kept.pk == gone.pk:
            raise ValueError(_("Choose another record: this is the same one."))
        if any(one.merged_into_id or one.deleted_at or one.erased_at for one in (kept, gone)):
            raise ValueError(_("One of the records is no longer there. Nothing was merged."))
        merge = Joining(kept, gone, by).run({name for name, side in (take or {}).items() if side == "gone"})
        self.refresh_from_db()
        return merge

    def differ_from(self, other: "Customer", *, by: Agent) -> None:
        """They are not the same person: never suggested again."""
        from crm.models.merging import DifferentPeople

        one, two = sorted((self._kept.pk, other.pk))
        DifferentPeople.objects.get_or_create(one_id=one, other_id=two, defaults={"by": by})
