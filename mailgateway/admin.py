"""Raw mail and mailboxes in Django's own admin, for whoever keeps the installation: to look at only."""

from django.contrib import admin
from django.http import HttpRequest

from mailgateway.models import Beat, Incoming, Mailbox


class ReadOnly(admin.ModelAdmin):
    """Looks, but changes nothing: that is done by the product's pages."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """No."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """No."""
        return False


@admin.register(Mailbox)
class MailboxAdmin(ReadOnly):
    """Mailboxes without their passwords."""

    list_display = ["name", "contact", "is_active", "last_success_at", "last_error"]
    exclude = ["password_locked", "smtp_password_locked", "lease_token"]


@admin.register(Incoming)
class IncomingAdmin(ReadOnly):
    """Raw mails."""

    list_display = ["received_at", "sender", "subject", "state", "outcome", "reason"]
    list_filter = ["state", "outcome"]


@admin.register(Beat)
class BeatAdmin(ReadOnly):
    """The loops of the gateway."""

    list_display = ["name", "state", "at", "restarts", "error"]
