"""The hours of a contact, as the settings have them."""

from typing import TYPE_CHECKING

from helpdesk.hours.opening import OpenHours

if TYPE_CHECKING:
    from helpdesk.models.contact import Contact


def hours_of(contact: "Contact | int | None") -> OpenHours:
    """The contact's own calendar (or that of its id), else the shop's. One query each few seconds, then kept."""
    from helpdesk.models.calendar import Calendar
    from helpdesk.models.contact import Contact

    return Calendar.hours_of(contact.pk if isinstance(contact, Contact) else contact)
