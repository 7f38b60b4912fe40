"""Builds the practice shop in an empty database, the same each time but for passwords and the date."""

import json
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Absence, Agent, told_together
from config.practice import buttons, carts, levels, lost, post, records, review
from config.practice import orders as shop_floor
from config.practice.people import Town
from config.practice.predefined import write_replies
from config.practice.team import hire, open_desks, settle_desk
from config.practice.threads import History
from crm import indexing
from crm.models import Customer, CustomerGroup, PriceDisplay
from helpdesk.models import Contact, Notice, ReadMark, Thread
from helpdesk.statistics import counting

SEED = 1926


@dataclass(frozen=True)
class Account:
    """How somebody of the team signs in."""

    name: str
    username: str
    password: str
    role: str


class NotEmptyError(Exception):
    """The database holds something that the practice shop must not be mixed with."""


def is_empty() -> bool:
    """Nobody works here, nobody buys here, nobody can be written to."""
    return not (Agent.objects.exists() or Contact.objects.exists() or Customer.objects.exists())


def accounts_file() -> Path:
    """Where the passwords of this installation's practice team are kept, for its owner only."""
    return Path(settings.DATA_DIR) / "practice-accounts.json"


def accounts() -> list[Account]:
    """The practice team of this database; empty if it is not a practice shop."""
    try:
        kept = [Account(**one) for one in json.loads(accounts_file().read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    known = set(Agent.objects.filter(username__in=[one.username for one in kept]).values_list("username", flat=True))
    return [one for one in kept if one.username in known]


def build(*, smtp_port: int, imap_port: int) -> list[Account]:
    """Make the shop, all or nothing. Raises NotEmptyError if the database is not empty."""
    if not is_empty():
        raise NotEmptyError("The database is not empty: the practice shop is only made in an empty one.")
    dice = Random(SEED)  # noqa: S311 - the same shop each time
    with transaction.atomic():
        desk = settle_desk()
        contacts = open_desks(settings.PRACTICE_MAIL_PASSWORD, smtp_port=smtp_port, imap_port=imap_port)
        team, passwords = hire(contacts)
        with indexing.once():
            customers = Town(dice).settle(list(team.values()))
            orders = shop_floor.Counter(dice, customers).sell()
            carts.fill(dice, customers, orders)
            records.tell(Random(SEED), customers)  # noqa: S311 - as above, and the rest stays as it was
        contacts["wholesale"].restrict_to(CustomerGroup.objects.filter(price_display=PriceDisplay.WITHOUT_TAX))
        write_replies(dice, contacts)
        History(dice, contacts=contacts, team=team, customers=customers, orders=orders).write()
        lost.lose(contacts)
        buttons.press()
        post.bring(contacts, team)
        _tidy(list(team.values()))
        levels.aim(contacts, CustomerGroup.objects.get(name="Mayorista"))
        review.look_through(team)
        counting.keep()
        desk.undo_seconds = 10
        desk.save()
        _tell_together()
        today = timezone.localdate()
        Absence.objects.announce(
            team["tom"],
            since=today - timedelta(days=2),
            until=today + timedelta(days=5),
            deputy=team["marta"],
            threads=Absence.Threads.KEEP,
            by=team["ines"],
        )
        made = [Account(one.name, one.username, passwords[one.username], one.role) for one in team.values()]
        _keep(made)
    return made


def _tell_together() -> None:
    """From now on notices are mailed together; while the shop was built none was."""
    for one in Agent.objects.all():
        one.unmailed = told_together()
        one.save(update_fields=["unmailed"])


def _tidy(team: list[Agent]) -> None:
    """What is older than a day and a half was read by all, notices after three days."""
    now = timezone.now()
    Notice.objects.filter(created_at__lt=now - timedelta(days=3)).update(read_at=now - timedelta(days=2))
    read = Thread.objects.filter(inbound_at__lt=now - timedelta(hours=36))
    marks = [ReadMark(agent=agent, thread=thread, at=now) for thread in read for agent in team]
    ReadMark.objects.filter(thread__in=read).delete()
    ReadMark.objects.bulk_create(marks)


def _keep(made: list[Account]) -> None:
    path = accounts_file()
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump([vars(one) for one in made], file, ensure_ascii=False, indent=1)
