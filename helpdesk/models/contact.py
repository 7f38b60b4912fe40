"""A desk of the shop that one can write to: customer service, accounting, the webmaster."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.kept import Kept, forget, kept
from accounts.languages import in_language
from accounts.models import Agent
from helpdesk.models.desk import DeskSettings

MEMBERS = "members-of-contacts"


class ContactQuerySet(models.QuerySet["Contact"]):
    """Contacts, in the desk's words."""

    def active(self) -> "ContactQuerySet":
        """Those that were not archived."""
        return self.filter(archived_at=None)

    def visible_to(self, agent: Agent) -> "ContactQuerySet":
        """All to a supervisor, else those the agent belongs to."""
        if agent.is_supervisor:
            return self.all()
        return self.filter(pk__in=Contact.members.through.objects.filter(agent=agent).values("contact"))

    def listed(self, groups: Collection[int] = ()) -> "ContactQuerySet":
        """Those the form shows to somebody in these groups (ids; none for a stranger), in the team's order."""
        allowed = Contact.groups.through.objects.filter(customergroup__in=groups).values("contact")
        return self.active().filter(models.Q(is_restricted=False) | models.Q(pk__in=allowed), is_public=True)

    def in_form(self, groups: Collection[int] = ()) -> "ContactQuerySet":
        """Those of them that may be chosen: what is neither stored nor sent on, a message would be lost at."""
        return self.listed(groups).exclude(saves_messages=False, email="")


