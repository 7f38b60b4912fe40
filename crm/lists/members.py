"""The members of a group: the list of customers with fewer columns, narrowed to the group before anything else."""

from dataclasses import replace

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.lists.customer_columns import SEARCH
from crm.lists.customers import CUSTOMERS, fetch
from crm.models import Customer, CustomerGroup
from crm.tables import Column, Table

SHOWN = ("id", "title", "name", "tags", "birthday", "sales", "active", "registered")


def _plain(column: Column) -> Column:
    """The switch of the account belongs to the list of customers; here the column says yes or no."""
    return replace(column, cell=None) if column.key == "active" else column


MEMBERS = Table(
    name="members",
    label=_("Members"),
    columns=tuple(_plain(one) for one in CUSTOMERS.columns if one.key in SHOWN),
    filters=(SEARCH,),
    fetch=fetch,
    ticks=False,
)


def members_of(group: CustomerGroup) -> QuerySet[Customer]:
    """Whoever belongs to a group and is on file: a search starts from them and never leaves them."""
    return Customer.objects.present().filter(groups=group)
