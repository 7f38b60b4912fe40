"""Strangers' and agents' HTML made harmless: the only user of nh3, bleach and mark_safe.

Strangers' HTML goes through nh3 (linear), after caps on its size, tags and depth; what is over them is
shown as text. What survives is shown in a sandboxed frame under its own policy, which is the second wall.
"""

import re
from html import escape
from typing import Any

import nh3
from bleach.linkifier import Linker
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from inscriptis import get_text
from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.html_properties import Display
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_element import HtmlElement
from lxml.etree import LxmlError

MAX_CHARS = 1_000_000
MAX_TAGS = 20_000
MAX_DEPTH = 100
VOID = {"br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "source"}
# Elements whose text is not for readers: dropped whole before anything is parsed as HTML.
DROPPED = ("style", "script", "title", "head", "xml", "noscript", "template")
BEGINS = re.compile(rf"<(?:!--|((?ai:{'|'.join(DROPPED)}))(?![^\W_]))")
ENDS = {name: re.compile(f"</{name}", re.IGNORECASE | re.ASCII) for name in DROPPED}
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})")

MAIL_TAGS = frozenset(
    """
    a abbr b blockquote br caption center code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6
    hr i img ins kbd li ol p pre q s small span strike strong sub sup table tbody td tfoot th thead tr
    tt u ul
    """.split()
)
MAIL_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title", "align", "valign", "width", "height", "bgcolor"},
    "a": {"href", "name"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start", "type"},
    "font": {"color", "size", "face"},
    "table": {"border", "cellpadding", "cellspacing"},
}
MAIL_STYLES = frozenset(
    """
    background-color border border-bottom border-collapse border-color border-left border-radius
    border-right border-spacing border-style border-top border-width color direction display font
    font-family font-size font-style font-weight height letter-spacing line-height list-style-type
    margin margin-bottom margin-left margin-right margin-top max-width min-width padding padding-bottom
    padding-left padding-right padding-top text-align text-decoration text-indent text-transform
    vertical-align white-space width
    """.split()
)
UNSAFE_VALUE = re.compile(r"url|expression|image-set|javascript|\\|@|-\d", re.IGNORECASE)
FUNCTION = re.compile(r"([a-z-]*)\(", re.IGNORECASE)
SAFE_FUNCTIONS = {"rgb", "rgba", "hsl", "hsla", "calc"}

REPLY_TAGS = frozenset(
    """
    p br strong b em i u s a ul ol li blockquote img table thead tbody tr td th
    """.split()
)
REPLY_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
OWN_IMAGE = re.compile(r"^/attachments/\d{1,18}/$")
OWN_IMAGE_SOURCE = re.compile(r'src="/attachments/(\d{1,18})/"')

# A drawn line parts what stands above from what stands below it, in the text form too.
AS_TEXT = ParserConfig(css=STRICT_CSS_PROFILE | {"hr": HtmlElement(display=Display.block)})


def _style(value: str) -> str:
    """Declarations whose value can neither load anything nor leave its box."""
    kept = []
    for declaration in value[:4000].split(";")[:60]:
        name, _, val = declaration.partition(":")
        functions = {found.lower() for found in FUNCTION.findall(val)}
        if name.strip() and val.strip() and not UNSAFE_VALUE.search(val) and functions <= SAFE_FUNCTIONS:
            kept.append(f"{name.strip()}:{val.strip()}")
    return ";".join(kept)


def _mail_attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "style":
        return _style(value) or None
    if attribute == "href" and value.strip().lower().startswith("cid:"):
        return None
    if value.startswith("//"):
        return f"https:{value}"
    return value


MAIL_CLEANER = nh3.Cleaner(
    tags=set(MAIL_TAGS),
    attributes=MAIL_ATTRIBUTES,
    attribute_filter=_mail_attribute,
    filter_style_properties=set(MAIL_STYLES),
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)
REPLY_CLEANER = nh3.Cleaner(
    tags=set(REPLY_TAGS),
    attributes=REPLY_ATTRIBUTES,
    attribute_filter=lambda tag, name, value: value if name != "src" or OWN_IMAGE.match(value) else None,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer",
)


