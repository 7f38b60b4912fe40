"""NUL stands in no text that anybody writes, and PostgreSQL stores no text with it: it goes no further than this."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

NUL = "\x00"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class PlainText:
    """Middleware: takes NUL out of queries and forms; an address with it leads nowhere.

    Forms are looked at when their protection against foreign sites has been checked, which reads them anyway. The
    others (csrf_exempt: customers' pages, the API) refuse NUL field by field.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path_info:
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = without_nul(request.GET)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any) -> None:
        """Django calls it right before the view."""
        if request.method != "POST" or request.content_type not in FORMS or getattr(view, "csrf_exempt", False):
            return
        if any(NUL in value for _name, values in request.POST.lists() for value in values):
            request.POST = without_nul(request.POST)


def without_nul(said: QueryDict) -> Any:
    """The same fields with the same values, but for that."""
    plain = QueryDict(mutable=True)
    for name, values in said.lists():
        plain.setlist(name, [str(value).replace(NUL, "") for value in values])
    plain._mutable = False
    return plain
