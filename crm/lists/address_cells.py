"""How the list of addresses draws what is more than words."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.pieces import fill, icon, initials, tone
from crm.models import Address
from crm.tables import Listing
from crm.tables.rows import address

SUB = '<small class="cell-sub"{}>{}</small>'
BUTTON = '<a class="btn btn--icon btn--quiet btn--sm{}" href="{}" aria-label="{}" title="{}">{}</a>'


def name(row: Address) -> SafeString:
    """Who is written on the parcel, leading to the address; and whose it is."""
    owner = row.customer.name or row.customer.email
    return fill(
        '<th scope="row" class="is-main"><span class="who"><span class="av av--sm av-{}" aria-hidden="true">{}</span>'
        '<span><a class="link-strong" href="{}" dir="auto" data-opens-row>{}</a>{}</span></span></th>',
        tone(owner),
        initials(owner),
        address("crm:address_edit", row.pk),
        row.addressee or owner,
        fill(SUB, fill(' dir="auto"'), owner) if row.addressee not in {"", owner} else "",
    )


def street(row: Address) -> SafeString:
    """The street, with what it is used for."""
    lines = ", ".join(line for line in (row.line1, row.line2) if line)
    more = " · ".join(word for word in (row.alias, row.use) if word)
    beneath = fill(SUB, "", more) if more else ""
    return fill('<td class="wrap is-main" dir="auto">{}{}</td>', lines, beneath)


def orders(row: Address) -> SafeString:
    """How many orders used it, leading to them."""
    count: int = row.order_count  # type: ignore[attr-defined]  # by crm.lists.addresses.orders_of
    if not count:
        return fill('<td class="num r"><span class="muted">{}</span></td>', "—")
    link = f"{address('crm:customer_orders', row.customer_id)}?address={row.pk}"
    return fill('<td class="num r"><a href="{}">{}</a></td>', link, count)


class Actions:
    """What can be done with an address of the list. A pattern, with numbers and names left open."""

    def __init__(self, _listing: Listing) -> None:
        said, owner = _("Edit %(name)s") % {"name": "{row}"}, _("Page of %(name)s") % {"name": "{owner}"}
        edit = fill(BUTTON, "", address("crm:address_edit", "{pk}"), said, _("Edit"), icon("pencil"))
        page = address("crm:customer", "{customer}")
        see = fill(BUTTON, " hide-phone", page, owner, _("Customer"), icon("user"))
        self.pattern = fill('<span class="group">{}\n{}</span>', edit, see)

    def __call__(self, row: Address) -> SafeString:
        """Those of one address."""
        return fill(self.pattern, pk=row.pk, row=row, customer=row.customer_id, owner=row.customer)
