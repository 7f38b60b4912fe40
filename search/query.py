"""What somebody looks for, read from what they typed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from search.folding import JOINED, LONGEST, PHONE, SLIP, SUFFIX, digits_of, fold, slips, words

MOST_GROUPS = 8  # words of a query; more only make it slower
QUOTED = re.compile(r'["“«]([^"”»]*)["”»]')
LONG_PHONE = 9  # digits; fewer may be an order and a year
SHORTEST_PREFIX = 2


@dataclass(frozen=True)
class Term:
    """A word, or how it begins."""

    word: str
    begins: bool = False

    @property
    def inside(self) -> str:
        """What stands in a line of words where the term does."""
        return f" {self.word}" if self.begins else f" {self.word} "


Group = tuple[Term, ...]


@dataclass(frozen=True)
class Query:
    """Every group must be found, by any of its terms; each phrase stands literally."""

    groups: tuple[Group, ...] = ()
    phrases: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.groups)

    def among(self, *alternatives: str) -> "Query":
        """The same, but only rows with one of these words."""
        return replace(self, groups=(tuple(map(Term, alternatives)), *self.groups))

    @property
    def has_beginnings(self) -> bool:
        """Whether a word may go on behind what was typed."""
        return any(term.begins for group in self.groups for term in group)

    @property
    def inside(self) -> "Query":
        """The same with parts of names. Only for rows with near_words()."""
        return replace(self, groups=tuple(_inside(group) for group in self.groups))

    @property
    def near(self) -> "Query":
        """The same looser: parts of names, and names mistyped by a letter. Only for rows with near_words()."""
        return replace(self, groups=tuple(_near(group) for group in self.groups))


def read(typed: str, *, begins: str = "last") -> Query:
    """From a search box. "Quoted words" are literal; of the others the "last" may go on, or "all" may.

    An empty query finds nothing.
    """
    typed = typed.replace("\0", " ")[:300]
    groups: list[Group] = []
    phrases: list[str] = []
    for quoted in QUOTED.findall(typed):
        literal = words(quoted)
        groups += [(Term(word),) for word in literal]
        phrases += [" ".join(literal)] if len(literal) > 1 else []
    rest = QUOTED.sub(" ", typed)
    for run in _phones(rest):
        digits = digits_of(run)[:LONGEST]
        groups.append((Term(digits, begins=True),))
        rest = rest.replace(run, " ")
    chunks = rest.split()
    for position, chunk in enumerate(chunks):
        groups += _chunk(chunk, goes_on=begins == "all" or position == len(chunks) - 1)
    return Query(tuple(groups[:MOST_GROUPS]), tuple(phrases))


def _phones(text: str) -> list[str]:
    runs = [run.strip() for run in PHONE.findall(text)]
    return [run for run in runs if len(digits_of(run)) >= LONG_PHONE or run.startswith("+")]


def _chunk(chunk: str, *, goes_on: bool) -> Iterable[Group]:
    parts = words(chunk)
    if len(parts) < 2:
        return [_word(part, goes_on=goes_on) for part in parts]
    joined = "".join(parts)[:LONGEST]
    if "@" in chunk.strip("@") and JOINED.search(fold(chunk)):
        return [(Term(joined, begins=True),)]  # an address is one word, and better found as one
    return [(Term(part), Term(joined, begins=True)) for part in parts[:-1]] + [
        (Term(parts[-1], begins=goes_on), Term(joined, begins=True))
    ]


def _word(word: str, *, goes_on: bool) -> Group:
    forms = dict.fromkeys(plurals(word))
    begins = goes_on and len(word) >= SHORTEST_PREFIX
    others = tuple(Term(form) for form in forms if not (begins and form.startswith(word)))
    return (Term(word, begins=True), *others) if begins else others


def plurals(word: str) -> list[str]:
    """The word with what it is in the singular and the plural, in Spanish and English; never wrong by much."""
    if len(word) < 3 or not word.isalpha():
        return [word]
    bases = [word]
    if word.endswith("s") and not word.endswith("ss"):
        bases += [word[:-1]] + ([word[:-2]] if word.endswith("es") else [])
    forms = [word, *(form for base in bases for form in (base, f"{base}s", f"{base}es"))]
    for singular, plural in (("z", "ces"), ("y", "ies")):
        forms += [word.removesuffix(plural) + singular] if word.endswith(plural) else []
        forms += [word.removesuffix(singular) + plural] if word.endswith(singular) else []
    return list(dict.fromkeys(forms))


def _inside(group: Group) -> Group:
    typed = group[0].word
    return (*group, Term(f"{SUFFIX}{typed}", begins=True)) if typed.isalpha() else group


def _near(group: Group) -> Group:
    typed = group[0].word
    return (*_inside(group), *(Term(f"{SLIP}{slip}") for slip in slips(typed))) if typed.isalpha() else group
