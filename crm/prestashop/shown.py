"""What the settings page of a shop shows of its PrestaShop."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.forms_prestashop import PrestaShopForm
from crm.models import PrestaShop, PrestaShopStep, Shop
from crm.prestashop.resources import read_from

LABELS = {
    "groups": _("Groups"),
    "customers": _("Customers"),
    "addresses": _("Addresses"),
    "cart_rules": _("Vouchers"),
    "carts": _("Carts"),
    "orders": _("Orders"),
    "customer_threads": _("Threads"),
    "customer_messages": _("Messages"),
}


@dataclass(frozen=True)
class Row:
    """One kind of object: how far it is. `whole` is how many a trial counted; None if there was none."""

    label: str
    step: PrestaShopStep | None
    whole: int | None


def card_of(shop: Shop, form: PrestaShopForm | None = None) -> dict[str, Any]:
    """The context of the card; two queries."""
    connection = PrestaShop.objects.filter(shop=shop).first() if shop.pk else None
    steps = list(connection.steps.order_by("pk")) if connection else []
    task = task_of(connection, steps) if connection else ""
    return {
        "prestashop": connection,
        "prestashop_form": form or PrestaShopForm(instance=connection or PrestaShop(shop=shop)),
        "shown_task": task,
        "shown_label": PrestaShop.Task(task).label if task else "",
        "shown_rows": rows_of(connection, steps, task) if connection else [],
        "shown_problems": _problems(steps, task),
    }


def _problems(steps: Iterable[PrestaShopStep], task: str) -> list[tuple[str, str, str]]:
    """Of what kind each is, its number in the shop, and the sentence."""
    mine = (step for step in steps if step.task == task)
    return [(str(LABELS[step.resource]), number, sentence) for step in mine for number, sentence in step.problems]


def task_of(connection: PrestaShop, steps: Iterable[PrestaShopStep]) -> str:
    """The one that is shown: what is being done, else what was done last of trial and import."""
    if connection.task in (PrestaShop.Task.TRIAL, PrestaShop.Task.IMPORT):
        return connection.task
    done = [step for step in steps if step.task in (PrestaShop.Task.TRIAL, PrestaShop.Task.IMPORT)]
    return max(done, key=lambda step: (step.begun_at, step.pk)).task if done else ""


def rows_of(connection: PrestaShop, steps: list[PrestaShopStep], task: str) -> list[Row]:
    """A row for each kind, in the order of reading."""
    counted = {step.resource: step.seen for step in steps if step.task == PrestaShop.Task.TRIAL and step.done_at}
    kinds = read_from(connection)
    mine = {step.resource: step for step in steps if step.task == task}
    return [Row(str(LABELS[one.name]), mine.get(one.name), counted.get(one.name)) for one in kinds] if mine else []
