"""Social titles: how a person is addressed."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from simple_history.models import HistoricalRecords

from accounts.languages import in_language
from accounts.models import Agent
from crm.models.versions import write_versions

LONGEST_NAME = 20


class SocialTitleQuerySet(models.QuerySet["SocialTitle"]):
    """Titles, in the desk's words."""

    def with_people(self) -> "SocialTitleQuerySet":
        """Each with `people`: how many customers have it, those in the bin too."""
        return self.annotate(people=models.Count("customer"))

    @transaction.atomic
    def add(self, values: Mapping[str, Any], *, by: Agent | None) -> "SocialTitle":
        """A new title; `values` as for edit()."""
        title = self.model()
        title.edit(values, by=by)
        return title


class SocialTitle(models.Model):
    """How a person is addressed, such as Sra. or Dr., by language."""

    class Kind(models.IntegerChoices):
        MALE = 0, gettext_lazy("Male")
        FEMALE = 1, gettext_lazy("Female")
        NEUTRAL = 2, gettext_lazy("Neutral")

    names = models.JSONField(gettext_lazy("names by language"), default=dict)
    kind = models.PositiveSmallIntegerField(gettext_lazy("gender"), choices=Kind, default=Kind.NEUTRAL)
    symbol = models.CharField(
        gettext_lazy("symbol"), max_length=8, blank=True, help_text=gettext_lazy("An emoji or two letters.")
    )
    # PNG of our own making
    picture = models.BinaryField(gettext_lazy("picture"), blank=True, default=b"", editable=False)
    salutations = models.JSONField(
        gettext_lazy("salutation by language"),
        default=dict,
        blank=True,
        help_text=gettext_lazy("With {first_name} and {last_name}."),
    )
    history = HistoricalRecords(excluded_fields=["picture"])

    objects = SocialTitleQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = gettext_lazy("social title")

    def __str__(self) -> str:
        return self.in_language(get_language() or "en")

    def in_language(self, language: str) -> str:
        """The title in a language, or in any when that one is missing."""
        return in_language(self.names, language)

    @property
    def in_all_languages(self) -> list[str]:
        """The title in each language that it has, by the language's code: PostgreSQL keeps no other order."""
        return [word for _code, word in sorted(self.names.items()) if word]

    def salutation(self, language: str, *, first_name: str, last_name: str) -> str:
        """How somebody with this title is greeted in a language; an empty string where it does not say, or where
        the name that it needs is not known."""
        words = self.salutations.get(language[:2], "")
        names = {"{first_name}": first_name.strip(), "{last_name}": last_name.strip()}
        if any(sign in words and not name for sign, name in names.items()):
            return ""
        for sign, name in names.items():
            words = words.replace(sign, name)
        return str(words)

    @transaction.atomic
    def edit(self, values: Mapping[str, Any], *, by: Agent | None) -> None:
        """Make these its values, by the names of its fields; what is not named stays.

        Raises ValidationError, by field, for what must not be saved.
        """
        for name, value in values.items():
            setattr(self, name, value)
        self.full_clean()
        self._history_user = by
        self.save()

    def clean(self) -> None:
        """A name in some language, none too long. Raises ValidationError."""
        if not any(self.names.values()):
            raise ValidationError({"names": _("Enter the title in one language at least.")})
        if any(len(name) > LONGEST_NAME for name in self.names.values()):
            raise ValidationError({"names": _("A title has 20 letters at most.")})

    @transaction.atomic
    def retire(self, *, by: Agent | None, instead: "SocialTitle | None" = None) -> int:
        """Delete the title; whoever has it gets another one, or none. Returns how many people that were."""
        people = self.customer_set.model.objects.filter(title=self)
        ids = list(people.values_list("pk", flat=True))
        people.update(title=instead, version=models.F("version") + 1)
        write_versions(people.model, ids, by=by)
        self._history_user = by
        self.delete()
        return len(ids)
