"""How the list of customers draws what is more than words."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.pieces import ago, fill, fill_each, icon, initials, moment, money, tone
from crm.models import Customer, RecordSettings
from crm.tables import Listing
from crm.tables.rows import address

OPEN = "status=open&status=pending1&status=pending2"


NAMELESS = (
    '<th scope="row" class="is-main"><span class="who"><span class="av av-{tone}" aria-hidden="true">{initials}</span>'
    '<span><a class="link-strong" href="{url}" dir="auto" data-opens-row>{name}</a></span></span></th>'
)
NAMED = NAMELESS.replace("</a>", '</a><small class="cell-sub" dir="ltr">{email}</small>')


def name(one: Customer) -> SafeString:
    """Name and e-mail, leading to the customer's page."""
    name, email = one.name, one.email
    return fill(
        NAMED if name else NAMELESS,
        tone=tone(name or email),
        initials=initials(name or email),
        url=address("crm:customer", one.pk),
        name=name or email or one,
        email=email,
    )


def tags(one: Customer) -> SafeString:
    """Their tags in their colours."""
    chips = fill_each(
        '<span class="tag{}" dir="auto">{}</span>',
        ((f" tag--{tag.tone}" if tag.tone else "", tag.name) for tag in one.tags.all()),
    )
    return fill('<td><span class="chips">{}</span></td>', chips)


def threads(one: Customer) -> SafeString:
    """How many threads are not closed, leading to them."""
    if not one.open_threads:
        return NO_THREADS
    link = f"{reverse('helpdesk:queue')}?customer={one.pk}&{OPEN}"
    return fill('<td class="num r"><a href="{}">{}</a></td>', link, one.open_threads)


NO_THREADS = fill('<td class="num r"><span class="muted">{}</span></td>', 0)


def visited(one: Customer) -> SafeString:
    """When they were last in the shop."""
    if (at := one.visited_at) is None:
        return fill('<td class="num on-phone">{}</td>', "—")
    is_today = timezone.localtime(at).date() == timezone.localdate()
    return fill('<td class="num on-phone">{}</td>', moment(at) if is_today else ago(at))


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
    return fill(ASKS if asks else DOES, url=url, said=said, checked=checked, wanted=wanted)


class Sales:
    """What they bought, in the main currency."""

    def __init__(self, _listing: Listing) -> None:
        self.currency = RecordSettings.load().currency

    def __call__(self, one: Customer) -> SafeString:
        """Of one customer; a dash for who never bought."""
        return fill('<td class="num r">{}</td>', "—" if one.spent is None else money(one.spent, self.currency))


# -- actions --------------------------------------------------------------------------------------

WRITE = (
    '<a class="btn btn--icon btn--quiet btn--sm hide-phone" href="{}" data-write aria-label="{}" title="{}">{}</a>\n'
)
MENU = (
    '<span class="group">{}<details class="menu"><summary class="btn btn--icon btn--quiet btn--sm" aria-label="{}">{}'
    '</summary><div class="menu__panel menu__panel--end">{}</div></details></span>'
)
ITEM = '<a class="menu__item" href="{}">{}{}</a>'
ELSEWHERE = '<a class="menu__item" href="{}" target="_blank" rel="noopener noreferrer">{}{}</a>'
NAME, SHOP = "{name}", "{shop}"  # what a pattern leaves open, beside {pk}


class Actions:
    """What can be done with a customer of the list: a letter, and a menu of all the rest."""

    def __init__(self, listing: Listing) -> None:
        self.may_delete = listing.request.user.is_supervisor
        self.letter = f"{reverse('helpdesk:write_mail')}?customer={{pk}}"
        self.in_shop = _("Open in the shop")
        self.patterns = {writes: self._pattern(writes=writes) for writes in (True, False)}

    def __call__(self, one: Customer) -> SafeString:
        """Those of one customer."""
        shop = fill(ELSEWHERE, one.in_shop, icon("external"), self.in_shop) if one.in_shop else ""
        return fill(self.patterns[not one.do_not_contact], pk=one.pk, name=str(one), shop=shop)

    def _pattern(self, *, writes: bool) -> SafeString:
        """The same for all customers but for their number, their name and their page in the shop."""
        write = fill(WRITE, self.letter, _("Write to %(name)s") % {"name": NAME}, _("Write e-mail"), icon("mail"))
        more = _("More actions for %(name)s") % {"name": NAME}
        gone = [(address("crm:customer_delete", "{pk}"), icon("trash"), _("Delete…"))] if self.may_delete else []
        before = fill_each(ITEM, self._items(writes=writes))
        items = fill("{}{}{}", before, SHOP, fill_each(ITEM, gone))
        return fill(MENU, write if writes else "", more, icon("more"), items)

    def _items(self, *, writes: bool) -> Iterator[tuple[str, SafeString, str]]:
        """Address, icon and words of each."""
        yield address("crm:customer", "{pk}"), icon("eye"), _("View")
        yield address("crm:customer_edit", "{pk}"), icon("pencil"), _("Edit")
        if writes:
            yield self.letter, icon("mail"), _("Write e-mail")
            yield f"{self.letter}&new=1", icon("plus"), _("New thread")
        yield address("crm:customer_orders", "{pk}"), icon("box"), _("Orders")
        yield address("crm:customer_history", "{pk}"), icon("history"), _("History and sign-ins")
