"""What lists draw of a row; loaded with {% load lists %}."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from crm.tables.columns import Column
from crm.tables.listing import Listing

register = template.Library()


@register.simple_tag
def cell(column: Column, row: Any) -> str:
    """A row's value as a plain cell shows it."""
    return column.text(row)


@register.simple_tag
def attribute(row: Any, name: str) -> Any:
    """An attribute whose name the table gives."""
    return getattr(row, name)


@register.simple_tag
def tick_label(row: Any) -> str:
    """What the box that selects a row says."""
    return _("Select %(name)s") % {"name": row}


@register.simple_tag
def can_tick(listing: Listing, row: Any) -> bool:
    """Whether a row can be selected."""
    return not listing.table.may_tick or bool(getattr(row, listing.table.may_tick))


@register.simple_tag
def with_term(listing: Listing, name: str, value: str) -> str:
    """The list's address with one more value of a parameter."""
    return listing.with_term(name, value)


@register.simple_tag
def without_tag(listing: Listing, name: str) -> str:
    """The list's address for rows that do not have a tag."""
    return listing.with_term("tag", f"-{name}")


@register.filter
def with_id(pattern: str, pk: int) -> str:
    """An address with 0 for the number, for a row."""
    return pattern.replace("/0/", f"/{pk}/")
