"""The shop's choices about records, by program: the forms of the settings' pages check them. Supervisors only."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Agent
from crm.api.desk import supervisor_of
from crm.api.filling import filled
from crm.forms_preferences import KeepingForm, PreferencesForm
from crm.models import RecordSettings

FORMS: tuple[Any, ...] = (PreferencesForm, KeepingForm)


class SettingsShape(serializers.ModelSerializer[RecordSettings]):
    """Which fields a record has, which are required, and for how many days things are kept."""

    class Meta:
        model = RecordSettings
        fields = [name for form in FORMS for name in form.Meta.fields]


@extend_schema(methods=["GET"], summary="Settings of records (supervisors)", responses=SettingsShape)
@extend_schema(
    methods=["PATCH"],
    summary="Change settings of records (supervisors)",
    request=SettingsShape,
    responses=SettingsShape,
)
@api_view(["GET", "PATCH"])
def settings(request: Request) -> Response:
    """What is not named stays. All of it is kept, or nothing."""
    by = supervisor_of(request)
    if request.method == "PATCH":
        _change(said(request), by=by)
    return Response(SettingsShape(RecordSettings.fresh()).data)


def said(request: Request) -> dict[str, Any]:
    """The object that was sent. Raises ValidationError for anything else."""
    if not isinstance(request.data, Mapping):
        raise ValidationError({"detail": _("Send an object.")})
    return dict(request.data.items())


@transaction.atomic
def _change(wanted: dict[str, Any], *, by: Agent) -> None:
    for form in FORMS:
        if named := {name: wanted[name] for name in form.Meta.fields if name in wanted}:
            filled(form, RecordSettings.fresh(), named).save_by(by)
