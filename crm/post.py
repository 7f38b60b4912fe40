"""Mail to customers about their account: crm says which letter, whoever settings.CUSTOMER_POST names queues it."""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from crm.models import Customer


class Letter(StrEnum):
    """Each is a folder of templates/mail/ and a page of the portal that its link leads to."""

    INVITATION = "area_invitation"
    RESET = "area_reset"
    SIGN_IN = "area_link"
    ADDRESS = "area_address"


def send(letter: Letter, customer: "Customer", *, to: str, token: str, language: str = "") -> None:
    """Have a letter with a link queued for an address, in the transaction at hand.

    `language` is the reader's where the customer has none on file.
    """
    import_string(settings.CUSTOMER_POST)(letter, customer, to=to, token=token, language=language)
