"""How the list of customers draws what is more than words."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.pieces import icon, initials, moment, tone
from crm.models import Customer
from crm.tables import Listing
from crm.tables.rows import address

OPEN = "status=open&status=pending1&status=pending2"


def name(one: Customer) -> SafeString:
    """Name and e-mail, leading to the customer's page."""
    name, email = one.name, one.email
    return format_html(
        '<th scope="row" class="is-main"><span class="who"><span class="av av-{}" aria-hidden="true">{}</span>'
        '<span><a class="link-strong" href="{}" dir="auto" data-opens-row>{}</a>{}</span></span></th>',
        tone(name or email),
        initials(name or email),
        address("crm:customer", one.pk),
        name or email or one,
        format_html('<small class="cell-sub" dir="ltr">{}</small>', email) if name else "",
    )


def tags(one: Customer) -> SafeString:
    """Their tags in their colours."""
    chips = format_html_join(
        "",
        '<span class="tag{}" dir="auto">{}</span>',
        ((f" tag--{tag.tone}" if tag.tone else "", tag.name) for tag in one.tags.all()),
    )
    return format_html('<td><span class="chips">{}</span></td>', chips)


def threads(one: Customer) -> SafeString:
    """How many threads are not closed, leading to them."""
    if not one.open_threads:
        return format_html('<td class="num r"><span class="muted">{}</span></td>', 0)
    link = f"{reverse('helpdesk:queue')}?customer={one.pk}&{OPEN}"
    return format_html('<td class="num r"><a href="{}">{}</a></td>', link, one.open_threads)


def visited(one: Customer) -> SafeString:
    """When they were last in the shop."""
    return format_html('<td class="num">{}</td>', moment(one.visited_at) if one.visited_at else "—")


# -- switches -------------------------------------------------------------------------------------


def active(one: Customer) -> SafeString:
    """The switch of the account: off asks first."""
    said = _("Account of %(name)s enabled") % {"name": one}
    return _switch(said, address("crm:customer_account", one.pk), is_on=one.is_active, asks=one.is_active)


def newsletter(one: Customer) -> SafeString:
    """The switch of the newsletter: on asks how the customer asked for it."""
    said = _("Newsletter for %(name)s") % {"name": one}
    url = address("crm:customer_consent", one.pk, "newsletter")
    return _switch(said, url, is_on=one.newsletter, asks=not one.newsletter)


def offers(one: Customer) -> SafeString:
    """The switch of partners' offers: on asks how the customer asked for them."""
    said = _("Offers of partners for %(name)s") % {"name": one}
    url = address("crm:customer_consent", one.pk, "offers")
    return _switch(said, url, is_on=one.partner_offers, asks=not one.partner_offers)


ASKS = (
    '<td><a class="switch-hit" href="{url}" role="switch" aria-checked="{checked}" aria-label="{said}"'
    ' hx-get="{url}" hx-target="#dialog" hx-swap="innerHTML"><span class="switch" aria-hidden="true"></span></a></td>'
)
DOES = (
    '<td><button class="switch-hit" type="submit" form="row-form" formaction="{url}" name="on" value="{wanted}"'
    ' role="switch" aria-checked="{checked}" aria-label="{said}" hx-post="{url}" hx-target="closest tr"'
    ' hx-swap="outerHTML"><span class="switch" aria-hidden="true"></span></button></td>'
)


def _switch(said: str, url: str, *, is_on: bool, asks: bool) -> SafeString:
    """A link to the question, or a button that does it."""
    checked, wanted = ("true", "0") if is_on else ("false", "1")
    return format_html(ASKS if asks else DOES, url=url, said=said, checked=checked, wanted=wanted)


# -- actions --------------------------------------------------------------------------------------

WRITE = (
    '<a class="btn btn--icon btn--quiet btn--sm hide-phone" href="{}" data-write aria-label="{}" title="{}">{}</a>\n'
)
MENU = (
    '<span class="group">{}<details class="menu"><summary class="btn btn--icon btn--quiet btn--sm" aria-label="{}">{}'
    '</summary><div class="menu__panel menu__panel--end">{}</div></details></span>'
)
ITEM = '<a class="menu__item" href="{}"{}>{}{}</a>'
ELSEWHERE = format_html(' target="_blank" rel="noopener noreferrer"')


class Actions:
    """What can be done with a customer of the list: a letter, and a menu of all the rest."""

    def __init__(self, listing: Listing) -> None:
        self.may_delete = listing.request.user.is_supervisor
        self.write_url, self.write = reverse("helpdesk:write_mail"), _("Write e-mail")
        self.write_to, self.more = _("Write to %(name)s"), _("More actions for %(name)s")
        self.words = {
            "eye": _("View"),
            "pencil": _("Edit"),
            "mail": self.write,
            "plus": _("New thread"),
            "box": _("Orders"),
            "history": _("History and sign-ins"),
            "external": _("Open in the shop"),
            "trash": _("Delete…"),
        }

    def __call__(self, one: Customer) -> SafeString:
        """Those of one customer."""
        name, letter = str(one), f"{self.write_url}?customer={one.pk}"
        write = format_html(WRITE, letter, self.write_to % {"name": name}, self.write, icon("mail"))
        return format_html(
            MENU,
            "" if one.do_not_contact else write,
            self.more % {"name": name},
            icon("more"),
            format_html_join("", ITEM, self._items(one, letter)),
        )

    def _items(self, one: Customer, letter: str) -> Iterator[tuple[str, str, SafeString, str]]:
        """Address, attributes, icon and words of each."""
        yield self._item("eye", address("crm:customer", one.pk))
        yield self._item("pencil", address("crm:customer_edit", one.pk))
        if not one.do_not_contact:
            yield self._item("mail", letter)
            yield self._item("plus", f"{letter}&new=1")
        yield self._item("box", address("crm:customer_orders", one.pk))
        yield self._item("history", address("crm:customer_history", one.pk))
        if one.in_shop:
            yield self._item("external", one.in_shop, ELSEWHERE)
        if self.may_delete:
            yield self._item("trash", address("crm:customer_delete", one.pk))

    def _item(self, drawing: str, url: str, more: str = "") -> tuple[str, str, SafeString, str]:
        return url, more, icon(drawing), self.words[drawing]
