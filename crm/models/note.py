"""What the team writes down about a customer."""

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agent
from crm.models.customer import Customer


class CustomerNoteQuerySet(models.QuerySet["CustomerNote"]):
    """Notes, in the desk's words."""

    def write(self, customer: Customer, text: str, *, by: Agent) -> "CustomerNote":
        """Write a note down. Raises ValueError, with a sentence, if it says nothing."""
        if not text.strip():
            raise ValueError(_("Write the note first."))
        return self.create(customer=customer, author=by, text=text.strip())


class CustomerNote(models.Model):
    """A private note; the pinned one is shown beside the customer's threads. Customers never see any."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = models.TextField(gettext_lazy("note"))
    is_pinned = models.BooleanField(gettext_lazy("pinned"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CustomerNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-is_pinned", "-created_at"]
        verbose_name = gettext_lazy("customer's note")

    def __str__(self) -> str:
        return self.text[:60]

    @transaction.atomic
    def pin(self) -> None:
        """Show this one beside the customer's threads, in place of any other."""
        self.customer.notes.exclude(pk=self.pk).update(is_pinned=False)
        self.is_pinned = True
        self.save(update_fields=["is_pinned"])

    def unpin(self) -> None:
        """Show it on the customer's page only."""
        self.is_pinned = False
        self.save(update_fields=["is_pinned"])

    def may_remove(self, agent: Agent) -> bool:
        """Whoever wrote it, and supervisors."""
        return agent.is_supervisor or self.author_id == agent.pk

    def remove(self, *, by: Agent) -> None:
        """Take it away for good. Raises PermissionError, with a sentence, if it is somebody else's."""
        if not self.may_remove(by):
            raise PermissionError(_("Only who wrote a note, or a supervisor, can delete it."))
        self.delete()
