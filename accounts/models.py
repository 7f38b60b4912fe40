"""People of the shop who sign in."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models, transaction
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.models import Token

from accounts.kept import Kept, kept

DAYS = list(WEEKDAYS.items())
HOURS = [(hour, f"{hour}:00") for hour in range(24)]
# How one is told of something, and the field that names the kinds of which one is not.
WAYS = {"here": "unshown", "browser": "unpopped", "mail": "unmailed"}
IN_THE_DIGEST = ("due_soon", "overdue")  # the daily mail tells them together


def seldom_here() -> list[str]:
    """Of which kinds of notices the bell says nothing until one asks for it."""
    return ["new"]


def seldom_popped() -> list[str]:
    """And those that the browser does not show."""
    return ["new", "woken", "cart"]


def told_together() -> list[str]:
    """And those of which nobody gets a mail each."""
    return ["new", *IN_THE_DIGEST]


class AgentQuerySet(models.QuerySet["Agent"]):
    """Agents, in the desk's words."""

    def active(self) -> "AgentQuerySet":
        """Those who may sign in."""
        return self.filter(is_active=True)

    def supervisors(self) -> "AgentQuerySet":
        """Those who may sign in and see everything."""
        return self.active().filter(role=Agent.Role.SUPERVISOR)

    def named(self, name: str) -> "Agent | None":
        """Who signs in with this name or e-mail, in whatever case; None if nobody or several do."""
        name = name.strip()
        found = self.filter(models.Q(username__iexact=name) | models.Q(email__iexact=name)) if name else self.none()
        agents = list(found[:2])
        return agents[0] if len(agents) == 1 else None


class AgentManager(UserManager.from_queryset(AgentQuerySet)):  # type: ignore[misc]
    """Django's user manager with our questions."""


