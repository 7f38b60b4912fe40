"""Answers: their ETag, and the same one again for a call that is repeated under its Idempotency-Key."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.token import shop_of
from crm.models import ShopAnswer

KEPT = timedelta(hours=24)
MOST_KEY = 255


class Conflict(APIException):
    """The call is fine, but not for things as they are."""

    status_code = 409
    default_code = "conflict"


class Outdated(APIException):
    """If-Match or If-None-Match does not hold."""

    status_code = 412
    default_code = "outdated"


class Unfit(APIException):
    """The key was used for something else."""

    status_code = 422
    default_code = "unfit"


def etag_of(data: Any) -> str:
    """What If-Match and If-None-Match compare: another one for each change that can be read."""
    words = json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True, default=str)
    return f'"{hashlib.sha256(words.encode()).hexdigest()[:32]}"'


def names(header: str, etag: str) -> bool:
    """Whether an If-Match or If-None-Match names this one; weak ones are compared as well."""
    return header.strip() == "*" or etag in {one.strip().removeprefix("W/") for one in header.split(",")}


def once(request: Request, prepare: Callable[[], Callable[[], Response]]) -> Response:
    """What a call answers. `prepare` checks it and returns what writes; both raise what is to be refused.

    With an Idempotency-Key the writing and its answer are kept together for a day: the same call again writes
    nothing. Another call under the same key is a 422.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > MOST_KEY:
        raise Unfit(_("An Idempotency-Key has up to %(most)s characters.") % {"most": MOST_KEY})
    if not key:
        write = prepare()
        with transaction.atomic():
            return write()
    mine = {"shop": shop_of(request), "key": hashlib.sha256(key.encode()).hexdigest()}
    digest = _digest(request)
    ShopAnswer.objects.filter(**mine, created_at__lt=timezone.now() - KEPT).delete()
    if before := ShopAnswer.objects.filter(**mine).first():
        return _again(before, digest)
    write = prepare()
    with transaction.atomic():
        kept, is_new = ShopAnswer.objects.get_or_create(**mine, defaults={"digest": digest})
        if not is_new:  # the same call came twice at once, and the other one was first
            return _again(kept, digest)
        response = write()
        kept.status, kept.etag = response.status_code, response.headers.get("ETag", "")
        kept.body = json.dumps(response.data, cls=DjangoJSONEncoder, default=str)
        kept.save(update_fields=["status", "etag", "body"])
        return response


def _digest(request: Request) -> str:
    """Of everything that the call says."""
    _body = request.data
    words = (request.method or "", request.get_full_path(), getattr(request, "body_digest", ""))
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _again(kept: ShopAnswer, digest: str) -> Response:
    if kept.digest != digest:
        raise Unfit(_("This Idempotency-Key was used for another call: take a new one."))
    headers = {"Idempotency-Replayed": "true"} | ({"ETag": kept.etag} if kept.etag else {})
    return Response(json.loads(kept.body), status=kept.status, headers=headers)


def forget_answers() -> int:
    """Delete what is older than a day; returns how many. Periodic."""
    return ShopAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
