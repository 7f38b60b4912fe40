"""The paths of a shop's objects: /api/customers/, /api/orders/ and so on, one behaviour for all kinds."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.answers import Conflict, Outdated, etag_of, names, once
from crm.api.checking import Checker, objects_of
from crm.api.fields import SHOP_ID
from crm.api.nouns import Noun
from crm.api.paging import page_of
from crm.api.parsing import PlainJSON, ShopJSON
from crm.api.token import IsShop, ShopPace, ShopToken, shop_of
from crm.models import ShopTally
from crm.sync.batch import Told, What


class ShopObjects(viewsets.ViewSet):
    """Objects of one kind, of the shop that asks and by its own ids. Those of another shop do not exist."""

    noun: ClassVar[Noun]
    authentication_classes = [ShopToken]
    permission_classes = [IsShop]
    throttle_classes = [ShopPace]
    parser_classes = [ShopJSON]
    renderer_classes = [PlainJSON]
    lookup_field = "shop_id"
    lookup_value_regex = SHOP_ID

    def rows(self) -> QuerySet:
        """What this shop may see."""
        return self.noun.rows().filter(source=shop_of(self.request)).exclude(shop_id="")

    def list(self, request: Request) -> Response:
        """Read back, what changed longest ago first."""
        page, cursor, has_more = page_of(request, self.rows(), has_stamp=self.noun.has_stamp)
        shape = self.noun.shape(page, many=True)
        return Response({"results": shape.data, "cursor": cursor, "has_more": has_more})

    def retrieve(self, request: Request, shop_id: str) -> Response:
        """One object; 304 if If-None-Match names what it is now."""
        response = self._said(shop_id)
        header = request.headers.get("If-None-Match", "")
        if header and names(header, response.headers["ETag"]):
            return Response(status=304, headers={"ETag": response.headers["ETag"]})
        return response

    def create(self, request: Request) -> Response:
        """Up to 1,000 at once, new and known ones."""
        return once(request, lambda: self._prepare_many(request))

    def update(self, request: Request, shop_id: str) -> Response:
        """Write one, new or known; what is not named stays as it is."""
        return self._one(request, shop_id, partial=False)

    def partial_update(self, request: Request, shop_id: str) -> Response:
        """As PUT, for an object on file: nothing is required."""
        get_object_or_404(self.rows(), shop_id=shop_id)
        return self._one(request, shop_id, partial=True)

    def destroy(self, request: Request, shop_id: str) -> Response:
        """The shop has it no more."""
        return once(request, lambda: lambda: self._remove(request, shop_id))

    # -- how --------------------------------------------------------------------------------------

    def _said(self, shop_id: str, status: int = 200) -> Response:
        row = get_object_or_404(self.rows(), shop_id=shop_id)
        data = self.noun.shape(row).data
        return Response(data, status=status, headers={"ETag": etag_of(data)})

    def _hold(self, request: Request, shop_id: str) -> None:
        """Let nobody else change the row from here on. Raises Outdated if it is not what the call expects."""
        wanted, unwanted = request.headers.get("If-Match", ""), request.headers.get("If-None-Match", "")
        if not wanted and not unwanted:
            return
        model = self.noun.rows().model
        model._default_manager.select_for_update().filter(source=shop_of(request), shop_id=shop_id).first()
        row = self.rows().filter(shop_id=shop_id).first()
        etag = etag_of(self.noun.shape(row).data) if row else ""
        if (wanted and not (row and names(wanted, etag))) or (unwanted and row and names(unwanted, etag)):
            raise Outdated(_("The object is another one now: read it and decide again."))

    def _one(self, request: Request, shop_id: str, *, partial: bool) -> Response:
        try:
            return once(request, lambda: self._prepare_one(request, shop_id, partial=partial))
        except (ValidationError, Conflict):
            self._tally(Told(shop_id, What.REFUSED))
            raise

    def _prepare_one(self, request: Request, shop_id: str, *, partial: bool) -> Any:
        data = request.data
        if isinstance(data, Mapping):
            if str(data.get("id", shop_id)) != shop_id:
                raise ValidationError({"id": [_("The address names another id.")]})
            data = {**data, "id": shop_id}
        [(values, errors)] = Checker(self.noun, shop_of(request), partial=partial).check_all([data])
        if errors:
            raise ValidationError(errors)

        def write() -> Response:
            self._hold(request, shop_id)
            [told] = self.noun.upsert(shop_of(request), [values])
            if told.what == What.REFUSED:
                raise Conflict(told.errors["id"][0]) if "id" in told.errors else ValidationError(told.errors)
            self._tally(told)
            return self._said(shop_id, status=201 if told.what == What.CREATED else 200)

        return write

    def _prepare_many(self, request: Request) -> Any:
        data = objects_of(request.data)
        checked = Checker(self.noun, shop_of(request)).check_all(data)

        def write() -> Response:
            good = [values for values, errors in checked if not errors]
            written = iter(self.noun.upsert(shop_of(request), good) if good else ())
            told = [
                Told(_id_of(one), What.REFUSED, errors=errors) if errors else next(written)
                for one, (_values, errors) in zip(data, checked, strict=True)
            ]
            self._tally(*told)
            return _bulk(told)

        return write

    def _remove(self, request: Request, shop_id: str) -> Response:
        get_object_or_404(self.rows(), shop_id=shop_id)
        self._hold(request, shop_id)
        try:
            self.noun.remove(shop_of(request), shop_id)
        except LookupError as error:
            raise Http404 from error
        except ValueError as error:
            raise Conflict(str(error)) from error
        ShopTally.objects.add(shop_of(request), self.noun.name, deleted=1)
        return Response(status=204)

    def _tally(self, *told: Told) -> None:
        counts = Counter(one.what for one in told)
        numbers = {
            "written": counts[What.CREATED] + counts[What.CHANGED],
            "unchanged": counts[What.UNCHANGED],
            "refused": counts[What.REFUSED],
        }
        ShopTally.objects.add(shop_of(self.request), self.noun.name, **numbers)


def _bulk(told: list[Told]) -> Response:
    """200, or 207 where some were refused."""
    counts = Counter(one.what for one in told)
    results = [
        {"index": index, "id": one.shop_id, "result": str(one.what)} | ({"errors": one.errors} if one.errors else {})
        for index, one in enumerate(told)
    ]
    data = {str(what): counts[what] for what in What} | {"results": results}
    return Response(data, status=207 if counts[What.REFUSED] else 200)


def _id_of(one: Any) -> str:
    """The id that a wrong object names, as far as it does."""
    return str(one.get("id", ""))[:64] if isinstance(one, Mapping) else ""
