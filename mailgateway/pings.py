"""Wake the gateway's loops of this process, or of all with Redis; without a ping they look by themselves."""

from live import wire


def mailboxes_changed() -> None:
    """A mailbox was added, changed or taken out of use."""
    wire.send("mailboxes", "changed")


def fetch_now(mailbox_id: int) -> None:
    """Somebody wants this mailbox looked at."""
    wire.send(f"mailbox-{mailbox_id}", "fetch")
