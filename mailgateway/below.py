"""The HTML of a mail that is passed on, without what stands above it: the other's own form, where it can be parted.

In a copy each piece of text gets a mark before it is turned into lines; the lines say where the header block ends, and
the marks which piece that is. Where lines and pieces do not agree, nothing is believed.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, fromstring, tostring

from helpdesk import html as markup

MARK = "\ue0f7"
MAX_HTML = 300_000
MAX_PLACES = 400  # pieces of text in which the header block must end
UNSEEN = {"head", "style", "script", "title", "noscript", "template"}
Place = tuple[HtmlElement, str]  # an element, and "text" or "tail": before or behind what is in it


def part(html: str, ends: Callable[[str], int]) -> str:
    """What stands below the header block; empty if it cannot be told apart.

    `ends` gets the beginning of the HTML as text and says with how many of its lines the block ends; 0 for none.
    """
    document = _read(html)
    if document is None:
        return ""
    lines = _marked(deepcopy(document)).split("\n")
    above = lines[: ends("\n".join(lines).replace(MARK, ""))]
    places = list(islice(_places(document), MAX_PLACES))
    count = sum(line.count(MARK) for line in above)
    if not 0 < count <= len(places) or _squeezed("".join(above)) != "".join(map(_said, places[:count])):
        return ""
    _drop_to(*places[count - 1])
    return tostring(document, encoding="unicode")


def _read(html: str) -> HtmlElement | None:
    if not html or len(html) > MAX_HTML or MARK in html or not markup.within_budget(html):
        return None
    try:
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return fromstring(html.encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _places(document: HtmlElement) -> Iterator[Place]:
    """Every piece of text that is shown, in its order."""
    for event, element in etree.iterwalk(document, events=("start", "end")):
        name = "text" if event == "start" else "tail"
        shown = element.tag not in UNSEEN if name == "text" else element is not document
        if shown and (getattr(element, name) or "").strip():
            yield element, name


def _marked(document: HtmlElement) -> str:
    """The text of its beginning, with a mark before each piece."""
    places = list(islice(_places(document), MAX_PLACES))
    for element, name in places:
        text = getattr(element, name)
        words = text.lstrip()
        setattr(element, name, f"{text[: len(text) - len(words)]}{MARK}{words}")
    if len(places) == MAX_PLACES:
        _drop_from(*places[-1])
    return markup.to_text(tostring(document, encoding="unicode"))


def _said(place: Place) -> str:
    return _squeezed(getattr(*place))


def _squeezed(text: str) -> str:
    return "".join(text.replace(MARK, "").split())


def _drop_to(element: HtmlElement, name: str) -> None:
    """Take away everything up to and with this piece of text; what it stood in stays around what follows."""
    setattr(element, name, None)
    if name == "tail" and (parent := element.getparent()) is not None:
        _drop_before(parent, element)
        parent.remove(element)
        element = parent
    while (parent := element.getparent()) is not None:
        _drop_before(parent, element)
        element = parent


def _drop_from(element: HtmlElement, name: str) -> None:
    """Take away everything from this piece of text on."""
    if name == "text":
        del element[:]
        element.text = None
    element.tail = None
    while (parent := element.getparent()) is not None:
        for behind in list(element.itersiblings()):
            parent.remove(behind)
        parent.tail = None
        element = parent


def _drop_before(parent: HtmlElement, element: HtmlElement) -> None:
    parent.text = None
    for before in list(element.itersiblings(preceding=True)):
        parent.remove(before)  # with the text behind it
