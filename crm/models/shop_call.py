"""What is kept of a shop's calls: answers to repeat, and how much came on each day."""

from datetime import UTC, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.shop import Shop


class ShopAnswer(models.Model):
    """The answer to a call that named an Idempotency-Key; the same call again gets it instead of another write."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)  # of method, path and body: another body under the same key is refused
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    etag = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("answer to a shop")
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return self.key


class ShopTallyQuerySet(models.QuerySet["ShopTally"]):
    """How much came, in the desk's words."""

    def add(self, shop: Shop, noun: str, **numbers: int) -> None:
        """Add to today's numbers: written=, unchanged=, refused=, deleted=."""
        today = self.filter(shop=shop, day=timezone.now().astimezone(UTC).date(), noun=noun)
        more = {name: models.F(name) + number for name, number in numbers.items()}
        if not today.update(**more):
            self.get_or_create(shop=shop, day=timezone.now().astimezone(UTC).date(), noun=noun)
            today.update(**more)

    def sums(self, shop: Shop, *, days: int = 7) -> list[dict[str, Any]]:
        """What came in the last days, by kind: objects written, unchanged, refused and deleted. One query."""
        since = timezone.now().astimezone(UTC).date() - timedelta(days=days - 1)
        names = ("written", "unchanged", "refused", "deleted")
        sums = {name: models.Sum(name) for name in names}
        return list(self.filter(shop=shop, day__gte=since).order_by("noun").values("noun").annotate(**sums))


class ShopTally(models.Model):
    """How many objects of one kind a shop sent on one day (UTC), and what became of them."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="tallies")
    day = models.DateField()
    noun = models.CharField(max_length=12)
    written = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)

    objects = ShopTallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("what a shop sent")
        constraints = [models.UniqueConstraint(fields=["shop", "day", "noun"], name="one_tally_a_day_and_noun")]

    def __str__(self) -> str:
        return f"{self.day} {self.noun}"
