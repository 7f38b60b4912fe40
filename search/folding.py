"""Text as the index knows it: words without case and accents, the same on every database.

Nothing here asks a database. What is stored and what is searched for go through the same functions.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

LONGEST = 40  # characters of a word; the rest of a longer one is not searched
MOST_CHARS = 20_000  # of one text
OURS = "xq"  # begins words that nobody may type: who may see a row, addresses of machines, near misses
SUFFIX, SLIP, MACHINE, AGE = f"{OURS}s", f"{OURS}t", f"{OURS}i", f"{OURS}b"
AGE_BITS = 15
SHORTEST_PHONE, SHORTEST_SUFFIX = 6, 3
SLIPS_OF = range(4, 15)  # lengths of words that may be mistyped

MARKS = re.compile(r"[\u0300-\u036f]+")
WORD = re.compile(r"[^\W_]+")
JOINED = re.compile(r"[^\W_]+(?:[-_.@/+:][^\W_]+)+")
PHONE = re.compile(r"\+?\d[\d ().\-/]{5,22}\d")


def fold(text: str) -> str:
    """Without case and accents: "José" is "jose", "Straße" is "strasse"."""
    if text.isascii():
        return text.lower()
    return MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()


def words(text: str) -> list[str]:
    """The words of a text in their order, folded."""
    return [_outside(word) for word in WORD.findall(fold(text[:MOST_CHARS]))]


def _outside(word: str) -> str:
    """A word as it is kept; one that looks like ours is made not to."""
    return f"x{word}"[:LONGEST] if word.startswith(OURS) else word[:LONGEST]


def indexed(*texts: str) -> list[str]:
    """All words under which these texts are found: each word, and "mk10482" for MK-10482, and digits of phones."""
    found: list[str] = []
    joined: list[str] = []
    for text in texts:
        folded = fold(text[:MOST_CHARS])
        found += map(_outside, WORD.findall(folded))
        joined += ["".join(WORD.findall(chunk)) for chunk in JOINED.findall(folded) if len(chunk) <= LONGEST]
        joined += [digits for run in PHONE.findall(folded) for digits in _whole_and_national(run)]
    return [*found, *map(_outside, joined)]


def line(row_id: int, found: Iterable[str]) -> str:
    """Words as they are stored: one space round each, so that a plain look into the line finds whole words.

    The first one says how old the row is among the others, for the index to begin with the newest.
    """
    return f" {' '.join((age_word(row_id), *found))} "


def age_word(row_id: int) -> str:
    """The same for some ten thousands of rows that follow each other."""
    return f"{AGE}{row_id >> AGE_BITS}"


def digits_of(text: str) -> str:
    """The digits of a phone number, without the zeros that mean "abroad" or "this country"."""
    return "".join(one for one in text if one.isascii() and one.isdigit()).lstrip("0")


def _whole_and_national(run: str) -> Iterator[str]:
    digits = digits_of(run)
    if 9 <= len(digits) <= 15:
        yield digits
        if len(digits) > 9:
            yield digits[-9:]


def phone_words(*numbers: str) -> list[str]:
    """Under which words numbers are found: the whole, and from every digit on as long as six are left."""
    every = {digits_of(number)[:LONGEST] for number in numbers}
    return sorted({one[at:] for one in every for at in range(len(one) - SHORTEST_PHONE + 1)})


def name_key(name: str) -> str:
    """The same for a name in whatever order: "Doe, John" and "john doe"."""
    return " ".join(sorted(words(name)))[:120]


def reference_key(reference: str) -> str:
    """A reference without what people leave out: "mk10482"."""
    return "".join(words(reference))[:64]


def near_words(*names: str) -> list[str]:
    """Words for finding a name by a part of it, or mistyped by one letter."""
    found: set[str] = set()
    for word in {word for name in names for word in words(name)}:
        found.update(f"{SUFFIX}{word[at:]}" for at in range(1, len(word) - SHORTEST_SUFFIX + 1))
        found.update(f"{SLIP}{slip}" for slip in slips(word))
    return sorted(found)


@lru_cache(maxsize=4096)
def slips(word: str) -> tuple[str, ...]:
    """The word, and what is left of it without one of its letters.

    Two words that share one of these differ by a letter too much, too little, wrong or swapped with its neighbour.
    """
    if len(word) not in SLIPS_OF:
        return ()
    return tuple({word, *(word[:at] + word[at + 1 :] for at in range(len(word)))})


def machine_word(address: str | None) -> str:
    """The word of an IP address, in hexadecimal digits, so that a network is the beginning of a word."""
    if not address:
        return ""
    one = ip_address(address)
    return f"{MACHINE}{one.version}{int(one):0{one.max_prefixlen // 4}x}"


def machine_beginnings(network: IPv4Network | IPv6Network) -> list[str]:
    """How the words of a network's addresses begin; up to eight where it ends inside a digit."""
    count = -(-network.prefixlen // 4)
    first = int(network.network_address) >> (network.max_prefixlen - count * 4)
    begin = f"{MACHINE}{network.version}"
    if not count:
        return [begin]
    return [f"{begin}{first + n:0{count}x}" for n in range(1 << (count * 4 - network.prefixlen))]


def network_of(typed: str) -> IPv4Network | IPv6Network | None:
    """The address or network (203.0.113.0/24, 2001:db8::/32) that was typed; None for anything else."""
    typed = typed.strip()
    if not ("." in typed or ":" in typed) or not 3 <= len(typed) <= 64:
        return None
    try:
        return ip_network(typed, strict=False)
    except ValueError:
        return None


def within(address: str, network: IPv4Network | IPv6Network) -> bool:
    """Whether an address lies in a network of its own version."""
    one = ip_address(address)
    return one.version == network.version and one in network
