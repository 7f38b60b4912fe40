"""What tells an agent: kinds of notices here, by the browser and by mail, and the mails that come by the clock."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from accounts.models import DAYS, HOURS, WAYS, Agent
from helpdesk.models import NoticeKind

# In the words of whoever chooses.
KINDS: dict[str, str | Promise] = {
    NoticeKind.ASSIGNED: _("A thread is assigned to me"),
    NoticeKind.FORWARDED: _("A thread is handed to me"),
    NoticeKind.DELEGATED: _("Threads are given to me to follow up"),
    NoticeKind.TAKEN_BACK: _("What I was given to follow up is taken back"),
    NoticeKind.MENTIONED: _("I am named in a note"),
    NoticeKind.ANSWERED: _("A customer answers in a thread of mine"),
    NoticeKind.NEW: _("A new thread at my contacts"),
    NoticeKind.DUE_SOON: _("A thread of mine is due soon"),
    NoticeKind.OVERDUE: _("A thread of mine is overdue"),
    NoticeKind.WOKEN: _("A thread wakes up"),
    NoticeKind.BROKEN: _("A promise of mine was broken"),
    NoticeKind.FAILED: _("A reply of mine was not delivered"),
    NoticeKind.CART: _("A watched cart may be somebody's"),
}
# What a box of the table says, by the way it stands for.
SENTENCES: dict[str, str | Promise] = {
    "here": _("%(what)s: here"),
    "browser": _("%(what)s: by the browser"),
    "mail": _("%(what)s: by mail"),
}


@dataclass(frozen=True)
class Box:
    """A way of telling, whether it is wanted, and what it is called."""

    way: str
    is_on: bool
    label: str


@dataclass(frozen=True)
class Line:
    """A kind of notice, and each way of telling it."""

    kind: str
    label: str | Promise
    boxes: list[Box]


class NoticesForm(Dressed, forms.Form):
    """A box for each kind and way; a supervisor also has the weekly mail."""

    here = forms.MultipleChoiceField(choices=list(KINDS.items()), required=False)
    browser = forms.MultipleChoiceField(choices=list(KINDS.items()), required=False)
    mail = forms.MultipleChoiceField(choices=list(KINDS.items()), required=False)
    digest_mail = forms.BooleanField(
        required=False,
        label=_("Send me what is overdue by e-mail"),
        help_text=_("On working days on which something of mine is overdue."),
    )
    digest_hour = forms.TypedChoiceField(choices=HOURS, coerce=int, label=_("At"))
    weekly_mail = forms.BooleanField(required=False, label=_("Send me the week by e-mail"))
    weekly_day = forms.TypedChoiceField(choices=DAYS, coerce=int, label=_("On"))
    weekly_hour = forms.TypedChoiceField(choices=HOURS, coerce=int, label=_("At"))

    def __init__(self, data: Any = None, *, agent: Agent) -> None:
        self.agent = agent
        super().__init__(data, initial=_chosen_by(agent))
        if not agent.is_supervisor:
            for name in ("weekly_mail", "weekly_day", "weekly_hour"):
                del self.fields[name]
        self.dress()

    @property
    def lines(self) -> list[Line]:
        """The matrix, as it was sent or as it is."""
        on = {way: self[way].value() or [] for way in WAYS}
        return [
            Line(kind, label, [Box(way, kind in on[way], str(SENTENCES[way]) % {"what": label}) for way in WAYS])
            for kind, label in KINDS.items()
        ]

    def clean(self) -> dict[str, Any]:
        """What the browser shows stands in the bell too: it must be found again."""
        said = super().clean() or {}
        said["here"] = [*{*said.get("here", ()), *said.get("browser", ())}]
        return said

    def save(self) -> None:
        """By the verb."""
        chosen = dict(self.cleaned_data)
        off = {field: sorted(set(KINDS) - set(chosen.pop(way))) for way, field in WAYS.items()}
        self.agent.choose_notices(**off, **chosen)


def _chosen_by(agent: Agent) -> dict[str, Any]:
    told = {way: [kind for kind in KINDS if agent.is_told(kind, way)] for way in WAYS}
    clocks = ("digest_mail", "digest_hour", "weekly_mail", "weekly_day", "weekly_hour")
    return {**told, **{name: getattr(agent, name) for name in clocks}}
