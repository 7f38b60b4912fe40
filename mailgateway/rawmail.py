"""Raw mails on the disk, by content: stored durably before the row that names them is committed."""

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings

from helpdesk import faults


def store(raw: bytes) -> tuple[str, str]:
    """Write a mail below RAW_MAIL_ROOT; its path there and its sha256. Raises OSError, such as on a full disk."""
    sha256 = hashlib.sha256(raw).hexdigest()
    name = f"{sha256[:2]}/{sha256}.eml"
    path = _root() / name
    is_new = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    if not (path.exists() and path.stat().st_size == len(raw)):
        _write(path, raw)
    _sync(path.parent)  # the name, too, has to survive a power cut
    if is_new:
        _sync(_root())
    return name, sha256


def _write(path: Path, raw: bytes) -> None:
    draft = path.with_suffix(f".{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    try:
        with draft.open("wb") as file:
            file.write(raw[: len(raw) // 2])
            faults.at("15 raw mail half written")
            file.write(raw[len(raw) // 2 :])
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def load(name: str) -> bytes:
    """The bytes of a stored mail. Raises FileNotFoundError if they were purged."""
    return (_root() / name).read_bytes()


def discard(name: str) -> None:
    """Delete a stored mail; one that is gone already is no error."""
    (_root() / name).unlink(missing_ok=True)


def _root() -> Path:
    return Path(settings.RAW_MAIL_ROOT)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
