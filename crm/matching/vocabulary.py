"""The words of the shop's products, and how rare each is: what tells "taza" from "hola" in a letter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from crm.matching.words import shortened, stem, words_of
from search.folding import fold


@lru_cache(maxsize=20_000)
def stems_of(name: str) -> frozenset[str]:
    """The words of a product's name, as they are compared."""
    return frozenset(map(stem, words_of(fold(name))))


@dataclass(frozen=True)
class Vocabulary:
    """Names of products with the number of lines each stands in."""

    lines: Mapping[str, int]
    by_word: dict[str, list[str]] = field(init=False, default_factory=dict)
    slips: dict[str, set[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Which names hold a word, and which words a slip of the finger may have meant."""
        by_word, slips = defaultdict(list), defaultdict(set)
        for name in self.lines:
            for word in stems_of(name):
                by_word[word].append(name)
        for word in by_word:
            for short in [*shortened(word), word] if len(word) >= 5 else []:
                slips[short].add(word)
        self.by_word.update(by_word)
        self.slips.update(slips)

    def meant_by(self, words: Iterable[str]) -> set[str]:
        """The words of products (stems) that these words of a letter mean: the same, or one slip away."""
        found: set[str] = set()
        for word in words:
            short = stem(word)
            if short in self.by_word:
                found.add(short)
            elif len(short) >= 4:
                for slip in [short, *(shortened(short) if len(short) >= 5 else ())]:
                    found |= self.slips.get(slip, set())
        return found

    def as_said(self, words: Iterable[str], *, most: int) -> list[str]:
        """Which words of a letter name a product, as they were written."""
        return [word for word in words if self.meant_by([word])][:most]

    def lines_with(self, words: Iterable[str]) -> int:
        """In how many lines all of these words stand together."""
        wanted = set(words)
        rarest = min(wanted, key=lambda word: len(self.by_word.get(word, ())), default="")
        return sum(self.lines[name] for name in self.by_word.get(rarest, ()) if wanted <= stems_of(name))

    def names_with(self, words: set[str], *, most: int) -> list[tuple[str, float]]:
        """Names of products with any of the words, those with most and rarest first, with how much each tells."""
        worth: dict[str, float] = defaultdict(float)
        for word in words:
            holders = self.by_word.get(word, ())
            total = sum(self.lines[name] for name in holders)
            for name in holders:
                worth[name] += 1 / (1 + total)
        return sorted(worth.items(), key=lambda one: (-one[1], one[0]))[:most]
