"""The elements in which mail programs put what they quote, made visible as marks in the text."""

from collections.abc import Iterator
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, fromstring, tostring

from helpdesk import html as markup

QUOTE, UNQUOTE = "\ue0f0", "\ue0f1"
ATTRIBUTION, END_ATTRIBUTION = "\ue0f2", "\ue0f3"
SIGNATURE, END_SIGNATURE = "\ue0f4", "\ue0f5"
CUT = "\ue0f6"
MARKS = (QUOTE, UNQUOTE, ATTRIBUTION, END_ATTRIBUTION, SIGNATURE, END_SIGNATURE, CUT)
UNMARKED = dict.fromkeys(map(ord, MARKS))
MAX_HTML = 300_000
MAX_MARKS = 200

QUOTE_CLASSES = {
    "gmail_quote", "yahoo_quoted", "protonmail_quote", "tutanota_quote", "front-blockquote", "sh-quoted-content",
    "zmail_extra", "mail-quote", "moz-cite", "cm_quote", "edo_quote", "gmx_quote", "wm-quote", "quoted-content",
    "mb-quoted", "outlook-quote", "hey-quote",
}  # fmt: skip
# Of these only the quotation inside counts, for people answer between its pieces.
OPEN_CLASSES = {"gmail_quote"}
QUOTE_IDS = {"isReplyContent", "quoted-content", "replyblockquote"}
QUOTE_NAMES = {"messageReplySection", "quote", "quoted-content"}
ATTRIBUTION_CLASSES = {"gmail_attr", "moz-cite-prefix", "moz-email-headers-table", "replyHeader", "quote-header"}
CUT_IDS = {
    "divRplyFwdMsg", "appendonsend", "stopSpelling", "OLK_SRC_BODY_SECTION", "zwchr", "isForwardContent",
    "mail-editor-reference-message-container", "reply-intro", "divtagdefaultwrapper-reply",
}  # fmt: skip
CUT_CLASSES = {"OutlookMessageHeader", "WordSectionReply", "yahoo-quoted-begin", "ox-quoted"}
CUT_MARKERS = {"__DIVIDER__", "__HEADERS__"}
SIGNATURE_CLASSES = {
    "gmail_signature", "moz-signature", "apple-mail-signature", "protonmail_signature_block", "gmail_signature_prefix",
}  # fmt: skip
SIGNATURE_IDS = {"ms-outlook-mobile-signature", "AppleMailSignature", "Signature", "lineBreakAtBeginningOfSignature"}


def marked(html: str) -> str:
    """The text of the HTML with marks where mail programs put quotations; empty if there are none, or too much."""
    if not html or len(html) > MAX_HTML or not _may_hold_any(html) or not markup.within_budget(html):
        return ""
    try:
        document = fromstring(
            without_marks(html).encode("utf-8"),
            parser=HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True),
        )
        if document is None or not _mark_all(document):
            return ""
    except (etree.LxmlError, ValueError, AssertionError):  # also of a control character that is moved
        return ""
    return markup.to_text(tostring(document, encoding="unicode"))


def without_marks(text: str) -> str:
    """The text without the characters that serve as marks."""
    return text.translate(UNMARKED)


def _may_hold_any(html: str) -> bool:
    """A quick look, to spare ordinary mail the rest."""
    words = ("quote", "cite", "border-top", "RplyFwd", "appendonsend", "stopSpelling", "OLK_SRC", "Outlook")
    return any(word in html for word in (*words, "zwchr", "ReplySection", "ReplyContent", "zmail", "data-marker"))


def _mark_all(document: HtmlElement) -> bool:
    """Put the marks in; whether any was."""
    found = False
    kinds = ((element, _kind(element)) for element in _elements(document))
    for element, kind in list(islice((one for one in kinds if one[1]), MAX_MARKS)):
        if kind == CUT:
            _before(element, CUT)
        elif kind == QUOTE:
            _around(element, QUOTE, UNQUOTE)
        elif kind == ATTRIBUTION:
            _around(element, ATTRIBUTION, END_ATTRIBUTION)
        elif kind == SIGNATURE:
            _around(element, SIGNATURE, END_SIGNATURE)
        found = found or kind in {CUT, QUOTE}
    return found


def _elements(document: HtmlElement) -> Iterator[HtmlElement]:
    for element in document.iter():
        if isinstance(element.tag, str) and element.getparent() is not None and element.tag not in {"html", "body"}:
            yield element


def _kind(element: HtmlElement) -> str:
    """The mark it stands for; empty if none."""
    classes, name = set((element.get("class") or "").split()), element.get("id") or ""
    if (
        name in CUT_IDS
        or classes & CUT_CLASSES
        or element.get("data-marker") in CUT_MARKERS
        or _is_header_line(element)
    ):
        return CUT
    if classes & ATTRIBUTION_CLASSES:
        return ATTRIBUTION
    if _is_quote(element, classes, name):
        return QUOTE
    return SIGNATURE if classes & SIGNATURE_CLASSES or name in SIGNATURE_IDS else ""


def _is_quote(element: HtmlElement, classes: set[str], name: str) -> bool:
    if element.tag == "blockquote":
        style = (element.get("style") or "").replace(" ", "").lower()
        return (element.get("type") or "").lower() == "cite" or bool(classes & QUOTE_CLASSES) or "border-left" in style
    known = bool(classes & (QUOTE_CLASSES - OPEN_CLASSES)) or name in QUOTE_IDS or name.startswith("yahoo_quoted")
    return element.tag == "div" and (known or element.get("name") in QUOTE_NAMES)


def _is_header_line(element: HtmlElement) -> bool:
    """Whether it is the box with a line on top in which Outlook and Windows Mail write From and Sent."""
    if element.tag != "div":
        return False
    style = (element.get("style") or "").replace(" ", "").lower()[:500]
    is_word = "border:none;border-top:solid" in style and "padding:3" in style
    return is_word or ("border-top-style:solid" in style and "padding-top:5px" in style)


def _line(mark: str) -> HtmlElement:
    made = etree.Element("div")
    made.text = mark
    return made


def _before(element: HtmlElement, mark: str) -> None:
    element.addprevious(_line(mark))


def _around(element: HtmlElement, first: str, last: str) -> None:
    opening = _line(first)
    opening.tail, element.text = element.text, None
    element.insert(0, opening)
    element.append(_line(last))