class Agent(Kept, AbstractUser):
    """A person of the shop who signs in and answers. A supervisor is an agent with that role."""

    class Role(models.TextChoices):
        AGENT = "agent", _("Agent")
        SUPERVISOR = "supervisor", _("Supervisor")

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    class QueueSort(models.TextChoices):
        NEWEST = "newest", _("Last activity first")
        WAIT = "wait", _("Longest wait first")
        DUE = "due", _("Due first")

    class ThreadOrder(models.TextChoices):
        OLDEST = "oldest", _("Oldest message first")
        NEWEST = "newest", _("Newest message first")

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.AGENT)
    signature = models.TextField(
        _("signature"), blank=True, help_text=_("Goes under your replies, above the contact's.")
    )
    language = models.CharField(
        _("language"), max_length=8, blank=True, choices=settings.LANGUAGES, help_text=_("Empty: as the browser asks.")
    )
    theme = models.CharField(_("theme"), max_length=8, blank=True, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(_("density"), max_length=12, choices=Density, default=Density.COMFORTABLE)
    queue_sort = models.CharField(_("order of the queue"), max_length=8, choices=QueueSort, default=QueueSort.NEWEST)
    thread_order = models.CharField(
        _("order of a thread"), max_length=8, choices=ThreadOrder, default=ThreadOrder.OLDEST
    )
    single_keys = models.BooleanField(
        _("single-key shortcuts"), default=True, help_text=_("Off: only shortcuts with Ctrl work.")
    )
    weekly_mail = models.BooleanField(_("send me the week by e-mail"), default=True)
    weekly_day = models.PositiveSmallIntegerField(_("on"), choices=DAYS, default=0)
    weekly_hour = models.PositiveSmallIntegerField(_("at"), choices=HOURS, default=8)
    weekly_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    digest_mail = models.BooleanField(_("send me what is overdue by e-mail"), default=True)
    digest_hour = models.PositiveSmallIntegerField(_("at"), choices=HOURS, default=8)
    digest_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Kinds of notices: not in the bell, not shown by the browser, not by mail. See WAYS.
    unshown = models.JSONField(default=seldom_here, blank=True, editable=False)
    unpopped = models.JSONField(default=seldom_popped, blank=True, editable=False)
    unmailed = models.JSONField(default=told_together, blank=True, editable=False)
    muted_until = models.DateTimeField(null=True, blank=True, editable=False)  # the browser is silent

    CACHE_KEY = "notices-chosen"
    KEPT_COLUMNS = frozenset({"is_active", "unshown", "unmailed"})
    objects: ClassVar[AgentManager] = AgentManager()
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("agent")
        verbose_name_plural = _("agents")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name shown to colleagues and customers."""
        return str(self)

    def get_short_name(self) -> str:
        """The first word of the name."""
        return str(self).split(" ")[0]

    @property
    def is_supervisor(self) -> bool:
        """Sees all contacts, statistics and settings."""
        return self.role == self.Role.SUPERVISOR

    PREFERENCES: ClassVar[dict[str, type[models.TextChoices]]] = {
        "theme": Theme,
        "density": Density,
        "queue_sort": QueueSort,
        "thread_order": ThreadOrder,
    }

    def prefer(self, **choices: str) -> None:
        """Remember a choice of theme=, density=, queue_sort= or thread_order=.

        Raises ValueError for a word that is none of them.
        """
        for field, value in choices.items():
            if value not in self.PREFERENCES[field].values:
                raise ValueError(f"{value!r} is no {field}")
            setattr(self, field, value)
        self.save(update_fields=list(choices))

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        words = str(self).split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def is_invited(self) -> bool:
        """Has not chosen a password yet."""
        return self.is_active and not self.has_usable_password()

    @property
    def is_last_supervisor(self) -> bool:
        """Without this one nobody could change the settings any more."""
        return self.is_supervisor and not Agent.objects.supervisors().exclude(pk=self.pk).exists()

    @transaction.atomic
    def deactivate(self) -> None:
        """End this agent's access at once: sessions, API token and mailed links. Threads stay where they are.

        Raises ValueError for the last supervisor.
        """
        list(Agent.objects.supervisors().select_for_update())  # two supervisors must not remove each other
        if self.is_last_supervisor:
            raise ValueError("the last supervisor stays")
        self.is_active = False
        self.set_unusable_password()
        self.save(update_fields=["is_active", "password"])
        Token.objects.filter(user=self).delete()

    def stop_weekly_mail(self) -> None:
        """No more of the weekly mail; the profile brings it back."""
        self.weekly_mail = False
        self.save(update_fields=["weekly_mail"])

    def stop_digest(self) -> None:
        """No more mails of what is overdue."""
        self.digest_mail = False
        self.save(update_fields=["digest_mail"])

    def is_told(self, kind: str, way: str) -> bool:
        """Whether they want such a notice in one of the WAYS."""
        return kind not in getattr(self, WAYS[way])

    @classmethod
    def somebody_wants(cls, kind: str) -> bool:
        """Whether such a notice tells anybody at all: of most kinds, it is nobody."""
        chosen = kept(cls.CACHE_KEY, cls._chosen)
        return any(kind not in unshown or kind not in unmailed for unshown, unmailed in chosen)

    @classmethod
    def _chosen(cls) -> list[tuple[list[str], list[str]]]:
        return list(cls.objects.active().order_by().values_list("unshown", "unmailed").distinct())

    @property
    def is_muted(self) -> bool:
        """The browser shows no notices for a while."""
        return self.muted_until is not None and self.muted_until > timezone.now()

    def mute(self, span: timedelta) -> datetime:
        """Let the browser be silent for so long; the bell and the mails go on. Returns until when."""
        self.muted_until = until = timezone.now() + span
        self.save(update_fields=["muted_until"])
        return until

    def unmute(self) -> None:
        """The browser speaks again."""
        self.muted_until = None
        self.save(update_fields=["muted_until"])

    def choose_notices(self, **chosen: Any) -> None:
        """What tells them: unshown=, unpopped=, unmailed= (kinds), and the mails by the clock (digest_..., weekly_...).
        What is not named stays."""
        for name, value in chosen.items():
            setattr(self, name, value)
        self.save(update_fields=list(chosen))

    def activate(self) -> None:
        """Let this agent come back; a new link to choose a password is needed."""
        self.is_active = True
        self.save(update_fields=["is_active"])


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Absences, in the desk's words."""

    def on(self, day: date) -> "AbsenceQuerySet":
        """Those that hold on a day, with agent and deputy."""
        here = models.Q(ended_on=None) | models.Q(ended_on__gt=day)
        return self.filter(here, since__lte=day, until__gte=day).select_related("agent", "deputy")

    def by_agent(self, day: date) -> "dict[int, Absence]":
        """Who is away on a day: each absence by the agent's id."""
        return {one.agent_id: one for one in self.on(day)}

    @transaction.atomic
    def announce(self, agent: Agent, **said: Any) -> "Absence":
        """Somebody will be away. What was announced for them and not begun or not over is replaced."""
        today = timezone.localdate()
        for one in self.filter(agent=agent, until__gte=today, ended_on=None):
            one.end()
        return self.create(agent=agent, **said)


class Absence(models.Model):
    """Days on which an agent is away. Rows stay: they are the history."""

    class Threads(models.TextChoices):
        KEEP = "keep", _("stay with them")
        QUEUE = "queue", _("go back to the queue")
        DEPUTY = "deputy", _("go to the deputy")

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="absences")
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    deputy = models.ForeignKey(
        Agent, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who stands in")
    )
    threads = models.CharField(_("their open threads"), max_length=8, choices=Threads, default=Threads.QUEUE)
    note = models.CharField(_("note"), max_length=120, blank=True)
    by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    announced_at = models.DateTimeField(default=timezone.now)
    ended_on = models.DateField(null=True, blank=True)  # back earlier

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        verbose_name = _("absence")
        indexes = [models.Index(fields=["until", "since"], name="absences_by_day")]

    def __str__(self) -> str:
        return f"{self.agent} {self.since:%F} – {self.until:%F}"

    def end(self) -> None:
        """They are back, or it was called off."""
        self.ended_on = timezone.localdate()
        self.save(update_fields=["ended_on"])
