"""Reading back in pages that no write can upset: by the moment of the last change, then by number."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

USUAL, MOST = 100, 1000
Place = tuple[datetime | None, int]


def page_of(request: Request, rows: QuerySet, *, has_stamp: bool) -> tuple[list[Any], str, bool]:
    """The rows of this page, the cursor behind its last one, and whether there are more.

    `?cursor=` goes on behind a place, `?updated_since=` begins at a moment, `?limit=` says how many.
    """
    limit, place = _limit(request), _place(request, has_stamp=has_stamp)
    if place is not None:
        at, pk = place
        rows = rows.filter(Q(updated_at__gt=at) | Q(updated_at=at, pk__gt=pk)) if at else rows.filter(pk__gt=pk)
    found = list(rows.order_by(*(["updated_at", "pk"] if has_stamp else ["pk"]))[: limit + 1])
    page = found[:limit]
    place = (page[-1].updated_at if has_stamp else None, page[-1].pk) if page else place
    return page, _cursor(place) if place else "", len(found) > limit


def _limit(request: Request) -> int:
    said = request.query_params.get("limit", "")
    if said and not (said.isascii() and said.isdigit() and len(said) <= 4 and 1 <= int(said) <= MOST):
        raise ValidationError({"limit": [_("A number from 1 to %(most)s.") % {"most": MOST}]})
    return int(said or USUAL)


def _place(request: Request, *, has_stamp: bool) -> Place | None:
    said = request.query_params
    if said.get("cursor"):
        return _read(said["cursor"], has_stamp=has_stamp)
    if said.get("updated_since"):
        return _since(said["updated_since"], has_stamp=has_stamp), 0
    return None


def _since(said: str, *, has_stamp: bool) -> datetime:
    if not has_stamp:
        raise ValidationError({"updated_since": [_("These objects do not tell when they changed: read all of them.")]})
    try:
        moment = parse_datetime(said.replace(" ", "+"))  # a + that was not encoded
        return (moment if moment and moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)  # type: ignore[union-attr]
    except (ValueError, OverflowError, AttributeError):
        sentence = _("A moment in ISO 8601, such as 2026-11-20T09:30:00Z.")
        raise ValidationError({"updated_since": [sentence]}) from None


def _cursor(place: Place) -> str:
    at, pk = place
    words = f"{at.isoformat() if at else ''}|{pk}"
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def _read(cursor: str, *, has_stamp: bool) -> Place:
    try:
        at, _bar, pk = base64.urlsafe_b64decode(cursor[:200] + "==").decode("ascii").partition("|")
        place = (datetime.fromisoformat(at) if at else None, int(pk))
        if (place[0] is not None) != has_stamp or not 0 <= place[1] < 2**63 or (place[0] and not place[0].tzinfo):
            raise ValueError(cursor)
    except (ValueError, binascii.Error):
        raise ValidationError({"cursor": [_("Take the cursor from the page before.")]}) from None
    return place