def _without_dropped(html: str) -> str:
    """The HTML without comments and without elements whose text nobody should read; one pass, linear."""
    out: list[str] = []
    at, open_ended = 0, set[str]()
    for found in BEGINS.finditer(html):
        if found.start() < at or not (end := _end_of_dropped(html, found, open_ended)):
            continue
        out.append(html[at : found.start()])
        if end < 0:
            return "".join(out)
        at = end
    out.append(html[at:])
    return "".join(out)


def _end_of_dropped(html: str, found: re.Match[str], open_ended: set[str]) -> int:
    """Where a comment or dropped element ends; 0 if it is to stay, -1 if it never ends.

    `open_ended` keeps the names of which no end was found: it is looked for once.
    """
    if found[1] is None:
        close_at = html.find("-->", found.end())
        return close_at + 3 if close_at >= 0 else -1
    name = found[1].lower()
    if name in open_ended:
        return 0
    close = ENDS[name].search(html, found.end())
    if close is not None:
        return html.find(">", close.start()) + 1 or -1
    open_ended.add(name)
    return -1 if name in {"style", "script"} else 0


def within_budget(html: str) -> bool:
    """Whether it is small and flat enough to clean."""
    if len(html) > MAX_CHARS:
        return False
    depth = deepest = 0
    for count, (closing, name) in enumerate(TAG.findall(html)):
        if count > MAX_TAGS:
            return False
        if name.lower() not in VOID:
            depth = max(0, depth - 1) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest <= MAX_DEPTH


def clean(html: str) -> str:
    """A stranger's HTML without anything that runs, loads by itself or leaves its frame.

    Returns an empty string for HTML over the budget: then the text form is shown.
    """
    if not html.strip():
        return ""
    html = _without_dropped(html.replace("\x00", ""))
    if not within_budget(html):
        return ""
    return MAIL_CLEANER.clean(html)


def clean_reply(html: str) -> str:
    """What an agent's editor wrote, reduced to what our editor can write; pictures only our own."""
    html = _without_dropped(html.replace("\x00", ""))
    return REPLY_CLEANER.clean(html) if within_budget(html) else ""


def to_text(html: str) -> str:
    """Readable text of an HTML, by inscriptis (linear, unbothered by hostile input)."""
    if not html.strip():
        return ""
    html = _without_dropped(html.replace("\x00", ""))
    try:
        return get_text(html, AS_TEXT).strip()
    except (ValueError, RecursionError, LxmlError):  # lxml finds nothing to parse, or too much
        return nh3.clean(html[:MAX_CHARS], tags=set()).strip() if within_budget(html) else html[:2000]


def from_text(text: str) -> str:
    """Plain text as HTML paragraphs, everything escaped."""
    paragraphs = text.replace("\r\n", "\n").strip().split("\n\n")
    return "".join(f"<p>{escape(one).replace(chr(10), '<br>')}</p>" for one in paragraphs if one.strip())


def both_forms(html: str, text: str, *, may_be_empty: bool = False) -> tuple[str, str]:
    """What an agent wrote as clean HTML and as text. Raises ValueError if there is nothing in it."""
    if html.strip():
        html = clean_reply(html)
        text = to_text(html)
    else:
        html = from_text(text.replace("\x00", ""))
        text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not may_be_empty and not text.strip() and "<img" not in html:
        raise ValueError(_("There is nothing to send: write a message first."))
    return html, text


IMAGE = re.compile(r"<img\b[^>]*>")
IMAGE_SOURCE = re.compile(r'\ssrc="/attachments/(\d{1,18})/"')


def images_in(html: str) -> set[int]:
    """Ids of the attachments that an agent's cleaned HTML draws."""
    return {int(found) for found in IMAGE_SOURCE.findall(html)}


