"""A page of records through the doors of crm.sync, or past them in a trial; what came of it goes to the step."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from crm.api.checking import Checker, Errors
from crm.models import PrestaShopStep, Shop, ShopTally
from crm.prestashop.mapping import Page, Said
from crm.prestashop.resources import RecordResource
from crm.sync.batch import Told, What


def check(resource: RecordResource, shop: Shop, said: list[Said]) -> list[tuple[dict[str, Any], Errors]]:
    """The checked values. A wrong value that nothing hangs from, such as a birthday in the future, is left out."""
    checker = Checker(resource.noun, shop)
    needed = {name for name, one in checker.body.fields.items() if one.required} | {"id", "email", "detail"}
    checked = checker.check_all(said)
    again = [
        {name: value for name, value in one.items() if name not in errors}
        for one, (_values, errors) in zip(said, checked, strict=True)
        if errors and needed.isdisjoint(errors)
    ]
    second = iter(checker.check_all(again) if again else ())
    return [next(second) if errors and needed.isdisjoint(errors) else (values, errors) for values, errors in checked]


def said_by(resource: RecordResource, page: Page) -> list[Said]:
    """What the records say in our words. Asks the shop for what they name: call it before a transaction."""
    return [one for row in page.records if (one := resource.said(row, page)) is not None]


def try_page(resource: RecordResource, page: Page, step: PrestaShopStep) -> None:
    """What would become of these records; nothing is written, and whom they name is not asked for."""
    page.customers = {row.number("id_customer") for row in page.records} - {""}
    said = said_by(resource, page)
    checked = check(resource, page.shop, said)
    ids = [one["id"] for one in said]
    rows = resource.noun.rows().model._default_manager.filter(source=page.shop, shop_id__in=ids)
    known = set(rows.values_list("shop_id", flat=True))
    for one, (_values, errors) in zip(said, checked, strict=True):
        if errors:
            step.refused += 1
            step.note(one["id"], _sentence(errors))
        elif one["id"] in known:
            step.unchanged += 1
        else:
            step.created += 1


def write_page(resource: RecordResource, page: Page, said: list[Said], step: PrestaShopStep) -> None:
    """Write them down by the same verbs as the API. Call inside atomic(), with the step."""
    said = _without_deleted(resource, page, said)
    checked = check(resource, page.shop, said)
    good = [values for values, errors in checked if not errors]
    written = iter(resource.noun.upsert(page.shop, good) if good else ())
    told = [
        Told(one["id"], What.REFUSED, errors=errors) if errors else next(written)
        for one, (_values, errors) in zip(said, checked, strict=True)
    ]
    gone = _remove_deleted(resource, page) if resource.is_deletable else 0
    _count(resource, page.shop, step, told, gone)


def _deleted(page: Page) -> set[str]:
    return {row.id for row in page.records if row.yes("deleted")}


def _on_file(resource: RecordResource, page: Page) -> dict[str, Any]:
    rows = resource.noun.rows().model._default_manager.filter(source=page.shop, shop_id__in=_deleted(page))
    return {row.shop_id: row for row in rows}


def _without_deleted(resource: RecordResource, page: Page, said: list[Said]) -> list[Said]:
    """What the shop deleted and we know is not written again; what we do not know yet may be named by an order."""
    if not resource.is_deletable or not _deleted(page):
        return said
    known = _on_file(resource, page)
    return [one for one in said if one["id"] not in known]


def _remove_deleted(resource: RecordResource, page: Page) -> int:
    """Into the bin, if it is not there; somebody with orders stays, and is marked."""
    gone = 0
    for shop_id, row in _on_file(resource, page).items() if _deleted(page) else ():
        if row.deleted_at is None:
            try:
                resource.noun.remove(page.shop, shop_id)
            except LookupError:
                continue
            except ValueError:
                gone += row.lose(reason=page.shop.name)
                continue
            gone += 1
    return gone


def _count(resource: RecordResource, shop: Shop, step: PrestaShopStep, told: list[Told], gone: int) -> None:
    counts = Counter(one.what for one in told)
    step.created += counts[What.CREATED]
    step.changed += counts[What.CHANGED] + gone
    step.unchanged += counts[What.UNCHANGED]
    step.refused += counts[What.REFUSED]
    for one in told:
        if one.what == What.REFUSED:
            step.note(one.shop_id, _sentence(one.errors))
    numbers = {
        "written": counts[What.CREATED] + counts[What.CHANGED],
        "refused": counts[What.REFUSED],
        "deleted": gone,
    }
    if any(numbers.values()):
        ShopTally.objects.add(shop, resource.noun.name, unchanged=counts[What.UNCHANGED], **numbers)


def _sentence(errors: Mapping[str, Any]) -> str:
    """What is wrong, with the field's name."""
    return " ".join(f"{name}: {_first(said)}" for name, said in errors.items())


def _first(said: Any) -> str:
    while isinstance(said, list | tuple | dict) and said:
        said = next(iter(said.values() if isinstance(said, dict) else said))
    return str(said)
