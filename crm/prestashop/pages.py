"""Pages of objects: which come next, and what is left of a page that the shop stumbles over."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import PrestaShop, PrestaShopStep
from crm.prestashop.client import Broken, Client, Trouble
from crm.prestashop.records import Record
from crm.prestashop.resources import Resource

OVERLAP = timedelta(minutes=10)  # clocks jump; what comes again is not written again
SUMMER_TIME = timedelta(minutes=70)  # an hour comes twice in autumn
FORM = "%Y-%m-%d %H:%M:%S"
FOREVER = "2100-01-01 00:00:00"


@dataclass
class Found:
    """A page: its objects, those that the shop cannot show with its reason, and where the next page begins."""

    records: list[Record]
    broken: list[tuple[str, str]] = field(default_factory=list)
    last_id: int = 0
    since: str = ""
    offset: int = 0
    is_last: bool = False


def clock_of(connection: PrestaShop, *, ago: timedelta = timedelta(0)) -> str:
    """The shop's wall clock, as its filters want it."""
    return (timezone.now() - ago).astimezone(ZoneInfo(connection.shop.time_zone)).strftime(FORM)


def begin_of_changes(connection: PrestaShop, since: str) -> str:
    """A little before the last change that was seen."""
    zone, now = ZoneInfo(connection.shop.time_zone), timezone.now()
    offsets = {(now - ago).astimezone(zone).utcoffset() for ago in (timedelta(0), timedelta(hours=3))}
    overlap = OVERLAP if len(offsets) == 1 else SUMMER_TIME
    return (datetime.strptime(since, FORM) - overlap).strftime(FORM)  # noqa: DTZ007 - the shop's wall clock has no zone


def next_of_all(client: Client, resource: Resource, step: PrestaShopStep, days: int) -> Found:
    """What follows by id, in an import or a trial."""
    asked = {"filter[id]": f">[{step.last_id}]", "sort": "[id_ASC]"}
    if resource.is_recent:
        first = clock_of(step.connection, ago=timedelta(days=days))
        asked |= {"date": "1", "filter[date_upd]": f"[{first},{FOREVER}]"}
    found = _read(client, resource.name, resource.fields, asked, 0, resource.at_once)
    ids = [int(one) for one in (*(row.id for row in found.records), *(one for one, _why in found.broken))]
    found.last_id = max([step.last_id, *ids])
    if found.last_id == step.last_id and not found.is_last:
        raise Trouble(_("The shop does not do what it is asked: it sends the same objects again."), for_good=True)
    return found


def next_changed(client: Client, resource: Resource, step: PrestaShopStep) -> Found:
    """What changed since, in the order of its changing. Rows move while they are read: each page begins anew at the
    last moment seen, and goes on by number only within one and the same second."""
    asked = {"date": "1", "filter[date_upd]": f"[{step.since},{FOREVER}]", "sort": "[date_upd_ASC,id_ASC]"}
    found = _read(client, resource.name, resource.fields, asked, step.offset, resource.at_once)
    last = found.records[-1].text("date_upd") if found.records else ""
    if len(last) == len(step.since) and last > step.since:
        found.since, found.offset = last, 0
    else:
        found.since, found.offset = step.since, step.offset + len(found.records) + len(found.broken)
    return found


def read_all(
    client: Client, name: str, fields: str, asked: dict[str, str], *, at_once: int = 200
) -> tuple[list[Record], list[tuple[str, str]]]:
    """All objects that a question finds, by id, and those that the shop cannot show with its reason."""
    records: list[Record] = []
    broken: list[tuple[str, str]] = []
    while True:
        ids = [int(one) for one in (*(row.id for row in records), *(one for one, _why in broken))]
        after = {"filter[id]": f">[{max(ids, default=0)}]", "sort": "[id_ASC]"}
        found = _read(client, name, fields, {**asked, **after}, 0, at_once)
        records += found.records
        broken += found.broken
        if found.is_last or not (found.records or found.broken):
            return records, broken


def _read(client: Client, name: str, fields: str, asked: dict[str, str], offset: int, count: int) -> Found:
    """A page, or as much of it as the shop can show: it is halved until the broken object stands alone."""
    while True:
        try:
            records = client.list(name, fields, {**asked, "limit": f"{offset},{count}"})
            return Found(records, is_last=len(records) < count)
        except Broken as trouble:
            if count > 1:
                count //= 2
                continue
            named = client.list(name, "id", {**asked, "limit": f"{offset},1"})
            if not named:
                return Found([], is_last=True)
            return Found([], broken=[(named[0].id, str(trouble))])
