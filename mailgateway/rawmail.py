"""Raw mails on the disk, below RAW_MAIL_ROOT."""

from pathlib import Path

from django.conf import settings


def load(name: str) -> bytes:
    """The bytes of a stored mail. Raises FileNotFoundError if they were purged."""
    return (Path(settings.RAW_MAIL_ROOT) / name).read_bytes()
