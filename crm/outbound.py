"""The one way to tell a shop that something happened here."""

import logging
from typing import Any

from crm.models.shop import Shop

log = logging.getLogger(__name__)


def announce(kind: str, data: dict[str, Any], *, shop: Shop | None = None) -> None:
    """Tell this shop, or each one where none is named. `kind` is a word such as "cart.restored"."""
    log.info("Nobody listens for %s of %s", kind, shop or "any shop")
