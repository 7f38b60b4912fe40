"""What a shop sends: JSON, up to a size, and never an error of ours."""

import hashlib
import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer


class TooLarge(APIException):
    """More than a call may carry."""

    status_code = 413
    default_code = "too_large"


class ShopJSON(BaseParser):
    """JSON as the standard has it (no NaN), of `SHOP_CALL_BYTES` at most; the digest of the bytes stays with the
    request, so that a repeated call is recognised."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The data. Raises 400 or 413."""
        most = settings.SHOP_CALL_BYTES
        body = stream.read(most + 1)
        if len(body) > most:
            sentence = _("This is more than %(mb)s MB: send fewer objects in one call.")
            raise TooLarge(sentence % {"mb": most // (1024 * 1024)})
        if parser_context:
            parser_context["request"].body_digest = hashlib.sha256(body).hexdigest()
        try:
            return json.loads(body.decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("This is no JSON: %(reason)s") % {"reason": str(error)[:200]}) from error


class PlainJSON(JSONRenderer):
    """Answers in ASCII: half a character that somebody sent, and a refusal repeats, can be written down too."""

    ensure_ascii = True


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
