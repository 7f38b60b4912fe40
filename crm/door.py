"""The door of the private area. Whoever knocks learns nothing: same answer, same work, account or not."""

from functools import lru_cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models.functions import Lower

from crm import post
from crm.models import AreaLink, Customer

MOST = 3  # accounts behind one address, such as a school's


def accounts_of(word: str) -> list[Customer]:
    """Whose user name or address this is: accounts only, switched off or not; the address's main owner first."""
    word = word.strip().lower()
    if not word or "\0" in word:
        return []
    accounts = Customer.objects.present().filter(is_guest=False).prefetch_related("emails")
    named = accounts.exclude(username="").annotate(low=Lower("username")).filter(low=word)
    addressed = accounts.filter(emails__address=word).order_by("-emails__is_main", "pk")
    return list(dict.fromkeys([*named, *addressed[:MOST]]))[:MOST]


def by_password(word: str, password: str) -> Customer | None:
    """Who comes in with this name and password; it takes as long when nobody does. They may be switched off."""
    found = [one for one in accounts_of(word) if one.password]
    if not found:
        check_password(password, _nobodys_password())
    return next((one for one in found if one.has_password(password)), None)


@lru_cache
def _nobodys_password() -> str:
    return make_password("nobody's")


def mail_link(word: str, *, forgotten: bool = False, language: str = "") -> None:
    """Mail a link that signs in, or with `forgotten` one to choose a password, to whoever is behind this name.

    It goes to the address that was asked for if it is theirs, else to the main one. For nobody the same is
    done and taken back, so that the time it takes tells nothing.
    """
    for customer in accounts_of(word) or [Customer(pk=0)]:
        address = _address_in(word, customer)
        with transaction.atomic():
            _mail(customer, address or word.strip().lower()[:255], forgotten=forgotten, language=language)
            if not address:
                transaction.set_rollback(True)


def _address_in(word: str, customer: Customer) -> str:
    own = [one.address for one in customer.emails.all()] if customer.pk else []
    asked = word.strip().lower()
    return asked if asked in own else customer.email if customer.pk else ""


def _mail(customer: Customer, address: str, *, forgotten: bool, language: str) -> None:
    purpose = AreaLink.Purpose.PASSWORD if forgotten else AreaLink.Purpose.SIGN_IN
    lasts = AreaLink.LASTS[AreaLink.Purpose.ADDRESS] if forgotten else None
    token = AreaLink.objects.mint(customer, purpose, address=address, lasts=lasts)
    letter = post.Letter.RESET if forgotten else post.Letter.SIGN_IN
    post.send(letter, customer, to=address, token=token, language=language)
