"""Files that customers attach: limits while they arrive, what is taken, and keeping them while a form has errors."""

from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk import purging
from helpdesk.mail import MailFile
from helpdesk.models import Attachment, DeskSettings
from helpdesk.models.attachment import safe_name, sniff

MAX_FILES = 10
MB = 1024 * 1024
KEPT = signing.Signer(salt="portal-kept")
PICTURES = {"png", "jpg", "jpeg", "gif", "webp", "heic", "heif"}
PROGRAMS = {"application/x-msdownload", "application/x-executable", "application/x-elf", "application/x-mach-binary"}


class Capped(FileUploadHandler):
    """Stands before Django's own handlers: what is over a limit is read to its end but stored nowhere."""

    def __init__(self, request: HttpRequest, limit: int) -> None:
        super().__init__(request)
        self.limit, self.count, self.size, self.total = limit, 0, 0, 0
        self.too_large: list[str] = []
        self.left_out = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Another file begins."""
        super().new_file(*args, **kwargs)
        self.count, self.size = self.count + 1, 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count and pass on, or skip the file. Skipping earlier, in new_file, would close the file before it."""
        self.size += len(raw_data)
        self.total += len(raw_data)
        if self.size > self.limit:
            self.too_large.append(safe_name(self.file_name or ""))
            self.total -= self.size
            raise SkipFile
        if self.count > MAX_FILES or self.total > 2 * self.limit:
            self.left_out = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """The handlers behind this one make the file."""
        return None


@dataclass
class Uploads:
    """The files of one form: those sent now, those kept from an earlier try, and what was wrong with others."""

    new: list[MailFile] = field(default_factory=list)
    kept: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def files(self) -> tuple[MailFile, ...]:
        """All of them, ready for a message."""
        return (*(one.as_mail_file() for one in self.kept), *self.new)


def cap(request: HttpRequest) -> Capped:
    """Put the limits in place. Call before anything reads the POST."""
    capped = Capped(request, DeskSettings.load().upload_limit_mb * MB)
    request.upload_handlers.insert(0, capped)
    return capped


def take(request: HttpRequest, capped: Capped, key: str) -> Uploads:
    """The files of a posted form whose token has this key."""
    uploads, desk = Uploads(), DeskSettings.load()
    if not desk.uploads_allowed:
        return uploads
    uploads.kept = _kept(request.POST.getlist("kept"), key)
    endings = desk.upload_types.lower().split()
    for sent in request.FILES.getlist("files"):
        file = MailFile(safe_name(sent.name or ""), sent.content_type or "", sent.read())
        if problem := problem_with(file, endings):
            uploads.problems.append(problem)
        else:
            uploads.new.append(file)
    for name in capped.too_large:
        sentence = _("“%(name)s” is larger than %(limit)d MB. Choose a smaller one, or send us a link to it.")
        uploads.problems.append(sentence % {"name": name, "limit": desk.upload_limit_mb})
    _count(uploads, capped, desk.upload_limit_mb)
    return uploads


def _count(uploads: Uploads, capped: Capped, limit: int) -> None:
    """Not too many and not too much together; what is over is left out and said."""
    room, left_out = 2 * limit * MB - sum(one.size for one in uploads.kept), capped.left_out
    fitting: list[MailFile] = []
    for file in uploads.new:
        if len(uploads.kept) + len(fitting) >= MAX_FILES or len(file.content) > room:
            left_out = True
            continue
        fitting.append(file)
        room -= len(file.content)
    uploads.new = fitting
    if left_out:
        sentence = ngettext(
            "You can send up to %(count)d file, %(total)d MB together. The others were left out.",
            "You can send up to %(count)d files, %(total)d MB together. The others were left out.",
            MAX_FILES,
        )
        uploads.problems.append(sentence % {"count": MAX_FILES, "total": 2 * limit})


def problem_with(file: MailFile, endings: list[str]) -> str:
    """Why a file is not taken, as a sentence; empty if it is."""
    ending = file.name.rpartition(".")[2].lower()
    if "." not in file.name or ending not in endings:
        sentence = _("“%(name)s” is of a type that we cannot take. We take: %(endings)s.")
        return sentence % {"name": file.name, "endings": ", ".join(endings)}
    if not file.content:
        return _("“%(name)s” is empty. Choose it again.") % {"name": file.name}
    kind = sniff(file.content, "application/octet-stream")
    # Telephones write HEIC with many brands; all of them are boxes of type ftyp.
    is_picture = kind.startswith("image/") or (ending in {"heic", "heif"} and file.content[4:8] == b"ftyp")
    if kind in PROGRAMS or (ending in PICTURES and not is_picture):
        return _("“%(name)s” is not what its name says. Choose another file.") % {"name": file.name}
    return ""


def keep(uploads: Uploads, key: str) -> list[tuple[str, Attachment]]:
    """Keep the files of a form that goes back with errors; each with the signed word that brings it again."""
    purging.drop_unsent_files()
    uploads.kept += [Attachment.objects.add(file) for file in uploads.new]
    uploads.new = []
    return [(KEPT.sign(f"{key}.{one.pk}"), one) for one in uploads.kept]


def _kept(words: list[str], key: str) -> list[Attachment]:
    ids = []
    for word in words[:MAX_FILES]:
        try:
            owner, _dot, pk = KEPT.unsign(word).partition(".")
        except signing.BadSignature:
            continue
        if owner == key:
            ids.append(int(pk))
    return list(Attachment.objects.filter(pk__in=ids, message=None, owner=None))


def forget(uploads: Uploads) -> None:
    """The kept files are in a message now; their first copies go."""
    for attachment in uploads.kept:
        attachment.file.delete(save=False)
        attachment.delete()
