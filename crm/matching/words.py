"""Words as they are compared: without accents, case and plural. Pure; every function takes linear time."""

import re

WORD = re.compile(r"[a-z]{3,30}|[a-z0-9]{3,30}")
# Words that stand in every letter, and in names of products too; they tell nothing.
EMPTY = frozenset(
    """
    the and for with from that this have has had was were are not you your our can but any all one two
    los las una uno unos unas del con sin por para que como esta este esto muy mas sus hay son fue era dos tres
    les des une aux avec pour dans sur pas est ont mon mes vos qui que nous vous
    der die das den dem ein eine einen mit und von vom fur auf ist war ich wir sie bei nicht auch
    """.split()
)

# How words begin in letters that ask for something bought: an order, a charge, a parcel that did not come.
ASKING = tuple(
    """
    pedi compr cobr cargo carg pagu pago pagad tarjeta llega recib confirma reembols factur
    order bought buy purchas charg paid pay card refund confirm arriv receiv deliver
    bestell gekauft bezahl abgebucht geld liefer erhalten angekommen
    command achat achet pay debit prelev recu arriv rembours livr
    """.split()
)


def stem(word: str) -> str:
    """A folded word without its endings of plural: "flores" and "flor", "plates" and "plate" become the same."""
    while len(word) > 3:
        if word.endswith(("s", "en", "e")):
            word = word[:-1]
        else:
            break
    return word


def words_of(folded: str) -> list[str]:
    """The words of a folded text that may mean something, in order, as they were written."""
    return [word for word in WORD.findall(folded) if word not in EMPTY and not word.isdecimal()]


def asks_for_something_bought(words: list[str]) -> bool:
    """Whether somebody misses an order, a parcel or money, as far as words tell."""
    return any(word.startswith(ASKING) for word in words)


def shortened(word: str) -> set[str]:
    """The word without any one of its letters: two words that share one differ by a slip of the finger."""
    return {word[:n] + word[n + 1 :] for n in range(len(word))}


def is_near(one: str, other: str) -> bool:
    """The same but for one letter too many, too few, wrong, or two that changed places. Short words must be equal."""
    if one == other:
        return True
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 1:
        return False
    return one in shortened(other) or other in shortened(one) or bool(shortened(one) & shortened(other))
