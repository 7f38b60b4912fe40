"""The members of a group: the list of customers with fewer columns, narrowed to the group before anything else."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.lists.customers import CUSTOMERS, NAME, Text, fetch, what_else
from crm.models import Customer, CustomerGroup
from crm.tables import Table

SHOWN = ("id", "title", "name", "tags", "birthday", "sales", "active", "registered")

MEMBERS = Table(
    name="members",
    label=_("Members"),
    columns=tuple(one for one in CUSTOMERS.columns if one.key in SHOWN),
    filters=(Text("q", _("Search"), fields=NAME, also=what_else),),
    fetch=fetch,
    ticks=False,
)


def members_of(group: CustomerGroup) -> QuerySet[Customer]:
    """Whoever belongs to a group and is on file: a search starts from them and never leaves them."""
    return Customer.objects.present().filter(groups=group)