def keep_images(html: str, allowed: set[int]) -> str:
    """An agent's cleaned HTML with only the pictures that belong to it; nobody sends a file they may not open."""

    def kept(match: re.Match[str]) -> str:
        return match[0] if images_in(match[0]) & allowed else ""

    return IMAGE.sub(kept, html)


def for_mail(html: str, content_ids: dict[int, str]) -> SafeString:
    """An agent's cleaned HTML with its pictures as parts of the mail."""

    def part(match: re.Match[str]) -> str:
        source = IMAGE_SOURCE.search(match[0])
        if source is None or int(source[1]) not in content_ids:
            return ""
        return IMAGE_SOURCE.sub(f' src="cid:{escape(content_ids[int(source[1])])}"', match[0])

    return bless(IMAGE.sub(part, html))


UNFILLED = re.compile(r"\{\{[^{}<>]{0,60}\}\}")


def mark_placeholders(html: str) -> SafeString:
    """An agent's HTML, cleaned, with the placeholders that nobody filled in standing out."""
    return bless(UNFILLED.sub(lambda found: f'<span class="var var--bad">{found[0]}</span>', clean_reply(html)))


MAY_HOLD_LINK = re.compile(r"\w[.@:]\w|://")


# Found by how they begin: a list of endings knows neither .shop nor what comes next. Both parts are linear.
WEB_ADDRESS = r"(?:https?://|www\.)[^\s<>\"'()\[\]]{1,2000}"
MAIL_ADDRESS = r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
ADDRESS = re.compile(f"{WEB_ADDRESS}|{MAIL_ADDRESS}", re.IGNORECASE)
LINKED_UP_TO = 20_000  # characters; longer texts are shown without links


def linkify(text: str) -> SafeString:
    """Plain text for the page: escaped, with links and line breaks. The first 200,000 characters."""
    shown = escape(text[:200_000])
    if len(shown) <= LINKED_UP_TO and ADDRESS.search(shown):
        shown = Linker(callbacks=[_link_away], url_re=ADDRESS).linkify(shown)
    return mark_safe(shown.replace("\n", "<br>"))  # noqa: S308 - escaped before it was linked


def _link_away(attrs: dict[tuple[str | None, str] | str, str], new: bool = False) -> dict[Any, str]:
    shown = attrs["_text"]
    if "@" in shown and not re.match(r"https?://|www\.", shown, re.IGNORECASE):
        return {(None, "href"): f"mailto:{shown}", "_text": shown}
    return {**attrs, (None, "target"): "_blank", (None, "rel"): "noopener noreferrer nofollow"}


def show_reply(html: str, *, files: str = "") -> SafeString:
    """An agent's message for the page; cleaned once more, so that old rows follow today's rules.

    With `files`, pictures come from below that path instead of the agents' own.
    """
    cleaned = clean_reply(html)
    if files:
        cleaned = OWN_IMAGE_SOURCE.sub(lambda found: f'src="{escape(files)}{found[1]}/"', cleaned)
    return mark_safe(cleaned)  # noqa: S308 - cleaned in the same breath


def bless(cleaned: str) -> SafeString:
    """HTML that this module cleaned, for a template."""
    return mark_safe(cleaned)  # noqa: S308 - only called with what clean() and clean_reply() returned


REMOTE_IMAGE = re.compile(r'(<img\b[^>]{0,4000}?)\ssrc="(?:https?:)?//[^"]{0,4000}"', re.IGNORECASE)
CID_IMAGE = re.compile(r'\ssrc="cid:([^"]{1,255})"', re.IGNORECASE)


def remote_images(html: str) -> int:
    """How many pictures in cleaned HTML would load from elsewhere."""
    return len(REMOTE_IMAGE.findall(html))


def for_frame(html: str, *, images: bool, inline: dict[str, str]) -> SafeString:
    """Cleaned HTML for its sandboxed frame: remote pictures only if asked for, cid: pictures by their URL."""
    if not images:
        html = REMOTE_IMAGE.sub(r"\1", html)
    html = CID_IMAGE.sub(lambda m: f' src="{escape(inline[m[1]])}"' if m[1] in inline else "", html)
    return bless(html)
