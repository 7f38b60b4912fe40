"""`manage.py forget`: the daily clean-up, for cron or the desk's own clock."""

from typing import Any

from django.core.management.base import BaseCommand

from helpdesk import retention


class Command(BaseCommand):
    """Empties what the desk promised not to keep."""

    help = "Empties old IP addresses and browsers, and deletes files of forms that were never sent."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run once, say what was done."""
        messages, files = retention.forget_metadata(), retention.forget_unsent_files()
        self.stdout.write(f"metadata of {messages} messages emptied, {files} unsent files deleted")
