"""How the gateway's loops do."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Beat(models.Model):
    """How one loop of the gateway does; the newest word of each."""

    name = models.CharField(max_length=80, primary_key=True)
    state = models.CharField(max_length=12)  # starting, up, waiting (after a fault), done (once a day)
    at = models.DateTimeField(default=timezone.now)
    restarts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)  # when it tries again

    class Meta:
        verbose_name = _("beat")

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"
