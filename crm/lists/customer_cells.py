"""How the list of customers draws what is more than words."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.pieces import Times, fill, fill_each, icon, initials, money, tone
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
        ((f" tag--{tag.tone}" if tag.tone else "", tag.name) for tag in one.listed_tags),  # type: ignore[attr-defined]
    )
    return fill('<td><span class="chips">{}</span></td>', chips)


def threads(one: Customer) -> SafeString:
    """How many threads are not closed, leading to them."""
    if not one.open_threads:
        return NO_THREADS
    link = f"{reverse('helpdesk:queue')}?customer={one.pk}&{OPEN}"
    return fill('<td class="num r"><a href="{}">{}</a></td>', link, one.open_threads)


NO_THREADS = fill('<td class="num r"><span class="muted">{}</span></td>', 0)


class Visited:
    """When they were last in the shop."""

    def __init__(self, _listing: Listing) -> None:
        self.times = Times()

    def __call__(self, one: Customer) -> SafeString:
        """Of one customer; a dash for who never was."""
        if (at := one.visited_at) is None:
            return NEVER
        said = self.times.moment(at) if self.times.is_today(at) else self.times.ago(at)
        return fill('<td class="num on-phone">{}</td>', said)


NEVER = fill('<td class="num on-phone">{}</td>', "—")


class Registered:
    """The day of registering."""

    def __init__(self, _listing: Listing) -> None:
        self.times = Times()

    def __call__(self, one: Customer) -> SafeString:
        """Of one customer."""
        return fill('<td class="">{}</td>', self.times.day(one.registered_at))


# -- switches -------------------------------------------------------------------------------------


def active(_listing: Listing) -> "Switch":
    """The switch of the account: off asks first."""
    return Switch(_("Account of %(name)s enabled"), "is_active", "crm:customer_account", asks=True)


def newsletter(_listing: Listing) -> "Switch":
    """The switch of the newsletter: on asks how the customer asked for it."""
    return Switch(_("Newsletter for %(name)s"), "newsletter", "crm:customer_consent", "newsletter", asks=False)


def offers(_listing: Listing) -> "Switch":
    """The switch of partners' offers: on asks how the customer asked for them."""
    return Switch(_("Offers of partners for %(name)s"), "partner_offers", "crm:customer_consent", "offers", asks=False)


ASKS = (
    '<td><a class="switch-hit" href="{url}" role="switch" aria-checked="{checked}" aria-label="{said}"'
    ' hx-get="{url}" hx-target="#dialog" hx-swap="innerHTML"><span class="switch" aria-hidden="true"></span></a></td>'
)
DOES = (
    '<td><button class="switch-hit" type="submit" form="row-form" formaction="{url}" name="on" value="{wanted}"'
    ' role="switch" aria-checked="{checked}" aria-label="{said}" hx-post="{url}" hx-target="closest tr"'
    ' hx-swap="outerHTML"><span class="switch" aria-hidden="true"></span></button></td>'
)


class Switch:
    """A switch of each customer: a link to the question where its field is what `asks` says, else a button."""

    def __init__(self, said: str, field: str, *view: str, asks: bool) -> None:
        self.said, self.field, self.view, self.asks = said, field, view, asks

    def __call__(self, one: Customer) -> SafeString:
        """Of one customer."""
        is_on = bool(getattr(one, self.field))
        view, *more = self.view
        return fill(
            ASKS if is_on == self.asks else DOES,
            url=address(view, one.pk, *more),
            said=self.said % {"name": one},
            checked="true" if is_on else "false",
            wanted="0" if is_on else "1",
        )


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
