"""A worker's turn at a shop: a trial, the first import, or what changed since, page by page."""

import logging
import time
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.models import PrestaShop, PrestaShopStep
from crm.prestashop.client import Client, Trouble, missing
from crm.prestashop.mapping import Page
from crm.prestashop.pages import Found, begin_of_changes, clock_of, next_changed, next_of_all
from crm.prestashop.resources import MESSAGES, RecordResource, Resource, read_from, rights_needed
from crm.prestashop.sweeping import Sweep
from crm.prestashop.tables import Tables
from crm.prestashop.threads import Correspondence, try_threads, write_threads
from crm.prestashop.writing import said_by, try_page, write_page

TURN = 20  # seconds; then others have theirs
EVER = "2000-01-01 00:00:00"  # before the first PrestaShop
EARLIER = timedelta(hours=1)  # changes are looked for from so long before the import began: clocks differ
log = logging.getLogger(__name__)
Task = PrestaShop.Task


def read_shops() -> int:
    """Go on with one shop that has something to do; returns how many objects were seen. A periodic job.

    A page and how far it is are written in one transaction: whoever is killed leaves nothing half done, and the
    next worker goes on with the page after it.
    """
    connection = PrestaShop.objects.claim()
    if connection is None:
        return 0
    with translation.override(connection.language or settings.LANGUAGE_CODE):
        return _turn(connection)


def _turn(connection: PrestaShop) -> int:
    try:
        key = connection.key
    except ValueError:
        connection.fail(_("The key cannot be opened any more: enter it again."), for_good=True)
        return 0
    try:
        with Client(connection.address, key, in_json=connection.in_json) as client:
            return Run(connection, client).go(seconds=TURN)
    except Trouble as trouble:
        connection.fail(str(trouble), for_good=trouble.for_good)
    except Exception:  # whatever it is, the next turn comes, and the page says so
        log.exception("Reading the shop %s failed", connection.shop)
        connection.fail(_("Something went wrong here. It is in the log of the desk."), for_good=False)
    return 0


class Run:
    """What is done in one turn."""

    def __init__(self, connection: PrestaShop, client: Client) -> None:
        self.connection, self.client = connection, client
        self.shop, self.task = connection.shop, connection.task or Task.SYNC
        self.resources = read_from(connection)
        self.tables = Tables(client, self.shop)

    def go(self, *, seconds: float) -> int:
        """Pages until all is read, the time is over, or somebody said stop. Raises Trouble."""
        until, count = time.monotonic() + seconds, 0
        self._probe()
        self.steps = {one.name: self._step(one) for one in self.resources}
        for read in self._pages():
            count += read
            if time.monotonic() > until:
                self.connection.let_go(problem="", failures=0)
                return count
        if all(step.done_at for step in self.steps.values()) and self.connection.hold():
            self._finish()
        else:
            self.connection.let_go()
        return count

    def _pages(self) -> Iterator[int]:
        """Read page after page, and say how many objects stood on each; no further if somebody said stop."""
        for resource in self.resources:
            while self.steps[resource.name].done_at is None:
                if not self.connection.hold():
                    return
                yield self._page(resource, self.steps[resource.name])
        if self.task == Task.SYNC and self.connection.is_sweep_due:
            sweep = Sweep(self.connection, self.client)
            while not sweep.is_done and self.connection.hold():
                yield sweep.go_on()

    def _probe(self) -> None:
        """The shop answers, and the key may read what is needed. Raises Trouble."""
        self.tables.rights = self.client.rights()
        lacking = rights_needed(self.resources) - self.tables.rights
        PrestaShop.objects.filter(pk=self.connection.pk).update(version=self.client.version)
        if lacking:
            raise Trouble(missing(sorted(lacking)), for_good=True)
        self.shop.hear(every=timedelta(minutes=1))

    def _step(self, resource: Resource) -> PrestaShopStep:
        steps = self.connection.steps
        step, is_new = steps.get_or_create(task=self.task, resource=resource.name)
        if self.task == Task.SYNC and is_new:
            imported = steps.filter(task=Task.IMPORT, resource=resource.name).first()
            step.start = step.since = imported.since if imported else EVER  # not asked for until now
            step.save(update_fields=["start", "since"])
        elif self.task == Task.IMPORT and is_new:
            step.since = clock_of(self.connection, ago=EARLIER)
            step.save(update_fields=["since"])
        return step

    def _page(self, resource: Resource, step: PrestaShopStep) -> int:
        """Read one page and write it down, with how far it is."""
        if self.task == Task.SYNC:
            found = next_changed(self.client, resource, step)
        elif resource.name == MESSAGES:  # all were read with their threads
            found = Found([], is_last=True)
        else:
            found = next_of_all(self.client, resource, step, self.connection.cart_days)
        page = Page(self.shop, self.client, self.tables, found.records)
        if isinstance(resource, RecordResource):
            self._records(resource, page, step, found)
        else:
            self._threads(page, step, found)
        return len(found.records)

    def _records(self, resource: RecordResource, page: Page, step: PrestaShopStep, found: Found) -> None:
        if self.task == Task.TRIAL:
            try_page(resource, page, step)
            self._note(step, found)
            return
        said = said_by(resource, page)
        with transaction.atomic():
            write_page(resource, page, said, step)
            self._note(step, found)

    def _threads(self, page: Page, step: PrestaShopStep, found: Found) -> None:
        told, messages = Correspondence(page), self.steps[MESSAGES]
        with transaction.atomic():
            (try_threads if self.task == Task.TRIAL else write_threads)(told, step, messages)
            self._note(step, found)
            messages.save()

    def _note(self, step: PrestaShopStep, found: Found) -> None:
        for shop_id, sentence in found.broken:
            step.refused += 1
            step.note(shop_id, sentence)
        step.seen += len(found.records) + len(found.broken)
        step.last_id = found.last_id or step.last_id
        step.since, step.offset = found.since or step.since, found.offset
        step.done_at = timezone.now() if found.is_last else None
        step.save()

    def _finish(self) -> None:
        """All was read. What changes from now on is looked for from the last change seen, a little earlier."""
        if self.task == Task.SYNC:
            for step in self.connection.steps.filter(task=Task.SYNC):
                if step.since != step.start or step.offset:  # else nothing was seen, and the start stays
                    step.start = begin_of_changes(self.connection, step.since)
                step.since, step.offset, step.done_at = step.start, 0, None
                step.save(update_fields=["start", "since", "offset", "done_at"])
        self.connection.finish()
