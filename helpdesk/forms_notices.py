"""What tells an agent: kinds of notices here and by mail, and the mails that come by the clock."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from accounts.models import DAYS, HOURS, Agent
from helpdesk.models import NoticeKind

# In the words of whoever chooses; a new thread is told by mail only.
KINDS: dict[str, str | Promise] = {
    NoticeKind.ASSIGNED: _("A thread is assigned to me"),
    NoticeKind.FORWARDED: _("A thread is handed to me"),
    NoticeKind.DELEGATED: _("Threads are given to me to follow up"),
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
MAIL_ONLY = {NoticeKind.NEW.value}


@dataclass(frozen=True)
class Line:
    """A kind of notice, and whether it is told here (None: never) and by mail."""

    kind: str
    label: str | Promise
    here: bool | None
    mail: bool


class NoticesForm(Dressed, forms.Form):
    """A box for each kind and way; a supervisor also has the weekly mail."""

    here = forms.MultipleChoiceField(choices=list(KINDS.items()), required=False)
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
        here, mail = (self[name].value() or [] for name in ("here", "mail"))
        return [
            Line(kind, label, None if kind in MAIL_ONLY else kind in here, kind in mail)
            for kind, label in KINDS.items()
        ]

    def save(self) -> None:
        """By the verb."""
        chosen = dict(self.cleaned_data)
        here, mail = set(chosen.pop("here")), set(chosen.pop("mail"))
        kinds = set(KINDS) - MAIL_ONLY
        self.agent.choose_notices(
            unshown=sorted(kinds - here),
            unmailed=sorted(kinds - mail),
            notices_by_mail=bool(kinds & mail),
            new_threads_by_mail=NoticeKind.NEW in mail,
            **chosen,
        )


def _chosen_by(agent: Agent) -> dict[str, Any]:
    mailed = [kind for kind in KINDS if agent.notices_by_mail and kind not in agent.unmailed and kind not in MAIL_ONLY]
    clocks = ("digest_mail", "digest_hour", "weekly_mail", "weekly_day", "weekly_hour")
    return {
        "here": [kind for kind in KINDS if kind not in agent.unshown],
        "mail": [*mailed, *([NoticeKind.NEW.value] if agent.new_threads_by_mail else [])],
        **{name: getattr(agent, name) for name in clocks},
    }
