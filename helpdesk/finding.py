"""Finding threads by what was typed, among those that an agent may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accounts.models import Agent
from helpdesk.models import Contact, Folder, MessageWords, Thread
from helpdesk.models.thread import ThreadQuerySet
from helpdesk.models.words import contact_word, folder_word
from search import folding
from search.query import Query, Term, read

MOST = 500  # threads; beyond it, a list says "more than"
MOST_OF_QUEUE = 2_000  # threads of a queue that is narrowed to some words
ROWS_OF_A_THREAD = 4


@dataclass(frozen=True)
class Found:
    """Threads (ids), the newest hit first, each with the message that was hit. Unless `is_all` there are more."""

    ids: Sequence[int] = ()
    message_of: Mapping[int, int] = field(default_factory=dict)
    is_all: bool = True


def query_of(typed: str, agent: Agent) -> Query:
    """What was typed as a query; an IP address or network is one only for whoever may see addresses in full."""
    network = folding.network_of(typed) if agent.is_supervisor else None
    if network is None:
        return read(typed)
    return Query((tuple(Term(word, begins=True) for word in folding.machine_beginnings(network)),))


def threads(
    agent: Agent,
    typed: str,
    *,
    among: ThreadQuerySet | None = None,
    folders: Sequence[str] = Folder.values,
    enough: int | None = None,
    most: int = MOST,
) -> Found:
    """At most `most` threads that an agent may see, in these folders, with all the typed words in one message.

    `among` narrows them further. With more than `enough` of them (`most` unless given) the older ones may be left out.
    """
    query = query_of(typed, agent)
    if not query or (scope := _scope(agent, folders)) is None:
        return Found()
    for words in scope:
        query = query.among(*words)
    hits = MessageWords.find(query, enough=most if enough is None else enough, most=most * ROWS_OF_A_THREAD)
    message_of = hits.first_of_group
    candidates = list(message_of)[: most + 1]
    # The words only save looking at what cannot be seen: who may see what is said by the queryset alone.
    seen = Thread.objects.visible_to(agent) if among is None else among
    seen = seen.filter(pk__in=candidates, folder__in=folders)
    shown = set(seen.order_by().values_list("pk", flat=True))
    ids = [pk for pk in candidates if pk in shown]
    return Found(ids[:most], message_of, hits.is_all and len(message_of) <= most)


def _scope(agent: Agent, folders: Sequence[str]) -> list[list[str]] | None:
    """Words of which every message that the agent may see has one of each list; None if they may see nothing."""
    scope = [] if set(folders) == set(Folder.values) else [[folder_word(one) for one in folders]]
    if agent.is_supervisor:
        return scope
    contacts = Contact.members.through.objects.filter(agent=agent).values_list("contact", flat=True)
    words = [contact_word(pk) for pk in contacts]
    return [words, *scope] if words else None
