"""The addresses of lists; loaded with {% load lists %}."""

from django import template

from crm.tables.listing import Listing

register = template.Library()


@register.simple_tag
def with_term(listing: Listing, name: str, value: str) -> str:
    """The list's address with one more value of a parameter."""
    return listing.with_term(name, value)


@register.simple_tag
def without_tag(listing: Listing, name: str) -> str:
    """The list's address for rows that do not have a tag."""
    return listing.with_term("tag", f"-{name}")
