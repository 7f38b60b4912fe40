"""Guess which of the shop's languages a text is written in."""

import re
from collections import Counter

WORDS = {
    "es": "el la los las de del que y en un una por con para no es su lo mi hola gracias pedido está pero muy buenos",
    "en": "the of and to in is my for you not with have this that it was are be hello hi thanks order please been",
    "fr": "le la les des de et une est pas pour vous je que dans ma mon bonjour merci commande avec nous été",
    "de": "der die das und ist nicht ich ein eine zu mit für auf den meine hallo danke bestellung bitte wurde noch sie",
}
SETS = {language: frozenset(words.split()) for language, words in WORDS.items()}
WORD = re.compile(r"[^\W\d_]+")


def guess(text: str, *, default: str) -> str:
    """The language with the most common words in the first 2,000 characters, or the default.

    The winner needs two words more than the second, so that short texts stay undecided.
    """
    words = Counter(WORD.findall(text[:2000].lower()))
    scores = sorted(((sum(words[one] for one in known), language) for language, known in SETS.items()), reverse=True)
    (best, language), (second, _) = scores[0], scores[1]
    return language if best >= second + 2 else default
