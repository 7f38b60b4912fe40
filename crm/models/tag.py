"""Words that the team puts on customers."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TAG_LENGTH = 40
TONES = {
    "": gettext_lazy("Grey"),
    "info": gettext_lazy("Blue"),
    "ok": gettext_lazy("Green"),
    "warn": gettext_lazy("Yellow"),
    "bad": gettext_lazy("Red"),
    "vip": gettext_lazy("Violet"),
}


def tag_name(text: str) -> str:
    """A tag's name as it is kept: no comma and no minus in front, which mean "or" and "not" in an address.

    Raises ValueError with a sentence for an empty one.
    """
    name = " ".join(text.replace(",", " ").split()).lstrip("- ")[:TAG_LENGTH].strip()
    if not name:
        raise ValueError(_("Write the name of a tag."))
    return name


class CustomerTagQuerySet(models.QuerySet["CustomerTag"]):
    """Tags, by their words."""

    def named(self, text: str) -> "CustomerTag":
        """The tag with this name, whatever its case; made if there is none. Raises ValueError for an empty name."""
        name = tag_name(text)
        return self.filter(name__iexact=name).first() or self.get_or_create(name=name)[0]


class CustomerTag(models.Model):
    """A word that the team puts on customers."""

    name = models.CharField(gettext_lazy("name"), max_length=TAG_LENGTH, unique=True)
    tone = models.CharField(gettext_lazy("colour"), max_length=8, blank=True)  # a key of TONES

    objects = CustomerTagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = gettext_lazy("customer tag")

    def __str__(self) -> str:
        return self.name

    def paint(self, tone: str) -> bool:
        """Give the tag a colour, wherever it is shown. Whether it changed; a word that is none of TONES is ignored."""
        if tone == self.tone or tone not in TONES:
            return False
        self.tone = tone
        self.save(update_fields=["tone"])
        return True
