"""What people write and what the team answers, read from texts/*.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent / "texts"
LANGUAGES = ("es", "en", "fr", "de")


@dataclass(frozen=True)
class Story:
    """How a thread begins. `files` names generators of config.practice.files."""

    language: str
    topic: str
    subject: str
    text: str
    contact: str = "service"
    files: tuple[str, ...] = ()
    html: bool = False


@cache
def read(language: str) -> dict:
    """One file as it is."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def stories(language: str) -> list[Story]:
    """The beginnings in a language."""
    return [
        Story(language, **{**one, "text": one["text"].strip(), "files": tuple(one.get("files", ()))})
        for one in read(language)["story"]
    ]


def replies(language: str, topic: str) -> list[str]:
    """What the team answers to a topic."""
    known = read(language)["replies"]
    return known.get(topic) or known["any"]


def answers(language: str, *, thanks: bool) -> list[str]:
    """What customers write back."""
    return read(language)["answers"]["thanks" if thanks else "any"]


def note(dice: Random) -> str:
    """What an agent notes down; the team's language is Spanish."""
    return dice.choice(read("es")["notes"]["any"])


def forwarding(language: str) -> dict:
    """Words to the carrier (`note`), its `answers`, and words to a colleague (`inside`)."""
    return read(language).get("forward") or read("es")["forward"]
