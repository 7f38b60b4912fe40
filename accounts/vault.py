"""Secrets at rest: encrypted with the first of SECRETS_KEYS, readable with any of them."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _keys() -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in settings.SECRETS_KEYS]
    )


def lock(secret: str) -> str:
    """A secret as it may be stored; an empty one stays empty."""
    return _keys().encrypt(secret.encode()).decode() if secret else ""


def unlock(stored: str) -> str:
    """The secret again. Raises ValueError if none of the keys fits."""
    if not stored:
        return ""
    try:
        return _keys().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise ValueError("None of SECRETS_KEYS opens this password: enter it again.") from error
