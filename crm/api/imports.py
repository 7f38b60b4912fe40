"""Customers from a file, by program: bringing it, what its columns mean, the trial, the import. Supervisors only."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.answers import Conflict
from crm.api.desk import NUMBER, Pages, checked, said, supervisor_of
from crm.api.record_shapes import Author
from crm.files import bringing
from crm.files.columns import choices
from crm.files.reading import MOST_COLUMNS, Unreadable
from crm.models import CustomerFile, CustomerFileLine

Outcome = CustomerFileLine.Outcome


class FileName(serializers.ModelSerializer[CustomerFile]):
    """A file that somebody brought, and how far it is."""

    by = Author(read_only=True, allow_null=True)

    class Meta:
        model = CustomerFile
        fields = ["id", "name", "state", "by", "created_at", "finished_at"]
        read_only_fields = fields


class FileShape(FileName):
    """`columns` says the field of each header, an empty word leaves it out; `fields` are those to choose from.

    `counts` tells how many lines came to what, in the trial and then in the import.
    """

    headers = serializers.ListField(child=serializers.CharField(), read_only=True)
    columns = serializers.ListField(child=serializers.CharField(), read_only=True)
    counts = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    fields_known = serializers.SerializerMethodField()

    class Meta(FileName.Meta):
        fields = [*FileName.Meta.fields, "headers", "columns", "fields_known", "counts"]
        read_only_fields = fields

    def get_fields_known(self, _file: CustomerFile) -> list[str]:
        """What a column may be here."""
        return [name for name, _label in choices() if name]


class LineShape(serializers.ModelSerializer[CustomerFileLine]):
    """A line of the file: what became of it, and why it could not be taken. Lines that were imported keep no cells."""

    cells = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = CustomerFileLine
        fields = ["number", "outcome", "problem", "cells", "customer"]
        read_only_fields = fields


class FileBody(serializers.Serializer):
    """A .csv or .xlsx of up to 5 MB and 5,000 lines; the first names the columns."""

    file = serializers.FileField(allow_empty_file=True)


class ColumnsBody(serializers.Serializer):
    """The field of each header, in their order; an empty word leaves the column out."""

    columns = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=40), max_length=MOST_COLUMNS
    )


class WhichLines(serializers.Serializer):
    """Of which lines to tell."""

    outcome = serializers.ChoiceField(choices=Outcome.choices, required=False)


UPLOAD = {"multipart/form-data": FileBody}
WHICH = OpenApiParameter("outcome", str, enum=Outcome.values, description="Only lines that came to this.")


@extend_schema_view(
    list=extend_schema(summary="Files of customers (supervisors)", responses=FileName(many=True)),
    retrieve=extend_schema(summary="A file of customers, and how far it is (supervisors)"),
    create=extend_schema(summary="Bring a file of customers (supervisors)", request=UPLOAD, responses={201: FileShape}),
    partial_update=extend_schema(summary="Try it with other columns (supervisors)", request=ColumnsBody),
    destroy=extend_schema(summary="Forget a file; its customers stay (supervisors)", responses={204: None}),
)
class Imports(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """A file is tried first, which saves nothing; then it is imported, each line once."""

    pagination_class = Pages
    lookup_value_regex = NUMBER
    filter_backends = ()
    queryset = CustomerFile.objects.select_related("by").order_by("-pk")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """403 for agents."""
        super().initial(request, *args, **kwargs)
        supervisor_of(request)

    def get_serializer_class(self) -> type[FileName]:
        """A list tells less of each."""
        return FileName if self.action == "list" else FileShape

    def create(self, request: Request) -> Response:
        """Its trial begins within seconds; read on until `state` is `tried`."""
        try:
            file = bringing.bring(said(FileBody, request)["file"], by=supervisor_of(request))
        except Unreadable as trouble:
            raise ValidationError({"file": [str(trouble)]}) from trouble
        return self._said(file, status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """The trial begins anew. 409 once the import began."""
        file, columns = self.get_object(), said(ColumnsBody, request)["columns"]
        _refuse_unknown(columns, file)
        return self._changed(file, lambda: bringing.try_with(file, columns))

    def destroy(self, request: Request, pk: str) -> Response:
        """With all its lines."""
        self.get_object().delete()
        return Response(status=204)

    @extend_schema(summary="Import it in earnest (supervisors)", request=None, responses=FileShape)
    @action(["POST"], detail=True, filter_backends=())
    def run(self, request: Request, pk: str) -> Response:
        """409 unless its trial is over; read on until `state` is `done`."""
        file = self.get_object()
        return self._changed(file, lambda: bringing.run(file))

    @extend_schema(summary="The lines of a file (supervisors)", parameters=[WHICH], responses=LineShape(many=True))
    @action(["GET"], detail=True)
    def lines(self, request: Request, pk: str) -> Response:
        """In their order; `outcome=refused` are those that could not be taken."""
        asked = checked(WhichLines, request.query_params)
        page = self.paginate_queryset(self.get_object().lines.filter(**asked).order_by("number"))
        return self.get_paginated_response(LineShape(page, many=True).data)

    def _changed(self, file: CustomerFile, change: Any) -> Response:
        try:
            change()
        except bringing.Unclear as problem:
            raise ValidationError({"columns": [str(problem)]}) from problem
        except ValueError as refusal:
            raise Conflict(str(refusal)) from refusal
        return self._said(file)

    def _said(self, file: CustomerFile, status: int = 200) -> Response:
        return Response(FileShape(get_object_or_404(self.get_queryset(), pk=file.pk)).data, status=status)


def _refuse_unknown(columns: list[str], file: CustomerFile) -> None:
    """The page offers only what there is; a program may say anything."""
    if len(columns) != len(file.headers):
        words = _("Say of each of the %(count)s columns what it means.") % {"count": len(file.headers)}
        raise ValidationError({"columns": [words]})
    allowed = {name for name, _label in choices()}
    if unknown := next((one for one in columns if one not in allowed), None):
        raise ValidationError({"columns": [_("There is no field “%(name)s”.") % {"name": unknown}]})
