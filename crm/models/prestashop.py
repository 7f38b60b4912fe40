"""A shop that runs PrestaShop: how its web service is reached, and how far reading it came."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import vault
from crm.models.shop import Shop

LEASE = timedelta(minutes=3)  # longer than a page may take
EVERY = timedelta(minutes=2)
SWEEP_EVERY = timedelta(days=1)
LONGEST_WAIT = timedelta(hours=1)
KEPT_PROBLEMS = 200
KEY = RegexValidator(r"\A[A-Za-z0-9]{32}\Z", _("The key of a web service has exactly 32 letters and digits."))


class PrestaShopQuerySet(models.QuerySet["PrestaShop"]):
    """Connections, in the desk's words."""

    def due(self) -> "PrestaShopQuerySet":
        """With something to do now: what a supervisor asked for, or what changed in a shop that was imported."""
        now = timezone.now()
        free = models.Q(leased_until=None) | models.Q(leased_until__lt=now)
        asked = ~models.Q(task="")
        again = models.Q(is_paused=False) & ~models.Q(imported_at=None)
        return self.filter(free, asked | again, shop__is_active=True, next_at__lte=now)

    def claim(self) -> "PrestaShop | None":
        """One that is due and that no other worker holds; it is this one's for a while."""
        for one in self.due().select_related("shop").order_by("next_at", "pk"):
            if self.due().filter(pk=one.pk).update(leased_until=timezone.now() + LEASE):
                return one
        return None


