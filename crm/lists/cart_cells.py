"""How the list of carts draws what is more than words."""

from itertools import islice

from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.pieces import Times, avatar, fill, icon
from crm.models import Cart, CartState
from crm.tables import Listing
from crm.tables.rows import address

LINES = 3  # of a cart; more are an ellipsis
NOTHING = fill('<span class="muted">—</span>')
LIVE = '<span class="presence"><span class="live-dot"></span>{}</span>'
SUB = '<small class="cell-sub"{}>{}</small>'

NUMBER = '<th scope="row" class="is-main"><a class="ref" data-opens-row href="{url}">{cart}</a></th>'
NUMBERED = NUMBER.replace("</a>", '</a><small class="cell-sub only-phone" dir="auto">{who}</small>')


def number(cart: Cart) -> SafeString:
    """The number, leading to the cart's page. On a phone, where there is no room for more, with whose it is."""
    who = cart.customer or cart.name or cart.email
    return fill(NUMBERED if who else NUMBER, url=address("crm:cart", cart.pk), cart=cart, who=who)


def state(cart: Cart) -> SafeString:
    """Where it stands."""
    return fill('<td class="is-main">{}</td>', _state(cart))


def _state(cart: Cart) -> SafeString:
    if cart.is_live:
        return fill(LIVE, _("Live"))
    if not cart.customer_id and not cart.is_processed:
        return _tag(" tag--bad", "user-off", _("Without customer"))
    if cart.state == CartState.ABANDONED:
        return _tag(" tag--warn", "clock", cart.get_state_display())
    if cart.is_processed:
        return _tag(" tag--ok", "check", cart.get_state_display())
    return _tag("", "", cart.get_state_display())


def _tag(tone: str, drawing: str, words: str) -> SafeString:
    return fill('<span class="tag{}">{}{}</span>', tone, icon(drawing, "i--sm") if drawing else "", words)


def customer(cart: Cart) -> SafeString:
    """Whose it is: leading to the customer, or what is known of a visitor."""
    who = cart.customer
    if who is None:
        visitor = cart.name or cart.email or _("Visitor")
        mark = fill('<span class="av av-0" aria-hidden="true">{}</span>', "?")
        return fill('<td><span class="who">{}<span class="muted" dir="auto">{}</span></span></td>', mark, visitor)
    email = who.email
    return fill(
        '<td><span class="who">{}<span><a class="link-strong" href="{}" dir="auto">{}</a>{}</span></span></td>',
        avatar(who.name),
        address("crm:customer", who.pk),
        who,
        fill(SUB, "", email) if email else "",
    )


def content(cart: Cart) -> SafeString:
    """Its first lines."""
    lines = cart.listed_lines  # type: ignore[attr-defined]
    if not lines:
        return fill('<td class="k-items" dir="auto"><span class="muted">{}</span></td>', _("empty"))
    shown = ", ".join(f"{line.quantity}× {line.name}" for line in islice(lines, LINES))
    return fill('<td class="k-items" dir="auto">{}{}</td>', shown, " …" if len(lines) > LINES else "")


class Changed:
    """When something last happened to it."""

    def __init__(self, _listing: Listing) -> None:
        self.times = Times()

    def __call__(self, cart: Cart) -> SafeString:
        """Of one cart."""
        return fill('<td class="num">{}</td>', self.times.ago(cart.changed_at))


class Contacted:
    """The day when the customer was written to."""

    def __init__(self, _listing: Listing) -> None:
        self.times = Times()

    def __call__(self, cart: Cart) -> SafeString:
        """Of one cart; a dash where nobody wrote."""
        at = cart.contacted_at
        return fill('<td class="num">{}</td>', self.times.day(at)) if at else NOT_CONTACTED


NOT_CONTACTED = fill('<td class="num">{}</td>', NOTHING)


def online(cart: Cart) -> SafeString:
    """Whether its customer is in the shop, and where."""
    if not cart.is_online:
        return fill("<td>{}</td>", NOTHING)
    page = fill(SUB, fill(' dir="auto"'), Truncator(cart.page).chars(30))
    return fill("<td>{}{}</td>", fill(LIVE, _("Online")), page if cart.is_live and cart.page else "")


def order(cart: Cart) -> SafeString:
    """The order it became."""
    if cart.order is None:
        return fill("<td>{}</td>", "—")
    return fill('<td><a class="ref" href="{}">{}</a></td>', address("crm:order", cart.order.pk), cart.order)


def carrier(cart: Cart) -> SafeString:
    """Who is to bring it, cut where it is long."""
    return fill('<td class="k-carrier" title="{}">{}</td>', cart.carrier, cart.carrier or "—")


# -- actions --------------------------------------------------------------------------------------

BUTTON = '<a class="btn btn--icon btn--quiet btn--sm" {}href="{}" aria-label="{}" title="{}">{}</a>'
WRITES = fill("data-write ")


class Actions:
    """What can be done with a cart of the list. One pattern for each kind of cart, with its number left open."""

    def __init__(self, _listing: Listing) -> None:
        see = self._button("", "crm:cart", "eye", _("See"), _("See cart %(row)s"))
        write = self._button(WRITES, "helpdesk:write_about_cart", "mail", _("Write"), _("Write about cart %(row)s"))
        gone = self._button("", "crm:cart_deletion", "trash", _("Delete…"), _("Delete cart %(row)s"))
        said = _("Order of cart %(row)s") % {"row": "{row}"}
        order = fill(BUTTON, "", "{order}", said, _("Order"), icon("box"))
        self.plain, self.deletable, self.silent, self.ordered = (
            fill('<span class="group">{}{}</span>', see, more) for more in ("", write + gone, gone, order)
        )

    @staticmethod
    def _button(attributes: SafeString | str, view: str, drawing: str, words: str, said: str) -> SafeString:
        return fill(BUTTON, attributes, address(view, "{pk}"), said % {"row": "{row}"}, words, icon(drawing))

    def __call__(self, cart: Cart) -> SafeString:
        """Those of one cart."""
        if cart.may_be_deleted:
            may_write = not (cart.customer and cart.customer.do_not_contact)
            return fill(self.deletable if may_write else self.silent, pk=cart.pk, row=cart)
        if cart.order_id:
            return fill(self.ordered, pk=cart.pk, row=cart, order=address("crm:order", cart.order_id))
        return fill(self.plain, pk=cart.pk, row=cart)