class Contact(Kept):
    """One desk of the shop. Titles, descriptions and signatures are kept by language."""

    slug = models.SlugField(_("short name"), max_length=64, unique=True, help_text=_("For links and commands."))
    titles = models.JSONField(_("title"), default=dict)
    descriptions = models.JSONField(_("description"), default=dict, blank=True)
    email = models.EmailField(_("e-mail"), max_length=128, blank=True)
    plus_addresses = models.BooleanField(
        _("takes plus-addresses"),
        default=False,
        help_text=_("The mail server accepts shop+word@…; answers then find their thread even without headers."),
    )
    saves_messages = models.BooleanField(
        _("save messages"), default=True, help_text=_("Off: messages are only sent on to the e-mail address.")
    )
    is_public = models.BooleanField(_("in the contact form"), default=True)
    is_restricted = models.BooleanField(
        _("only for some groups"), default=False, help_text=_("On: in the form only customers of these groups see it.")
    )
    groups = models.ManyToManyField("crm.CustomerGroup", blank=True, related_name="+", verbose_name=_("groups"))
    asks_order = models.BooleanField(_("ask for the order"), default=True)
    acknowledges = models.BooleanField(_("confirm receipt by mail"), default=True)
    signatures = models.JSONField(_("signature"), default=dict, blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="contacts", verbose_name=_("members")
    )
    default_assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("assign to")
    )
    after_reply = models.CharField(
        _("after a reply"), max_length=10, blank=True, help_text=_("Empty: as for the whole desk.")
    )
    calendar = models.ForeignKey(
        "helpdesk.Calendar", models.SET_NULL, null=True, blank=True, related_name="contacts", verbose_name=_("hours")
    )
    close_after_days = models.PositiveIntegerField(
        _("close after days without an answer"),
        default=0,
        validators=[MaxValueValidator(365)],
        help_text=_("Pending threads that wait for the customer. 0: never."),
    )
    close_notice_days = models.PositiveIntegerField(
        _("tell the customer days before"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("An answer keeps the thread open."),
    )
    position = models.PositiveIntegerField(_("position in the form"), default=0)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    CACHE_KEY = "contacts"
    ALSO_KEPT = ("calendars",)  # which of them each keeps
    history = HistoricalRecords()

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("contact")

    def __str__(self) -> str:
        return self.title

    @classmethod
    def own_addresses(cls) -> frozenset[str]:
        """The shop's own addresses, in lower case; every mail asks for them."""
        return frozenset(one.email.lower() for one in cls._every() if one.email)

    @classmethod
    def shown_to(cls, agent: Agent) -> "list[Contact]":
        """Those in use that an agent belongs to, all to a supervisor: what every page lists at its left.

        For showing only; whoever decides what somebody may do starts from `visible_to`.
        """
        in_use = [one for one in cls._every() if one.archived_at is None]
        if agent.is_supervisor:
            return in_use
        mine = kept(MEMBERS, cls._members)[agent.pk]
        return [one for one in in_use if one.pk in mine]

    @classmethod
    def _every(cls) -> "list[Contact]":
        return kept(cls.CACHE_KEY, lambda: list(cls.objects.all()))

    @classmethod
    def _members(cls) -> dict[int, set[int]]:
        """The contacts of each agent, by id."""
        found: dict[int, set[int]] = defaultdict(set)
        for agent, contact in cls.members.through.objects.values_list("agent", "contact"):
            found[agent].add(contact)
        return found

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return in_language(self.titles, get_language()) or self.slug

    @property
    def description(self) -> str:
        """The description in the reader's language."""
        return in_language(self.descriptions, get_language())

    @property
    def is_reachable(self) -> bool:
        """What is written to it is kept or sent on."""
        return self.saves_messages or bool(self.email)

    @transaction.atomic
    def restrict_to(self, groups: Iterable[Any]) -> None:
        """In the form only these groups of customers (or their ids) may choose it."""
        self.groups.set(groups)
        self._restrict(True)

    @transaction.atomic
    def admit(self, group: int, *, among: Collection[int]) -> None:
        """Let a group (its id) choose this contact in the form; once all groups `among` may, everybody may."""
        self.groups.add(group)
        if self.is_restricted and set(among) <= set(self.groups.values_list("pk", flat=True)):
            self._restrict(False)

    @transaction.atomic
    def shut_out(self, group: int, *, among: Collection[int]) -> None:
        """Keep this contact from a group; where everybody could choose it, all others `among` still may."""
        if not self.is_restricted:
            self.restrict_to(among)
        self.groups.remove(group)

    def _restrict(self, is_restricted: bool) -> None:
        self.is_restricted = is_restricted
        self.save(update_fields=["is_restricted"])

    def people(self) -> models.QuerySet[Agent]:
        """Active agents who may see its threads."""
        members = type(self).members.through.objects.filter(contact=self).values("agent")
        return Agent.objects.active().filter(models.Q(role=Agent.Role.SUPERVISOR) | models.Q(pk__in=members))

    def title_in(self, language: str) -> str:
        """The title in a customer's language."""
        return in_language(self.titles, language) or self.slug

    def signature(self, language: str) -> str:
        """What goes under a reply: the contact's own text, else the desk's default message."""
        own = in_language(self.signatures, language)
        return own or DeskSettings.load().default_message(language)

    @transaction.atomic
    def archive(self, *, by: Agent, move_threads_to: "Contact | None" = None) -> None:
        """Take the contact out of use; its threads and mailboxes go to another, so that none is left behind.

        Raises ValueError if there are any and no other contact is named.
        """
        threads = self.threads.all()
        if threads.exists() or self.mailboxes.exists():
            if move_threads_to is None or move_threads_to == self:
                raise ValueError("threads and mailboxes need another contact")
            for thread in threads:
                thread.move_to(move_threads_to, by=by)
            self.mailboxes.update(contact=move_threads_to)
        self.archived_at = timezone.now()
        self.save(update_fields=["archived_at"])

    def restore(self) -> None:
        """Back in use; what was moved stays where it is."""
        self.archived_at = None
        self.save(update_fields=["archived_at"])

    @transaction.atomic
    def move(self, *, up: bool) -> None:
        """Change places with the neighbour above or below in the form; at the end nothing happens."""
        order = list(Contact.objects.active().select_for_update().order_by("position", "pk"))
        place = order.index(self)
        other = place - 1 if up else place + 1
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
        for position, contact in enumerate(order, start=1):
            Contact.objects.filter(pk=contact.pk).exclude(position=position).update(position=position)
        forget(self.CACHE_KEY)


def _member_changed(action: str, **_kwargs: Any) -> None:
    if action.startswith("post_"):
        forget(MEMBERS)


models.signals.m2m_changed.connect(_member_changed, sender=Contact.members.through)