class PrestaShop(models.Model):
    """The connection. There is work where `task` is set; an imported shop is looked at again and again besides."""

    class Task(models.TextChoices):
        NONE = "", _("Nothing")
        TRIAL = "trial", _("Trial, nothing is saved")
        IMPORT = "import", _("First import")
        SYNC = "sync", _("What changed")
        SWEEP = "sweep", _("What disappeared")  # a part of looking for changes, nobody asks for it

    shop = models.OneToOneField(Shop, models.CASCADE, related_name="prestashop")
    address = models.URLField(_("address of the web service"), help_text=_("As in https://shop.example/api/"))
    locked_key = models.TextField(blank=True, editable=False)
    cart_days = models.PositiveIntegerField(_("days of carts to import"), default=90)
    reads_threads = models.BooleanField(
        _("customer service threads too"),
        default=True,
        help_text=_("They are taken as they were: nobody gets mail, and what is closed stays closed."),
    )
    in_json = models.BooleanField(
        _("ask for JSON"),
        default=False,
        help_text=_("Only if the shop's XML cannot be read: XML is the more faithful of the two."),
    )
    is_paused = models.BooleanField(default=False)
    task = models.CharField(max_length=8, choices=Task, blank=True, default=Task.NONE)
    language = models.CharField(max_length=8, blank=True)  # of whoever asked: what is wrong is said in it
    imported_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    swept_at = models.DateTimeField(null=True, blank=True)
    version = models.CharField(max_length=32, blank=True)
    problem = models.TextField(blank=True)
    problem_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now, db_index=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    objects = PrestaShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("PrestaShop connection")

    def __str__(self) -> str:
        return self.address

    @property
    def key(self) -> str:
        """The key in clear; nobody sees it again but the shop. Raises ValueError if it cannot be opened."""
        return vault.unlock(self.locked_key)

    def set_key(self, key: str) -> None:
        """Keep another key, encrypted. Raises ValidationError for what is none."""
        KEY(key)
        self.locked_key = vault.lock(key)

    @property
    def is_sweep_due(self) -> bool:
        """It is time to look for what disappeared."""
        return self.swept_at is None or self.swept_at < timezone.now() - SWEEP_EVERY

    def note_sweep(self) -> None:
        """All ids were held against ours."""
        self.swept_at = timezone.now()
        self.save(update_fields=["swept_at"])

    def ask(self, task: str) -> None:
        """Begin a trial or an import, or go on with one; or look at once for what changed.

        Raises ValidationError for changes of a shop that was not imported.
        """
        if task == self.Task.SYNC and self.imported_at is None:
            raise ValidationError(_("Import the shop first."))
        if task != self.Task.SYNC and not self.steps.filter(task=task, done_at=None).exists():
            self.steps.filter(task=task).delete()
        now = timezone.now()
        PrestaShop.objects.filter(pk=self.pk).update(
            task=task,
            language=get_language() or "",
            next_at=now,
            problem="",
            problem_at=None,
            failures=0,
            is_paused=False,
        )
        self.refresh_from_db()

    def pause(self) -> None:
        """Do nothing of its own accord, and stop what is going on; what was read stays, and where it was."""
        PrestaShop.objects.filter(pk=self.pk).update(is_paused=True, task=self.Task.NONE)
        self.refresh_from_db()

    def resume(self) -> None:
        """Look for what changed again; an import that was stopped is asked for anew."""
        PrestaShop.objects.filter(pk=self.pk).update(is_paused=False, next_at=timezone.now())
        self.refresh_from_db()

    def hold(self) -> bool:
        """Stay the one who works at it; False if it was paused or something else was asked for."""
        mine = PrestaShop.objects.filter(pk=self.pk, task=self.task, is_paused=False)
        return bool(mine.update(leased_until=timezone.now() + LEASE))

    def let_go(self, *, wait: timedelta = timedelta(0), **fields: Any) -> None:
        """Let another worker go on, after a while."""
        mine = PrestaShop.objects.filter(pk=self.pk, task=self.task)
        mine.update(next_at=timezone.now() + wait, **fields)
        PrestaShop.objects.filter(pk=self.pk).update(leased_until=None)

    def fail(self, problem: str, *, for_good: bool) -> None:
        """Write down what is wrong and wait, longer each time; `for_good`: somebody has to mend it first."""
        wait = min(timedelta(minutes=1) * 2 ** min(self.failures, 6), LONGEST_WAIT)
        fields: dict[str, Any] = {"problem": problem, "problem_at": timezone.now(), "failures": self.failures + 1}
        if for_good and self.task in (self.Task.TRIAL, self.Task.IMPORT):
            fields["task"] = self.Task.NONE
        self.let_go(wait=wait, **fields)

    @transaction.atomic
    def finish(self) -> None:
        """What was asked for is done."""
        now = timezone.now()
        fields: dict[str, Any] = {"problem": "", "problem_at": None, "failures": 0}
        if self.task == self.Task.IMPORT:
            fields |= {"imported_at": now, "synced_at": now}
        elif self.task != self.Task.TRIAL:
            fields["synced_at"] = now
        self.let_go(wait=EVERY, task=self.Task.NONE, **fields)

    @property
    def is_unfinished(self) -> bool:
        """An import began and did not come to its end."""
        return self.imported_at is None and self.steps.filter(task=self.Task.IMPORT).exists()


class PrestaShopStep(models.Model):
    """One kind of object in a trial, an import or the looking for changes: how far it is, and what came of it."""

    connection = models.ForeignKey(PrestaShop, models.CASCADE, related_name="steps")
    task = models.CharField(max_length=8, choices=PrestaShop.Task)
    resource = models.CharField(max_length=32)
    last_id = models.PositiveBigIntegerField(default=0)  # while importing
    start = models.CharField(max_length=19, blank=True)  # of the changes looked for: the shop's own wall clock
    since = models.CharField(max_length=19, blank=True)  # how far that is
    offset = models.PositiveIntegerField(default=0)  # within that second
    seen = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    absent = models.JSONField(default=dict, blank=True)  # ids that a sweep missed, and the one before it
    problems = models.JSONField(default=list, blank=True)  # pairs of the shop's id and a sentence
    begun_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("step of an import")
        constraints = [models.UniqueConstraint(fields=["connection", "task", "resource"], name="one_step_a_resource")]

    def __str__(self) -> str:
        return f"{self.task} {self.resource}"

    def note(self, shop_id: str, sentence: str) -> None:
        """Remember why an object was not taken; the newest are kept."""
        others = [one for one in self.problems if one[0] != shop_id]
        self.problems = [*others, [shop_id, sentence[:500]]][-KEPT_PROBLEMS:]
