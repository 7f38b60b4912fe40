"""The three replies that the review proposes: made when they are first asked for, then the shop's own to edit."""

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from helpdesk.models import DeskSettings, FollowUp, PredefinedReply, Status

TITLES: dict[str, str | Promise] = {
    FollowUp.ARRIVED: gettext_lazy("Has your order arrived?"),
    FollowUp.NEWS: gettext_lazy("We have not forgotten you"),
    FollowUp.CHASE: gettext_lazy("Where is this parcel?"),
}
THEN: dict[str, str] = {FollowUp.ARRIVED: Status.PENDING_1, FollowUp.NEWS: Status.PENDING_2, FollowUp.CHASE: ""}
BODIES: dict[str, dict[str, tuple[str, ...]]] = {
    FollowUp.ARRIVED: {
        "en": (
            "{{ salutation }},",
            "We sent you order {{ order.reference }} a while ago. Has it arrived, and is everything as you wished?",
            "If something is missing or broken, or it has not come yet, just answer this mail and we will see to it.",
        ),
        "es": (
            "{{ salutation }}:",
            "Hace unos días te enviamos el pedido {{ order.reference }}. ¿Te ha llegado y está todo como querías?",
            "Si falta algo, ha llegado roto o todavía no lo tienes, contesta a este correo y lo miramos enseguida.",
        ),
    },
    FollowUp.NEWS: {
        "en": (
            "{{ salutation }},",
            "You wrote to us about “{{ thread.subject }}”, and our answer has taken too long. We are sorry.",
            "We have not forgotten you: we are looking into it and will write again as soon as we know more.",
        ),
        "es": (
            "{{ salutation }}:",
            "Nos escribiste sobre «{{ thread.subject }}» y estamos tardando demasiado en contestarte. Lo sentimos.",
            "No nos hemos olvidado de ti: lo estamos mirando y te escribimos en cuanto sepamos algo más.",
        ),
    },
    FollowUp.CHASE: {
        "en": (
            "Hello,",
            "Our customer is still waiting for order {{ order.reference }} (tracking number "
            "{{ order.tracking_number }}).",
            "Where is it now, and when will it be delivered? Please answer this mail.",
        ),
        "es": (
            "Hola:",
            "Nuestro cliente sigue esperando el pedido {{ order.reference }} (número de seguimiento "
            "{{ order.tracking_number }}).",
            "¿Dónde está ahora y cuándo se entrega? Contestad a este correo, por favor.",
        ),
    },
}


def reply_for(follow_up: str) -> PredefinedReply | None:
    """What the shop sends for this. Made with our words the first time; None if the shop deleted it."""
    mine = PredefinedReply.objects.filter(follow_up=follow_up)
    found = mine.first()
    if found is not None or PredefinedReply.history.filter(follow_up=follow_up).exists():
        return found
    try:
        with transaction.atomic():
            return _make(follow_up)
    except IntegrityError:  # somebody was faster
        return mine.first()


def _make(follow_up: str) -> PredefinedReply:
    with override(DeskSettings.load().language):
        title, folder = str(TITLES[follow_up]), str(gettext_lazy("Friday review"))
    bodies = {language: "".join(f"<p>{part}</p>" for part in parts) for language, parts in BODIES[follow_up].items()}
    return PredefinedReply.objects.create(
        title=title, folder=folder, bodies=bodies, follow_up=follow_up, then=THEN[follow_up]
    )
