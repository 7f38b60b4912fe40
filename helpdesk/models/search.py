"""That carts without an owner were looked through for a thread, so that each message is looked at once."""

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from helpdesk.models.thread import Thread


class CartSearchManager(models.Manager["CartSearch"]):
    """Who looks next."""

    def claim(self, thread: Thread) -> bool:
        """Take a thread's newest message for oneself; False if another worker did."""
        now = timezone.now()
        if self.filter(thread=thread, at__lt=thread.inbound_at).update(at=now):
            return True
        try:
            with transaction.atomic():
                self.create(thread=thread, at=now)
        except IntegrityError:
            return False
        return True


class CartSearch(models.Model):
    """Until when a thread's messages were held against the carts."""

    thread = models.OneToOneField("helpdesk.Thread", models.CASCADE, related_name="cart_search")
    at = models.DateTimeField(default=timezone.now)

    objects = CartSearchManager()

    def __str__(self) -> str:
        return f"{self.thread_id} {self.at:%F %T}"
