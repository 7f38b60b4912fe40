"""What follow-up mails say: the team's texts, or these, with the values filled in."""

import re

from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.pieces import money
from crm.following.claiming import Claimed
from crm.following.due import zone_of
from crm.models import Cart, FollowUpKind, FollowUpRule

PLACEHOLDER = re.compile(r"\{(greeting|lines|total|link|order|voucher|discount|until|shop)\}")
UNKNOWN = re.compile(r"\{[^{}\n]{0,40}\}")
NAMES: dict[str, str | Promise] = {
    "greeting": gettext_lazy("“Hello Ana,”"),
    "lines": gettext_lazy("what is in the cart"),
    "total": gettext_lazy("its total"),
    "link": gettext_lazy("the link that brings the cart back; else the shop"),
    "order": gettext_lazy("the reference of the order"),
    "voucher": gettext_lazy("the code of the voucher"),
    "discount": gettext_lazy("its discount in %"),
    "until": gettext_lazy("until when it is valid"),
    "shop": gettext_lazy("the name of the shop"),
}
VOUCHER = gettext_lazy("With the code {voucher}, valid until {until}, you save {discount} %.")
ANSWER = gettext_lazy("Do you have a question? Just answer this mail.")
WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    FollowUpKind.CART: (
        gettext_lazy("You left something in your cart"),
        gettext_lazy("you left this in your cart:\n\n{lines}\nTotal: {total}\n\nHere you have it back:\n{link}"),
    ),
    FollowUpKind.THANKS: (
        gettext_lazy("Thank you for your order {order}"),
        gettext_lazy("thank you for your order {order}. We hope that you are happy with it."),
    ),
    FollowUpKind.IDLE: (
        gettext_lazy("We have not seen you for a while"),
        gettext_lazy("it has been a while. There are new things in the shop:\n{link}"),
    ),
    FollowUpKind.BEST: (
        gettext_lazy("A thank you from {shop}"),
        gettext_lazy("you are one of our best customers. Thank you!"),
    ),
}


def default_words(rule: FollowUpRule, language: str) -> tuple[str, str]:
    """Subject and text where the team wrote none, with placeholders."""
    with translation.override(language):
        subject, text = WORDS[rule.kind]
        return str(subject), f"{{greeting}}\n\n{text}\n\n{VOUCHER}\n\n{ANSWER}"


def words_of(claimed: Claimed, *, language: str, shop_name: str, shop_url: str) -> tuple[str, str]:
    """Subject and text in a language; a line that needs a value which is missing is left out."""
    subject, text = default_words(claimed.rule, language)
    with translation.override(language):
        values = _values(claimed, shop_name, shop_url)
        subject = fill(claimed.rule.subjects.get(language) or subject, values)
        return " ".join(subject.split())[:255], fill(claimed.rule.texts.get(language) or text, values).strip()


def fill(text: str, values: dict[str, str]) -> str:
    """Each placeholder by its value; lines with one that has none go, and what they leave empty."""
    kept = [line for line in text.splitlines() if all(values.get(name) for name in PLACEHOLDER.findall(line))]
    filled = PLACEHOLDER.sub(lambda found: values[found[1]], "\n".join(kept))
    return re.sub(r"\n{3,}", "\n\n", filled)


def _values(claimed: Claimed, shop_name: str, shop_url: str) -> dict[str, str]:
    name, cart, voucher = claimed.customer.first_name, claimed.cart, claimed.voucher
    until = voucher.valid_until if voucher else None
    return {
        "greeting": _("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
        "lines": _lines(cart) if cart else "",
        "total": money(cart.total, cart.currency) if cart else "",
        "link": cart.restore_url() if cart else shop_url,
        "order": claimed.order.reference if claimed.order else "",
        "voucher": voucher.code if voucher else "",
        "discount": number_format(voucher.percent.normalize()) if voucher and voucher.percent else "",
        "until": date_format(until.astimezone(zone_of(claimed.customer.source)), "DATE_FORMAT") if until else "",
        "shop": shop_name,
    }


def _lines(cart: Cart) -> str:
    lines = ((line, money(line.total, cart.currency)) for line in cart.lines.all())
    return "".join(f"- {line.quantity} × {line.name}: {cost}\n" for line, cost in lines) or "\n"
