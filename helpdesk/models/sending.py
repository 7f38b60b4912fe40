"""What happens beside a letter when it is sent."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.models.desk import Status


class Sending(models.Model):
    """Where the threads of a letter are left, which tags they carry, and the voucher that each customer gets."""

    then = models.CharField(_("leave the threads in"), max_length=10, choices=Status, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    voucher = models.JSONField(_("voucher"), default=dict, blank=True)  # context.voucher.Terms

    class Meta:
        abstract = True

    @property
    def on_sending(self) -> dict[str, Any]:
        """The three, by name."""
        return {"then": self.then, "tags": self.tags, "voucher": self.voucher}
