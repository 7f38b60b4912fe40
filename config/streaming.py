"""Files from disk under ASGI: read in a thread, piece by piece, instead of all at once."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase


async def in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, each fetched off the event loop."""
    following = sync_to_async(lambda: next(pieces, None), thread_sensitive=False)
    while (piece := await following()) is not None:
        yield piece


class AsyncFiles:
    """Django would read a whole file into memory to stream it under ASGI, and warn; this does not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.streaming and isinstance(request, ASGIRequest):
            stream = cast(StreamingHttpResponse, response)
            if not stream.is_async:
                stream.streaming_content = in_thread(iter(cast(Iterator[bytes], stream.streaming_content)))
        return cast(HttpResponse, response)
