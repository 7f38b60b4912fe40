"""What can be done to many threads at once: each does it to one by that thread's own verb, and takes it back."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from helpdesk import notices
from helpdesk.models.close_reason import CloseReason
from helpdesk.models.contact import Contact
from helpdesk.models.desk import Folder, Status
from helpdesk.models.event import EventKind
from helpdesk.models.marks import NoticeKind

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread

Facts = dict[str, Any]


class MoveKind(models.TextChoices):
    """What is changed."""

    STATUS = "status", _("Status")
    ASSIGNEE = "assignee", _("Assignee")
    PRIORITY = "priority", _("Priority")
    TAGS = "tags", _("Tags")
    CONTACT = "contact", _("Contact")
    FOLDER = "folder", _("Folder")


class Skipped(Exception):
    """A thread to which it cannot be done. Its text is a key of SKIPPED."""


SKIPPED = {
    "not_member": _("whoever was chosen does not belong to their contact"),
    "supervisor": _("only supervisors put threads into the bin and out of it"),
    "elsewhere": _("they lie in another folder"),
}


class Move:
    """One kind of change. `to` is what it sets, as JSON keeps it; `name` says it in words that stay true."""

    kind: ClassVar[MoveKind]

    def __init__(self, to: Any, name: str = "") -> None:
        self.to, self.name = to, name

    def do(self, thread: "Thread", *, by: Agent) -> Facts:
        """Change the thread. Returns what undoing needs; nothing where it was so already. Raises Skipped."""
        raise NotImplementedError

    def undo(self, thread: "Thread", facts: Mapping[str, Any], *, by: Agent) -> bool:
        """Make it as it was, unless somebody changed it since. Returns whether it did."""
        raise NotImplementedError

    def finish(self, threads: "list[Thread]", *, by: Agent) -> None:
        """What is said once for all the threads that were changed."""


class SetStatus(Move):
    """One of the four; with a reason where closing asks for one."""

    kind = MoveKind.STATUS

    def __init__(self, to: Any, name: str = "", reason: CloseReason | None = None) -> None:
        super().__init__(to, name)
        self.reason = reason

    def do(self, thread: "Thread", *, by: Agent) -> Facts:
        """Set it."""
        facts = thread.status_facts()
        return facts if thread.set_status(Status(self.to), by=by, reason=self.reason) else {}

    def undo(self, thread: "Thread", facts: Mapping[str, Any], *, by: Agent) -> bool:
        """As if it had never been set."""
        return thread.status == self.to and thread.take_back_status(facts, by=by)


class SetAssignee(Move):
    """An agent's id, or None for nobody."""

    kind = MoveKind.ASSIGNEE

    def __init__(self, to: Any, name: str = "") -> None:
        super().__init__(to, name)
        self.agent = Agent.objects.active().filter(pk=to).first() if to else None

    def do(self, thread: "Thread", *, by: Agent) -> Facts:
        """Put them in charge; they are told once for all."""
        facts = {"assignee": thread.assignee_id}
        try:
            return facts if thread.assign(self.agent, by=by, notice=False) else {}
        except ValueError as error:
            raise Skipped("not_member") from error

    def undo(self, thread: "Thread", facts: Mapping[str, Any], *, by: Agent) -> bool:
        """Whoever had it; nobody, if they left or may not see it any more."""
        return thread.assignee_id == self.to and give_back(thread, facts["assignee"], by=by)

    def finish(self, threads: "list[Thread]", *, by: Agent) -> None:
        """One notice."""
        if self.agent is not None and threads:
            others = len(threads) - 1
            text = f"{threads[0].subject} (+{others})" if others else threads[0].subject
            notices.tell(self.agent, NoticeKind.ASSIGNED, threads[0], text=text, by=by)


def give_back(thread: "Thread", assignee: int | None, *, by: Agent) -> bool:
    """To whoever had it (an id); to nobody, if they left or may not see it any more. Returns whether it changed."""
    before = Agent.objects.active().filter(pk=assignee).first() if assignee else None
    try:
        return thread.assign(before, by=by, notice=False)
    except ValueError:
        return thread.assign(None, by=by)


