"""One set of paths for each kind of object, with what the schema says of it."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    parser_classes,
    permission_classes,
    renderer_classes,
    throttle_classes,
)
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.bodies import HeartbeatBody
from crm.api.nouns import NOUNS, Noun
from crm.api.objects import ShopObjects
from crm.api.parsing import PlainJSON, ShopJSON
from crm.api.shapes import BulkShape, ProblemShape
from crm.api.token import IsShop, ShopPace, ShopToken, shop_of
from crm.sync import carts

TAGS = ["shop"]


def header(name: str, says: str) -> OpenApiParameter:
    """A header of a call."""
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=says)


ONCE = header("Idempotency-Key", "The same call again gives the first answer.")
IF_MATCH = header("If-Match", "Only if the object still has this ETag, else 412.")
IF_NONE = header("If-None-Match", "With `*`: only if it is new, else 412.")
UNCHANGED = header("If-None-Match", "304 if the object still has this ETag.")
PAGING = [
    OpenApiParameter("updated_since", str, description="Begin at this moment (ISO 8601)."),
    OpenApiParameter("cursor", str, description="Go on behind the page that told this cursor."),
    OpenApiParameter("limit", int, description="Objects of a page: 100, at most 1000."),
]
REFUSED = {
    400: OpenApiResponse(description="Sentences by field."),
    401: ProblemShape,
    422: ProblemShape,
    429: ProblemShape,
}
NOT_NOW = {404: ProblemShape, 409: ProblemShape, 412: ProblemShape}


def page_shape(noun: Noun) -> Any:
    """A page of objects."""
    return inline_serializer(
        f"{noun.one.capitalize()}Page",
        {
            "results": noun.shape(many=True),
            "cursor": serializers.CharField(),
            "has_more": serializers.BooleanField(),
        },
    )


def paths_of(noun: Noun) -> type[ShopObjects]:
    """The views of one kind."""
    view = type(f"{noun.name.capitalize()}", (ShopObjects,), {"noun": noun, "__doc__": ShopObjects.__doc__})
    where = [OpenApiParameter("shop_id", str, OpenApiParameter.PATH, description="The shop's own id.")]
    written = {200: noun.shape, 201: noun.shape, **REFUSED, **NOT_NOW}
    described = extend_schema_view(
        list=extend_schema(
            tags=TAGS,
            operation_id=f"shop_{noun.name}_list",
            summary=f"{noun.name.capitalize()} of the shop",
            parameters=PAGING if noun.has_stamp else PAGING[1:],
            responses={200: page_shape(noun), 401: ProblemShape},
        ),
        create=extend_schema(
            tags=TAGS,
            operation_id=f"shop_{noun.name}_write_many",
            summary=f"Write up to 1,000 {noun.name}",
            request=noun.body(many=True),
            parameters=[ONCE],
            responses={200: BulkShape, 207: BulkShape, 413: ProblemShape, **REFUSED},
        ),
        retrieve=extend_schema(
            tags=TAGS,
            operation_id=f"shop_{noun.name}_read",
            summary=f"One {noun.one}",
            parameters=[*where, UNCHANGED],
            responses={200: noun.shape, 304: None, 404: ProblemShape},
        ),
        update=extend_schema(
            tags=TAGS,
            operation_id=f"shop_{noun.name}_write",
            summary=f"Write one {noun.one}",
            request=noun.body,
            parameters=[*where, ONCE, IF_MATCH, IF_NONE],
            responses=written,
        ),
        partial_update=extend_schema(
            tags=TAGS,
            operation_id=f"shop_{noun.name}_change",
            summary=f"Change one {noun.one}",
            request=noun.body(partial=True),
            parameters=[*where, ONCE, IF_MATCH],
            responses={200: noun.shape, **REFUSED, **NOT_NOW},
        ),
        destroy=extend_schema(
            tags=TAGS,
            operation_id=f"shop_{noun.name}_delete",
            summary=f"Delete one {noun.one}",
            parameters=[*where, ONCE, IF_MATCH],
            responses={204: None, 401: ProblemShape, **NOT_NOW},
        ),
    )
    return described(view)


VIEWS = {noun.name: paths_of(noun) for noun in NOUNS}


@extend_schema(
    tags=TAGS,
    operation_id="shop_carts_heartbeat",
    summary="The customer of a cart is in the shop now",
    request=HeartbeatBody,
    responses={204: None, 404: ProblemShape, **REFUSED},
)
@api_view(["POST"])
@authentication_classes([ShopToken])
@permission_classes([IsShop])
@throttle_classes([ShopPace])
@parser_classes([ShopJSON])
@renderer_classes([PlainJSON])
def heartbeat(request: Request, shop_id: str) -> Response:
    """Send it with each page, at most every few seconds; half an hour without one means that they left."""
    body = HeartbeatBody(data=request.data or {}, context={"shop": shop_of(request)})
    body.is_valid(raise_exception=True)
    try:
        carts.see(shop_of(request), shop_id, **body.validated_data)
    except LookupError:
        raise Http404 from None
    return Response(status=204)
