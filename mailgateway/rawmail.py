"""Raw mails on the disk, by content: stored durably before the row that names them is committed."""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings

from helpdesk import durable, faults, orphans


def store(raw: bytes) -> tuple[str, str]:
    """Write a mail below RAW_MAIL_ROOT; its path there and its sha256. Raises OSError, such as on a full disk."""
    sha256 = hashlib.sha256(raw).hexdigest()
    name = f"{sha256[:2]}/{sha256}.eml"
    path = _root() / name
    is_new = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size == len(raw):
        os.utime(path)  # young again: what no row names yet is not swept
    else:
        _write(path, raw)
    durable.sync(path.parent)  # the name, too, has to survive a power cut
    if is_new:
        durable.sync(_root())
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


def sweep(named: Callable[[list[str]], Iterable[str]]) -> int:
    """Delete what a killed process left behind, whole or half; how many files. `named` gives back those in use."""
    return orphans.drop(_root(), "*/*", named)


def _root() -> Path:
    return Path(settings.RAW_MAIL_ROOT)
