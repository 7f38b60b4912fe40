"""The answer for whoever misses an order that is a cart without an owner: "we found it", filled in with its facts.

The team's own text goes first: a predefined reply with the shortcut below. Until there is one, ours is used.
"""

from accounts.languages import in_language
from accounts.models import Agent
from helpdesk import html as markup
from helpdesk.models import DeskSettings, PredefinedReply, Thread
from helpdesk.models.reply import fill
from helpdesk.placeholders import values_for

SHORTCUT = "cart-found"
TITLES = {"en": "We found the cart", "es": "Hemos encontrado el carrito"}
BODIES = {
    "en": (
        "<p>Hello {{ customer.first_name }},</p><p>We found it: your purchase of {{ cart.date }} for {{ cart.total }} "
        "reached us without your details, so no order came of it. It is this: {{ cart.lines }}.</p>"
        "<p>We are sorry. Please confirm the address it should go to, and we will send it at once.</p>"
    ),
    "es": (
        "<p>Hola, {{ customer.first_name }}:</p><p>Lo hemos encontrado: tu compra del {{ cart.date }} por "
        "{{ cart.total }} nos llegó sin tus datos y por eso no se hizo el pedido. Es esto: {{ cart.lines }}.</p>"
        "<p>Sentimos las molestias. Confírmanos a qué dirección lo enviamos y sale enseguida.</p>"
    ),
}


def found_reply(thread: Thread, agent: Agent) -> str:
    """The text as clean HTML in the customer's language; names that nothing is known for stay as they are."""
    own = PredefinedReply.objects.for_contact(thread.contact).filter(shortcut__iexact=SHORTCUT).first()
    values = values_for(thread, agent=agent)
    if own is not None:
        return markup.clean_reply(own.fill(values, language=thread.language)[0])
    text = in_language(BODIES, thread.language or DeskSettings.load().language, "en")
    return markup.clean_reply(fill(text, values)[0])


def write_default() -> PredefinedReply:
    """Put our text among the predefined replies, for the team to change."""
    titles = in_language(TITLES, DeskSettings.load().language, "en")
    return PredefinedReply.objects.get_or_create(shortcut=SHORTCUT, defaults={"title": titles, "bodies": BODIES})[0]
