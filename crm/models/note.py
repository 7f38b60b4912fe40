"""What the team writes down about a customer."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.customer import Customer


class CustomerNote(models.Model):
    """A private note; a pinned one is shown beside the customer's threads."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("note"))
    is_pinned = models.BooleanField(_("pinned"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-is_pinned", "-created_at"]
        verbose_name = _("customer's note")

    def __str__(self) -> str:
        return self.text[:60]
