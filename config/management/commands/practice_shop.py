"""Loads the practice shop into an empty database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.practice import shop
from helpdesk.zone import in_shops_zone


class Command(BaseCommand):
    """manage.py practice_shop"""

    help = "Load the practice shop into an empty database."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse a database that holds anything; else build and print who may sign in."""
        try:
            made = in_shops_zone(self.build)
        except shop.NotEmptyError as error:
            raise CommandError(str(error)) from error
        for account in made:
            self.stdout.write(f"{account.username}\t{account.password}\t{account.name} ({account.role})")

    @staticmethod
    def build() -> list[shop.Account]:
        """With the ports of the practice mail server."""
        return shop.build(smtp_port=settings.PRACTICE_SMTP_PORT, imap_port=settings.PRACTICE_IMAP_PORT)
