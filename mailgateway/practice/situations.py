"""Ready situations: mails that are written for you and leave everything set for an answer."""

from dataclasses import dataclass
from email.message import EmailMessage

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mailgateway.practice.cast import INVOICES, OUTSIDE, SHOP, SPAMMER, Player
from mailgateway.practice.letters import Letter
from mailgateway.practice.mailbox import compose, send
from mailgateway.practice.photo import draw
from mailgateway.practice.players import customer_of, last_order
from mailgateway.practice.shopping import lose_cart


class NothingToAnswerError(Exception):
    """The situation answers a mail, and none has come."""


@dataclass(frozen=True)
class Situation:
    """One button. `words` are (subject, text) by language; without them it answers `answer` by language."""

    key: str
    icon: str
    title: str | Promise
    hint: str | Promise
    to: str = SHOP
    words: tuple[tuple[str, str, str], ...] = ()  # language, subject, text
    answer: tuple[tuple[str, str], ...] = ()  # language, text
    photos: int = 0
    times: int = 1
    header: tuple[str, str] = ("", "")
    only: str = ""  # an account
    loses: bool = False  # a cart that was charged and made no order; {goods} and {total} are of it


ALL = (
    Situation(
        *("late", "truck", _("Asks about a delay"), _("Mail, angry")),
        words=(
            (
                *("es", "¿Dónde está mi pedido {order}?"),
                "Hola:\n\nHice el pedido {order} la semana pasada y sigue sin llegar. Es un regalo para el "
                "lunes y ya me "
                "habéis dicho dos veces que «mañana». ¿Qué pasa?\n\n{first}",
            ),
            (
                *("en", "Where is my order {order}?"),
                "Hello,\n\nI ordered {order} last week and it has still not come. It is a present for Monday, "
                "and I was "
                "told “tomorrow” twice. What is going on?\n\n{first}",
            ),
        ),
    ),
    Situation(
        *("broken", "img", _("Arrives broken, with 3 photos"), _("Mail with attachments")),
        photos=3,
        words=(
            (
                *("es", "Dos cuencos rotos"),
                "Buenas tardes:\n\nEl pedido {order} ha llegado con dos cuencos rotos. Os mando tres fotos. ¿Me "
                "los podéis "
                "reponer antes del sábado?\n\nGracias, {first}",
            ),
            (
                *("en", "Two broken bowls"),
                "Hi,\n\nMy parcel ({order}) came with two broken bowls, please see the three pictures. Could "
                "you send new "
                "ones before Saturday?\n\nThanks, {first}",
            ),
        ),
    ),
    Situation(
        *("invoice", "file", _("Needs an invoice"), _("Mail to accounting")),
        to=INVOICES,
        words=(
            (
                *("es", "Factura del pedido {order}"),
                "Hola:\n\n¿Me podéis enviar la factura del pedido {order} a nombre de Estudio Marea, S.L., "
                "CIF B00000000?\n\nGracias, {first}",
            ),
            (
                *("en", "Invoice for {order}"),
                "Hello,\n\ncould you send me an invoice for {order} made out to Studio Tide Ltd, VAT "
                "XX000000000?\n\n{first}",
            ),
        ),
    ),
    Situation(
        *("lost", "cart", _("Has paid and there is no order"), _("A cart of nobody, to be found")),
        loses=True,
        words=(
            (
                *("es", "He pagado y no tengo pedido"),
                "Hola:\n\nHoy he comprado en vuestra web {goods}. Me han cobrado {total} €, pero no me ha llegado "
                "ningún correo ni tengo número de pedido. ¿Podéis mirarlo?\n\n{first}",
            ),
            (
                *("en", "I paid and have no order"),
                "Hello,\n\ntoday I bought {goods} in your shop. My card was charged {total} €, but no mail came and I "
                "have no order number. Could you look into it?\n\n{first}",
            ),
        ),
    ),
    Situation(
        *("twice", "merge", _("Writes the same twice"), _("To try merging")),
        times=2,
        words=(
            (
                *("es", "Cambio de dirección"),
                "Me he equivocado de dirección en el {order}. ¿Se puede cambiar? Es la calle Mayor 21, no la "
                "12.\n\n{first}",
            ),
            (
                *("en", "Change of address"),
                "I gave you the wrong address for {order}. Can it be changed? It is 21 Mill Lane, not 12.\n\n{first}",
            ),
        ),
    ),
    Situation(
        *("thanks", "check", _("Only says thank you"), _("Answers the last mail")),
        answer=(("es", "¡Muchas gracias, todo perfecto!"), ("en", "Thank you so much, all good!")),
    ),
    Situation(
        *("away", "off", _("Out of office"), _("Automatic answer to the last mail")),
        header=("Auto-Submitted", "auto-replied"),
        answer=(
            ("es", "Estoy fuera de la oficina hasta el lunes y no leo el correo."),
            ("en", "I am out of the office until Monday and do not read my mail."),
        ),
    ),
    Situation(
        *("bare", "warn", _("A mail that lacks everything"), _("No subject, no date, no Message-ID")),
        words=(("es", "", "¿hola?"), ("en", "", "hello?")),
    ),
    Situation(
        *("spam", "s-spam", _("Advertising and false prizes"), _("Marked as spam by the mail server")),
        only=SPAMMER,
        words=(
            (
                "es",
                "¡¡Ha ganado un cupón de 500 €!!",
                "Enhorabuena. Envíe sus datos bancarios hoy mismo para reclamarlo.",
            ),
            ("en", "You have won a 500 € voucher!!", "Congratulations. Send your bank details today to claim it."),
        ),
    ),
)


def for_player(player: Player) -> list[Situation]:
    """Those that make sense for somebody."""
    if player.account == OUTSIDE:
        return []
    return [one for one in ALL if one.only in {"", player.account}]


def play(situation: Situation, player: Player, received: list[Letter]) -> None:
    """Send what the situation says. Raises NothingToAnswerError, or one of mailbox.FAULTS."""
    answered = received[-1] if received else None
    if situation.answer and answered is None:
        raise NothingToAnswerError(
            gettext("There is no mail to answer yet. Write one, and wait for the shop's answer.")
        )
    for _time in range(situation.times):
        send(_mail(situation, player, answered), sender=player.account)


def _mail(situation: Situation, player: Player, answered: Letter | None) -> EmailMessage:
    name, address = player.name, player.account
    if situation.answer and answered:
        texts = dict(situation.answer)
        text = texts.get(player.language) or texts["en"]
        mail = compose(
            name, address, to=answered.reply_to, subject=answered.answer_subject, text=text, answers=answered
        )
    else:
        by_language = {language: (subject, text) for language, subject, text in situation.words}
        known = _known(situation, player)
        words = by_language.get(player.language) or by_language["en"]
        subject, text = (one.format(**known) for one in words)
        mail = compose(name, address, to=situation.to, subject=subject, text=text)
    for n in range(situation.photos):
        mail.add_attachment(draw(n), "image", "png", filename=f"foto-{n + 1}.png")
    if situation.header[0]:
        mail[situation.header[0]] = situation.header[1]
    if situation.key == "bare":
        del mail["Date"], mail["Message-ID"]
    return mail


def _known(situation: Situation, player: Player) -> dict[str, str]:
    """What the words of a situation name."""
    order = last_order(customer_of(player.account))
    known = {"order": order.reference if order else "PR-1000", "first": player.name.split()[0]}
    if situation.loses and (cart := lose_cart(player.language)):
        goods = [line.name for line in cart.lines.all()]
        known |= {"goods": ", ".join(goods), "total": f"{cart.total:.2f}".replace(".", ",")}
    return known
