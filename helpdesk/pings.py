"""Tell open browsers what changed about threads. Imports no models."""

from collections.abc import Iterable

from helpdesk import faults
from live import wire


def thread_changed(thread_id: int, contact_ids: Iterable[int]) -> None:
    """A thread changed, and with it the queues of these contacts."""
    faults.at("13 nobody told yet")
    wire.send(f"thread-{thread_id}", f"thread:{thread_id}")
    for contact_id in contact_ids:
        wire.send(f"contact-{contact_id}", "queue")


def queues_changed(contact_ids: Iterable[int]) -> None:
    """The lists of these contacts changed, though no thread did."""
    for contact_id in contact_ids:
        wire.send(f"contact-{contact_id}", "queue")


def customer_set(thread_id: int) -> None:
    """The thread has another customer: its open pages come back, to hear of that one's carts."""
    wire.send(f"thread-{thread_id}", "access")


def notice_added(agent_id: int) -> None:
    """This agent has something new in the bell."""
    wire.send(f"agent-{agent_id}", "notices")


def access_changed(agent_id: int) -> None:
    """This agent's rights changed; open sockets come back and are asked anew."""
    wire.send(f"agent-{agent_id}", "access")


def outbox_filled() -> None:
    """There is mail to send: wakes the gateway of this process."""
    wire.send("outbox", "due")
