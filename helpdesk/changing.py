"""What an agent asks to be done to many threads, read from a form: which move it is, or why it cannot be."""

from collections.abc import Callable

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import Agent
from accounts.tag_choices import chosen
from accounts.typed import number
from helpdesk.filters import ME, NOBODY
from helpdesk.models import CloseReason, Contact, Folder, Move, Priority, ReasonMissing, Status, StatusLabel, ThreadTag
from helpdesk.models.moves import SetAssignee, SetContact, SetFolder, SetPriority, SetStatus, SetTags, tags_of


def move_of(params: QueryDict, agent: Agent) -> Move:
    """The move that `do` names, as KIND:VALUE. Raises ValueError with a sentence for what is not possible."""
    kind, _colon, value = params.get("do", "").partition(":")
    if kind not in READERS:
        raise ValueError(_("Choose what to do with the threads."))
    return READERS[kind](value, params, agent)


def _status(value: str, params: QueryDict, agent: Agent) -> Move:
    value, _colon, number = value.partition(":")
    if value not in Status.values:
        raise ValueError(_("Choose open, pending 1, pending 2 or closed."))
    return status_move(value, CloseReason.called(number))


def status_move(status: str, reason: CloseReason | None) -> Move:
    """One of the four. Raises ReasonMissing where closing asks for a reason."""
    if status == Status.CLOSED and not reason and CloseReason.asked_for():
        raise ReasonMissing(_("Say why the threads are closed."))
    return SetStatus(status, StatusLabel.all_by_status()[status].name, reason)


def _assignee(value: str, params: QueryDict, agent: Agent) -> Move:
    if value == NOBODY:
        return SetAssignee(None, _("Nobody"))
    wanted = str(agent.pk) if value == ME else value
    move = SetAssignee(number(wanted))
    if move.agent is None:
        raise ValueError(_("Choose who is to be in charge."))
    move.name = str(move.agent)
    return move


def _priority(value: str, params: QueryDict, agent: Agent) -> Move:
    if value not in Priority.values:
        raise ValueError(_("There is no such priority. Choose low, normal, high or urgent."))
    return SetPriority(value, str(Priority(value).label))


def _contact(value: str, params: QueryDict, agent: Agent) -> Move:
    contact = Contact.objects.active().filter(slug=value).first()
    if contact is None:
        raise ValueError(_("Choose a contact."))
    return SetContact(contact.pk, contact.title)


def _folder(value: str, params: QueryDict, agent: Agent) -> Move:
    if value not in Folder.values:
        raise ValueError(_("Choose what to do with the threads."))
    if value == Folder.TRASH and not agent.is_supervisor:
        raise ValueError(_("Only supervisors put threads into the bin."))
    return SetFolder(value, str(Folder(value).label))


def _tags(value: str, params: QueryDict, agent: Agent) -> Move:
    put_on, take_off = chosen(params, ThreadTag.objects.all())
    return tags_move(tags_of(put_on), tags_of(take_off))


def tags_move(add: list[str], remove: list[str]) -> Move:
    """Put some tags on and take others off. Raises ValueError for none, or for one that is in both."""
    if not add and not remove:
        raise ValueError(_("Nothing is chosen: no tag would change."))
    if both := sorted(set(add) & set(remove)):
        raise ValueError(_("“%(names)s” cannot be put on and taken off at once.") % {"names": ", ".join(both)})
    words = [*(f"+ {one}" for one in add), *(f"− {one}" for one in remove)]
    return SetTags({"add": add, "remove": remove}, ", ".join(words))


READERS: dict[str, Callable[[str, QueryDict, Agent], Move]] = {
    "status": _status,
    "assignee": _assignee,
    "priority": _priority,
    "contact": _contact,
    "folder": _folder,
    "tags": _tags,
}
