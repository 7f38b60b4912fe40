"""Raw mails on disk below RAW_MAIL_ROOT: written whole or not at all, before any row speaks of them."""

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings


def store(raw: bytes) -> tuple[str, str]:
    """Write the bytes, flushed to the disk. Returns the path below RAW_MAIL_ROOT and the sha256."""
    sha256 = hashlib.sha256(raw).hexdigest()
    name = f"{sha256[:2]}/{sha256}.eml"
    path = Path(settings.RAW_MAIL_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(f".{secrets.token_hex(8)}")
    with unfinished.open("xb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return name, sha256


def load(name: str) -> bytes:
    """The bytes again. Raises FileNotFoundError if they are gone."""
    return (Path(settings.RAW_MAIL_ROOT) / name).read_bytes()