class SetPriority(Move):
    """How pressing they are."""

    kind = MoveKind.PRIORITY

    def do(self, thread: "Thread", *, by: Agent) -> Facts:
        """Set it."""
        facts = {"priority": thread.priority}
        return facts if thread.set_priority(self.to, by=by) else {}

    def undo(self, thread: "Thread", facts: Mapping[str, Any], *, by: Agent) -> bool:
        """As it was."""
        return thread.priority == self.to and thread.set_priority(facts["priority"], by=by)


class SetTags(Move):
    """Words to put on and words to take off: {"add": [...], "remove": [...]}."""

    kind = MoveKind.TAGS

    def __init__(self, to: Any, name: str = "") -> None:
        super().__init__(to, name)
        self.add, self.remove = set(to["add"]), set(to["remove"])

    def do(self, thread: "Thread", *, by: Agent) -> Facts:
        """The others stay."""
        before = {tag.name for tag in thread.tags.all()}
        if not thread.retag(add=self.add, remove=self.remove, by=by):
            return {}
        return {"added": sorted(self.add - before), "removed": sorted(self.remove & before)}

    def undo(self, thread: "Thread", facts: Mapping[str, Any], *, by: Agent) -> bool:
        """Only what was really put on or taken off."""
        return thread.retag(add=facts["removed"], remove=facts["added"], by=by)


class SetContact(Move):
    """A contact's id."""

    kind = MoveKind.CONTACT

    def __init__(self, to: Any, name: str = "") -> None:
        super().__init__(to, name)
        self.contact = Contact.objects.filter(pk=to).first()

    def do(self, thread: "Thread", *, by: Agent) -> Facts:
        """Into its queue."""
        facts = {"contact": thread.contact_id, "assignee": thread.assignee_id}
        return facts if self.contact and thread.move_to(self.contact, by=by) else {}

    def undo(self, thread: "Thread", facts: Mapping[str, Any], *, by: Agent) -> bool:
        """Back, to the agent who had it there."""
        before = Contact.objects.filter(pk=facts["contact"]).first()
        if thread.contact_id != self.to or before is None or not thread.move_to(before, by=by):
            return False
        if thread.assignee_id is None:
            give_back(thread, facts["assignee"], by=by)
        return True


class SetFolder(Move):
    """Desk, spam or bin."""

    kind = MoveKind.FOLDER

    def do(self, thread: "Thread", *, by: Agent) -> Facts:
        """From spam and from the bin one goes to the desk first, as with a single thread."""
        before = thread.folder
        if before == self.to:
            return {}
        if Folder.TRASH in (before, self.to) and not by.is_supervisor:
            raise Skipped("supervisor")
        if Folder.DESK not in (before, self.to):
            raise Skipped("elsewhere")
        return {"folder": before} if thread.lay_into(self.to, FOLDER_EVENTS[before, self.to], by=by) else {}

    def undo(self, thread: "Thread", facts: Mapping[str, Any], *, by: Agent) -> bool:
        """Back where it lay."""
        way = FOLDER_EVENTS[self.to, facts["folder"]]
        return thread.folder == self.to and thread.lay_into(facts["folder"], way, by=by)


FOLDER_EVENTS: dict[tuple[str, str], EventKind] = {
    (Folder.DESK, Folder.SPAM): EventKind.SPAM,
    (Folder.SPAM, Folder.DESK): EventKind.NOT_SPAM,
    (Folder.DESK, Folder.TRASH): EventKind.TRASHED,
    (Folder.TRASH, Folder.DESK): EventKind.RESTORED,
}
KINDS: tuple[type[Move], ...] = (SetStatus, SetAssignee, SetPriority, SetTags, SetContact, SetFolder)
MOVES: dict[str, type[Move]] = {one.kind: one for one in KINDS}


def tags_of(words: Iterable[str]) -> list[str]:
    """Names of tags as they are stored, each once."""
    return sorted({" ".join(word.split())[:40] for word in words if word.strip()})
