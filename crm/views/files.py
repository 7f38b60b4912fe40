"""Customers from a file: bringing it, what its columns mean, the trial, the import, what could not be taken."""

import csv
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import AgentRequest, supervisor_required
from accounts.http import SeeOther
from crm.files import bringing
from crm.files import columns as meanings
from crm.files.example import example as example_file
from crm.files.reading import Unreadable
from crm.models import CustomerFile, CustomerFileLine
from crm.tables import harmless

SHOWN = 8  # files that were brought lately
PROBLEMS = 20  # problems that the page itself shows
Outcome = CustomerFileLine.Outcome


@supervisor_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: AgentRequest) -> HttpResponse:
    """Bring a file; those brought lately."""
    if request.method == "POST":
        try:
            return SeeOther(_address(_bring(request)))
        except Unreadable as trouble:
            return _index(request, error=str(trouble))
    return _index(request)


def _index(request: AgentRequest, *, error: str = "") -> HttpResponse:
    files = CustomerFile.objects.select_related("by")[:SHOWN]
    context = {"files": files, "error": error, "known": [str(label) for key, label in meanings.choices() if key]}
    return render(request, "crm/import/index.html", context, status=400 if error else 200)


@supervisor_required
@require_safe
def example(request: AgentRequest) -> HttpResponse:
    """A file to begin with; in practice one with all kinds of lines."""
    response = _csv(_("customers-example") + ".csv")
    response.write(example_file())
    return response


def _csv(name: str) -> HttpResponse:
    """An empty file that spreadsheets read as UTF-8."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _bring(request: AgentRequest) -> CustomerFile:
    """The file as rows, to be tried. Raises Unreadable."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Unreadable(_("Choose a file first."))
    return bringing.bring(file, by=request.user)


@supervisor_required
@require_safe
def show(request: AgentRequest, file_id: int) -> HttpResponse:
    """The trial or the import of one file; for htmx its progress alone."""
    file = get_object_or_404(CustomerFile, pk=file_id)
    return _page(request, file)


def _page(request: AgentRequest, file: CustomerFile, *, error: str = "") -> HttpResponse:
    example = file.lines.exclude(cells=[]).first()
    cells = example.cells if example else []
    headers = zip(file.headers, file.columns, [*cells, *([""] * len(file.headers))], strict=False)
    context = {
        "file": file,
        "counts": file.counts(),
        "problems": file.lines.filter(outcome=Outcome.REFUSED)[:PROBLEMS],
        "headers": list(headers),
        "choices": meanings.choices(),
        "missing": meanings.problem_with(file.columns),
        "error": error,
    }
    fragment = "crm/import/_progress.html" if request.htmx and not error else "crm/import/file.html"
    return render(request, fragment, context, status=400 if error else 200)


@supervisor_required
@require_POST
def columns(request: AgentRequest, file_id: int) -> HttpResponse:
    """The columns mean something else: try again."""
    file = get_object_or_404(CustomerFile, pk=file_id)
    allowed = {key for key, _label in meanings.choices()}
    chosen = [request.POST.get(f"column-{n}", "") for n in range(len(file.headers))]
    chosen = [one if one in allowed else "" for one in chosen]
    return _change(request, file, lambda: bringing.try_with(file, chosen), shown=chosen)


@supervisor_required
@require_POST
def run(request: AgentRequest, file_id: int) -> HttpResponse:
    """Import it in earnest."""
    file = get_object_or_404(CustomerFile, pk=file_id)
    return _change(request, file, lambda: bringing.run(file), shown=file.columns)


def _change(request: AgentRequest, file: CustomerFile, change: Any, *, shown: list[str]) -> HttpResponse:
    """Do it. What the columns cannot mean is said beside what was chosen."""
    try:
        change()
    except bringing.Unclear as problem:
        file.columns = shown
        return _page(request, file, error=str(problem))
    except ValueError as refusal:
        messages.error(request, str(refusal))
    return SeeOther(_address(file))


@supervisor_required
@require_safe
def problems(request: AgentRequest, file_id: int) -> HttpResponse:
    """The lines that could not be taken, with the reason, as a file that can be mended and brought again."""
    file = get_object_or_404(CustomerFile, pk=file_id)
    response = _csv(f"problems-{file.pk}.csv")
    writer = csv.writer(response)
    writer.writerow([harmless(one) for one in [*file.headers, _("Line"), _("Problem")]])
    for line in file.lines.filter(outcome=Outcome.REFUSED).iterator():
        writer.writerow([harmless(one) for one in [*line.cells, line.number, line.problem]])
    return response


@supervisor_required
@require_POST
def delete(request: AgentRequest, file_id: int) -> HttpResponse:
    """Forget the file with its lines; customers that it brought stay."""
    file = get_object_or_404(CustomerFile, pk=file_id)
    name = file.name
    file.delete()
    messages.success(request, _("“%(name)s” is deleted here. Customers stay as they are.") % {"name": name})
    return SeeOther(reverse("crm:customers_import"))


def _address(file: CustomerFile) -> str:
    return reverse("crm:customers_file", args=[file.pk])
