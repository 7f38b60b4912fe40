"""A file is brought, its columns are given other meanings, it is imported: what pages and programs ask for."""

from collections.abc import Sequence
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile

from accounts.models import Agent
from crm.files.columns import problem_with, recognised
from crm.files.reading import MOST_BYTES, read
from crm.models import CustomerFile


class Unclear(Exception):
    """Why nothing can be done with such columns; a sentence."""


def bring(file: UploadedFile, *, by: Agent) -> CustomerFile:
    """Keep its lines, to be tried; columns mean what their headers say. Raises Unreadable."""
    name = PurePath(file.name or "").name
    sheet = read(name, file.read(MOST_BYTES + 1))
    return CustomerFile.objects.add(name, sheet.headers, recognised(sheet.headers), sheet.lines, by=by)


def try_with(file: CustomerFile, columns: Sequence[str]) -> None:
    """Try it again with these meanings. Raises Unclear, and ValueError once the import began."""
    if problem := problem_with(list(columns)):
        raise Unclear(problem)
    file.try_with(columns)


def run(file: CustomerFile) -> None:
    """Import it in earnest. Raises Unclear, and ValueError unless the trial is over."""
    if problem := problem_with(file.columns):
        raise Unclear(problem)
    file.begin()
