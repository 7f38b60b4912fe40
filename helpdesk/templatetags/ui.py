"""The pieces pages are made of; loaded in every template."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A drawing of static/icons.svg, hidden from screen readers: {% icon "inbox" "i--sm" %}."""
    return format_html(
        '<svg class="i {}" aria-hidden="true"><use href="{}#i-{}"/></svg>', extra, static("icons.svg"), name
    )


@register.filter
def quote_lines(text: str) -> str:
    """Each line behind "> ", as plain-text mail quotes."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
