"""Which pings an agent's open page may hear."""

from helpdesk.models import Contact, Thread
from live.consumers import AgentConsumer


class QueueConsumer(AgentConsumer):
    """The queues of the agent's contacts."""

    def groups_of(self) -> list[str] | None:
        """One group for each contact the agent may see."""
        return [f"contact-{pk}" for pk in Contact.objects.visible_to(self.agent).values_list("pk", flat=True)]


class ThreadConsumer(QueueConsumer):
    """One thread, and the queues for the counts beside it."""

    def groups_of(self) -> list[str] | None:
        """As the queue's, with the thread; None if the agent may not see it."""
        thread_id = self.scope["url_route"]["kwargs"]["thread_id"]
        thread = Thread.objects.visible_to(self.agent).filter(pk=thread_id).select_related("customer").first()
        if thread is None:
            return None
        customer = [f"customer-{thread.customer_id}"] if thread.customer_id else []
        return [*(super().groups_of() or []), f"thread-{thread_id}", *customer]
