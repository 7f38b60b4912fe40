"""A short thank-you, which wants no answer: every word of it is one that people say thanks with, or a name.

Strict on purpose: whatever is not understood wants an answer. A question, a number, an address, a file, or one word
that is not on the list, and it is no mere thank-you.
"""

import re
from collections.abc import Iterable

from helpdesk.mail import InboundMail

LONGEST = 200  # characters
MOST_WORDS = 16
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
SPEAKS_AGAINST = re.compile(r"[?¿？\d@€$£%]|://|www\.")
SIGNS = ("👍", "🙏", "❤", "🙌", "👏", "😊", "🙂", "😀", "💐", "🌹", "🤗", "😘")

# By language: what says thanks, and what may stand beside it.
LANGUAGES = {
    "es": (
        "gracias agradecido agradecida agradecidos agradezco agradecemos",
        """
        muchas muchísimas mil muy amable amables todo por la el lo su tu tus vuestra vuestro os le les te a de y
        ya recibido recibida ha llegado llegó perfecto perfecta genial estupendo estupenda vale ok okay bien
        buen buenas buenos día días tarde tardes noche noches fin semana hola saludo saludos cordial cordiales
        un una abrazo rápida rápido respuesta ayuda atención información gestión excelente servicio todos equipo
        feliz igualmente que solucionado solucionada resuelto resuelta arreglado así da gusto tengáis tengas
        tenga hoy
        """,
    ),
    "en": (
        "thanks thank thx ty cheers appreciated appreciate grateful",
        """
        you so very much many lots lot for the your help quick fast reply response answer all great perfect
        wonderful excellent super nice kind kindly kindest best regards wishes hi hello dear team everyone a
        good day evening weekend it arrived received i we and works well service brilliant awesome fantastic
        today sorted solved fixed now one piece
        """,
    ),
    "fr": (
        "merci remercie remercions remerciements",
        """
        beaucoup bien mille infiniment grand vous votre vos pour la le les de du réponse rapide aide parfait
        super génial bonne journée soirée week end weekend cordialement bonjour tout toute l'équipe équipe et
        reçu je c'est excellent service amicalement salutations sincères est arrivé arrivée résolu sont c'était
        """,
    ),
    "de": (
        "danke dank dankeschön bedanke bedanken",
        """
        vielen herzlichen besten lieben schönen recht sehr ihnen dir euch für die den das der ihre eure deine
        schnelle hilfe antwort alles gut super prima perfekt toll klasse hallo grüße gruß viele liebe
        freundliche freundlichen mit tag abend wochenende schönes angekommen erhalten und ich wir mich team ganz
        heute gelöst erledigt
        """,
    ),
    "it": (
        "grazie ringrazio ringraziamo",
        """
        molte mille tante perfetto tutto bene ottimo gentile gentili gentilissimi saluti cordiali buona giornata
        serata ciao per il la risposta aiuto vi ti e ricevuto arrivato risolto
        """,
    ),
    "pt": (
        "obrigado obrigada obrigados agradeço agradecemos",
        """
        muito muita pela pelo ajuda resposta rápida perfeito tudo bem ótimo bom dia boa tarde noite olá
        cumprimentos abraço e recebido chegou resolvido já
        """,
    ),
    "ca": (
        "gràcies agraeixo agraïm",
        """
        moltes moltíssimes perfecte tot bé molt amables per la resposta ajuda salutacions bon dia bona tarda
        hola rebut arribat resolt ja ha
        """,
    ),
    "nl": (
        "bedankt dankjewel dankuwel dankje",
        """
        dank je u wel heel hartelijk zeer voor de het uw jullie snelle hulp antwoord reactie top prima perfect
        groet groeten fijne dag avond ontvangen en alvast met vriendelijke aangekomen opgelost
        """,
    ),
}
# Words that turn it round, though each might stand beside thanks elsewhere.
TURNS = frozenset("no not nicht nein non não ne pas kein keine pero but aber mais però maar sin without ohne".split())


def is_short_thanks(mail: InboundMail, *, names: Iterable[str] = ()) -> bool:
    """Whether a mail says thanks and nothing else. `names` are those of the people who may be named in it."""
    text = mail.text.strip()
    if not text or len(text) > LONGEST or mail.files or mail.invitations or mail.enclosed or mail.automatic:
        return False
    if mail.problem or SPEAKS_AGAINST.search(text):
        return False
    words = [word.lower().replace("’", "'") for word in WORD.findall(text)]
    if len(words) > MOST_WORDS or not TURNS.isdisjoint(words):
        return False
    known = {part.lower() for name in names for part in WORD.findall(name)}
    if not words or set(words) <= known:
        return any(sign in text for sign in SIGNS)
    return any(_are_thanks(set(words) - known, *lists) for lists in LANGUAGES.values())


def _are_thanks(words: set[str], thanks: str, beside: str) -> bool:
    """Whether all of them are of one language, and one says thanks."""
    thanking = set(thanks.split())
    return not thanking.isdisjoint(words) and words <= thanking | set(beside.split())
