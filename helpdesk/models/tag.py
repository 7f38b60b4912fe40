"""Words that the team puts on threads."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from helpdesk.models.queue import ThreadQuerySet


class ThreadTagQuerySet(models.QuerySet["ThreadTag"]):
    """Tags of threads."""

    def counted_on(self, threads: "ThreadQuerySet") -> list[tuple["ThreadTag", int]]:
        """Each tag with how many of the threads have it; two queries."""
        links = threads.model.tags.through.objects.filter(thread__in=threads.order_by().values("pk")).order_by()
        counted = dict(links.values_list("threadtag").annotate(n=models.Count("pk")))
        return [(tag, counted.get(tag.pk, 0)) for tag in self.all()]


class ThreadTag(models.Model):
    """A word that the team puts on threads."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    tone = models.CharField(_("colour"), max_length=8, blank=True)  # "", warn, bad, info, vip

    objects = ThreadTagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")

    def __str__(self) -> str:
        return self.name
