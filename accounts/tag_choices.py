"""Tags as people choose them in templates/components/_tag_choices.html."""

from collections.abc import Iterable
from typing import Protocol

from django.http import QueryDict

PUT_ON, TAKE_OFF = "add", "remove"
LONGEST = 40  # characters of a tag


class Tag(Protocol):
    """A word with an id: of threads or of customers."""

    pk: int
    name: str


def chosen(params: QueryDict, known: Iterable[Tag]) -> tuple[list[str], list[str]]:
    """The words to put on and those to take off; new words, with commas between them, are put on."""
    asked = [(tag.name, params.get(f"tag-{tag.pk}")) for tag in known]
    put_on = [name for name, how in asked if how == PUT_ON]
    put_on += words_of(",".join(params.getlist("new")))
    return put_on, [name for name, how in asked if how == TAKE_OFF]


def words_of(typed: str) -> list[str]:
    """Tags that somebody typed with commas between them."""
    words = (" ".join(word.split())[:LONGEST] for word in typed[:1000].replace("\x00", "").split(","))
    return [word for word in words if word]
