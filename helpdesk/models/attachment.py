"""Files in messages: where they lie, how they are named, which may be shown."""

import hashlib
import re
import secrets
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import filetype
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from helpdesk import durable, faults
from helpdesk.mail import MailFile

if TYPE_CHECKING:
    from helpdesk.models.message import Message

# Raster images a browser draws without running anything. Never SVG.
SHOWABLE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\<>:"|?*]')


def file_storage() -> FileSystemStorage:
    """Where attachments lie; asked late, so that tests may point it elsewhere."""
    return FileSystemStorage(location=settings.MEDIA_ROOT)


def storage_name(_instance: "Attachment | None" = None, _name: str = "") -> str:
    """A random name: nothing a stranger chose ever reaches the file system."""
    token = secrets.token_hex(16)
    return f"attachments/{token[:2]}/{token}"


def safe_name(name: str) -> str:
    """A file name without path, control and bidirectional characters, at most 200 long, ending kept."""
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(c for c in UNSAFE_IN_NAMES.sub("_", name) if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    name = name.strip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    if len(name) > 200 and dot and len(ending) <= 20:
        return f"{stem[: 199 - len(ending)]}.{ending}"
    return name[:200]


def sniff(content: bytes, claimed: str) -> str:
    """The type by content where it is known, else the claimed one, made harmless."""
    kind = filetype.guess(content)
    if kind is not None:
        return str(kind.mime)
    claimed = claimed.lower().split(";")[0].strip()
    # A claim to be a picture that the content does not bear out is not believed.
    return "application/octet-stream" if claimed in SHOWABLE or "/" not in claimed else claimed[:100]


def _store(content: bytes) -> str:
    """Write a file so that it survives a power cut; its name. Raises OSError, and leaves no half of it behind."""
    storage, name = Attachment.file.field.storage, storage_name()
    path = Path(storage.path(name))
    try:
        storage.save(name, ContentFile(content))
        faults.at("15 attachment written")
        durable.sync(path)
        durable.sync(path.parent)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return name


class AttachmentManager(models.Manager["Attachment"]):
    """Makes attachments."""

    def add(self, file: MailFile, *, message: "Message | None" = None, owner: Agent | None = None) -> "Attachment":
        """Store a file, on the disk before the row is committed, for a message or an agent's draft."""
        attachment = Attachment(
            message=message,
            owner=owner,
            name=safe_name(file.name),
            content_type=sniff(file.content, file.content_type),
            size=len(file.content),
            sha256=hashlib.sha256(file.content).hexdigest(),
            content_id=file.content_id[:255],
            is_inline=file.inline,
        )
        attachment.file.name = _store(file.content)
        attachment.save(force_insert=True)
        return attachment


class Attachment(models.Model):
    """A file of a message, or of a draft until it is sent. `name` is for people; the stored name is random."""

    message = models.ForeignKey("helpdesk.Message", models.CASCADE, null=True, blank=True, related_name="attachments")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    file = models.FileField(storage=file_storage, upload_to=storage_name, max_length=100, db_index=True)
    name = models.CharField(_("name"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AttachmentManager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("attachment")

    def __str__(self) -> str:
        return self.name

    @property
    def is_showable(self) -> bool:
        """A picture that may be drawn in the page."""
        return self.content_type in SHOWABLE

    def join(self, message: "Message", *, shown: bool) -> None:
        """Leave the draft for the message that is sent. A pasted picture that was deleted again is dropped.

        `shown`: the message's HTML draws it, so it becomes a part of the mail and not a file beside it.
        """
        if self.is_inline and not shown:
            self.drop()
            return
        self.message, self.owner, self.is_inline = message, None, shown
        if shown and not self.content_id:
            self.content_id = f"{secrets.token_hex(12)}@mostrador"
        self.save(update_fields=["message", "owner", "is_inline", "content_id"])

    def twin(self, *, owner: Agent) -> "Attachment":
        """One more row for the same stored file: what goes to many lies on the disk once."""
        same = ("name", "content_type", "size", "sha256")
        words = {name: getattr(self, name) for name in same}
        return Attachment.objects.create(owner=owner, file=str(self.file.name), **words)

    def drop(self) -> None:
        """Delete the row and, once that is committed, the file that no other row shares."""
        storage, name = self.file.storage, str(self.file.name)
        self.delete()

        def forget() -> None:
            if not Attachment.objects.filter(file=name).exists():
                storage.delete(name)

        transaction.on_commit(forget)

    def open(self) -> File:
        """The stored file, for reading bytes."""
        return self.file.open("rb")

    def as_mail_file(self) -> MailFile:
        """The file with its content, for sending."""
        with self.open() as stored:
            return MailFile(self.name, self.content_type, stored.read(), self.content_id, inline=self.is_inline)
