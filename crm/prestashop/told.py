"""A conversation that a shop had with a customer, as the desk is told of it. Imports nothing."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ShopMessage:
    """One thing said. `is_ours`: somebody of the shop wrote it; `is_private`: the customer did not see it."""

    number: int
    text: str  # as the shop keeps it: plain or HTML
    at: datetime
    is_ours: bool = False
    is_private: bool = False
    author: str = ""  # name and address of whoever wrote for the shop, where the key may read them
    author_email: str = ""
    file: str = ""  # its name only: no web service hands files out
    ip: str = ""
    user_agent: str = ""


@dataclass(frozen=True)
class ContactOfShop:
    """A contact of a shop's customer service: the shop's number, its name in each language, and its address."""

    number: str = ""
    names: tuple[str, ...] = ()
    email: str = ""


@dataclass(frozen=True)
class ShopThread:
    """A thread with all its messages, the oldest first. Ids are ours, and 0 where there is none."""

    number: int
    status: str  # open, closed, pending1 or pending2
    begun_at: datetime
    changed_at: datetime
    messages: tuple[ShopMessage, ...]
    contact: ContactOfShop = ContactOfShop()
    language: str = ""
    email: str = ""
    customer: int = 0
    order: int = 0
    line: int = 0  # of the order, with the product that it is about
