"""What a customer's record has to do with the private area: user name, password, invitation, coming and going."""

import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import post, usernames
from crm.models.record import Record
from crm.models.shop import RecordSettings

# Letters that no language of ours takes for another, and that make no word to be ashamed of.
CONSONANTS, VOWELS, DIGITS = "bdfglmnrsv", "aeiou", "23456789"


class UsernameTakenError(ValueError):
    """Somebody else has this user name. `proposals` are free ones."""

    def __init__(self, proposals: list[str]) -> None:
        super().__init__(_("Somebody else has this user name. Free ones are: %s") % ", ".join(proposals))
        self.proposals = proposals


def propose_password() -> str:
    """A password that can be read out and typed, with 57 random bits, such as "labino-fedura-sogeva-47"."""
    words = ["".join(secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _n in range(3)) for _w in range(3)]
    return "-".join([*words, secrets.choice(DIGITS) + secrets.choice(DIGITS)])


class AreaMember(Record):
    """Verbs of the private area. `by` is the agent who did it; None is the customer."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Whoever may not enter any more is out at once, and is not in again when the account comes back."""
        super().save(*args, **kwargs)
        if self._customer.entered_at and not self.may_enter:
            self.end_sessions()

    @property
    def has_account(self) -> bool:
        """There is somebody to sign in: no guest, and neither in the bin, nor erased, nor merged."""
        me = self._customer
        return not (me.is_guest or me.deleted_at or me.erased_at or me.merged_into_id)

    @property
    def may_enter(self) -> bool:
        """Has an account that is not switched off."""
        return self.has_account and self._customer.is_active

    # -- coming in -------------------------------------------------------------------------------------

    @transaction.atomic
    def invite(self, *, by: Any) -> str:
        """Mail a link with which the customer chooses a password; returns the address. Nobody else ever sees one.

        Whoever has a password already gets a link to choose a new one; until then the old one stays.
        Raises ValueError, with a sentence, if they cannot be invited.
        """
        if problem := self.why_not_invited():
            raise ValueError(problem)
        letter = post.Letter.RESET if self._customer.password else post.Letter.INVITATION
        address = self._customer.email
        self._void_links("password")
        token = self._customer.area_links.mint(self._customer, "password", address=address)
        post.send(letter, self._customer, to=address, token=token)
        self._set(invited_at=timezone.now())
        self._customer.events.record("invited", self._customer, by=by, to=address)
        return address

    def greet(self, *, by: Any) -> bool:
        """Invite a customer who has just been made, if the team wants that and they can be; says whether."""
        if not RecordSettings.load().registration_mail or self.why_not_invited():
            return False
        self.invite(by=by)
        return True

    def why_not_invited(self) -> str:
        """What keeps this customer from an invitation, as a sentence; empty if nothing does."""
        me = self._customer
        if me.is_guest:
            return _("A guest has no account. Make them a customer first.")
        if not self.has_account:
            return _("This record is not in use any more.")
        if not me.is_active:
            return _("The account is disabled. Enable it first.")
        return "" if me.email else _("An e-mail address is missing.")

    def was_here(self, at: datetime, *, entered: bool = False) -> None:
        """Remember the last visit, and the last sign-in."""
        self._set(visited_at=at, **({"entered_at": at} if entered else {}))

    def end_sessions(self, *, keep: Any = None) -> int:
        """Sign the customer out everywhere, but for one session to `keep`; says how many ended."""
        ended = self._customer.sessions.exclude(pk=keep.pk if keep else 0)
        return ended.delete()[0]

    # -- password and user name ------------------------------------------------------------------------

    def has_password(self, raw: str) -> bool:
        """Whether this is the password. An old way of hashing is replaced by today's."""
        me = self._customer
        return bool(me.password) and check_password(raw, me.password, self._rehash)

    @transaction.atomic
    def set_password(self, raw: str, *, by: Any = None, ip: str = "", keep: Any = None) -> None:
        """Give the customer a password of their own choice; all sessions but `keep` end, and links that were mailed."""
        self._set(password=make_password(raw))
        self._void_links("password", "sign_in")
        self.end_sessions(keep=keep)
        self._customer.events.record("password", self._customer, by=by, ip=ip)

    def propose_usernames(self, count: int = 3, *, wanted: str = "") -> list[str]:
        """Free user names made of what is known of the customer, best first."""
        ideas = usernames.ideas(self._customer, wanted=wanted)
        others = type(self._customer).objects.exclude(username="").exclude(pk=self.pk).annotate(low=Lower("username"))
        taken = set(others.filter(low__in=[one.lower() for one in ideas]).values_list("low", flat=True))
        return [one for one in ideas if one.lower() not in taken][:count]

    def set_username(self, name: str, *, by: Any = None) -> None:
        """Give the customer a user name; an empty one takes it away.

        Raises UsernameTakenError with free ones, or ValueError with a sentence for what is no user name.
        """
        name = name.strip()
        if problem := usernames.problem_with(name, own=[one.address for one in self._customer.emails.all()]):
            raise ValueError(problem)
        try:
            with transaction.atomic():
                self.lock()
                self.write(by=by, username=name)
        except IntegrityError:
            self.refresh_from_db(fields=["username"])
            raise UsernameTakenError(self.propose_usernames(wanted=name)) from None

    @transaction.atomic
    def add_email(self, address: str) -> None:
        """An address that the customer has proven to read becomes one of theirs, their first one the main one."""
        emails = self._customer.emails
        main = not emails.filter(is_main=True).exists()
        row, is_new = emails.get_or_create(address=address.lower(), defaults={"is_main": main})
        emails.filter(pk=row.pk).update(verified_at=timezone.now())
        if is_new:
            self._customer.events.record("email_added", self._customer, address=address)
            self.announce()

    @transaction.atomic
    def remove_email(self, address: str) -> None:
        """Take one of the addresses away; not the main one, nor one that is not theirs: nothing happens then."""
        if self._customer.emails.filter(address=address, is_main=False).delete()[0]:
            self._customer.events.record("email_removed", self._customer, address=address)
            self.announce()

    def ask_for_address(self, address: str) -> None:
        """Mail a link to an address that the customer wants to use; with it the address becomes theirs."""
        with transaction.atomic():
            token = self._customer.area_links.mint(self._customer, "address", address=address)
            post.send(post.Letter.ADDRESS, self._customer, to=address, token=token)

    def _void_links(self, *purposes: str) -> None:
        self._customer.area_links.filter(purpose__in=purposes, used_at=None).update(expires_at=timezone.now())

    def _rehash(self, raw: str) -> None:
        self._set(password=make_password(raw))

    def _set(self, **fields: Any) -> None:
        """Change fields that have no history, without a new version of the record."""
        type(self)._default_manager.filter(pk=self.pk).update(**fields)
        for name, value in fields.items():
            setattr(self, name, value)
