"""Mails that follow carts and orders by themselves, by program: what holds for all, and each of them."""

from typing import Any, cast

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Agent
from crm.api.desk import supervisor_of
from crm.api.filling import filled, save, typed
from crm.following import figures
from crm.forms_follow_ups import FollowUpRuleForm, FollowUpSettingsForm
from crm.models import FollowUpRule, FollowUpSettings

WORDS = {"subjects": "subject", "texts": "text"}  # what the form calls them, by language
LANGUAGES = list(dict(settings.LANGUAGES))


class FiguresShape(serializers.Serializer):
    """Of the last 30 days: mails, vouchers in them, vouchers used, carts that became orders."""

    sent = serializers.IntegerField(read_only=True)
    vouchers = serializers.IntegerField(read_only=True)
    used = serializers.IntegerField(read_only=True)
    recovered = serializers.IntegerField(read_only=True)


class RuleShape(serializers.ModelSerializer[FollowUpRule]):
    """One mail: whether, when, with which voucher, in which words by language (none: the product's own).

    `delay` counts in hours for reminders of carts and thanks, in days for the others.
    """

    delay = serializers.IntegerField(min_value=1)
    subjects = serializers.DictField(child=serializers.CharField(allow_blank=True))
    texts = serializers.DictField(child=serializers.CharField(allow_blank=True))
    figures = serializers.SerializerMethodField()

    class Meta:
        model = FollowUpRule
        fields = ["id", "kind", "step", "delay", *FollowUpRuleForm.Meta.fields, "subjects", "texts", "figures"]
        read_only_fields = ["kind", "step"]

    @extend_schema_field(FiguresShape)
    def get_figures(self, rule: FollowUpRule) -> Any:
        """What came of it."""
        return FiguresShape(self.context["figures"][rule.pk]).data


class ForAllShape(serializers.ModelSerializer[FollowUpSettings]):
    """What holds for all of these mails, and each of them."""

    rules = serializers.SerializerMethodField()

    class Meta:
        model = FollowUpSettings
        fields = [*FollowUpSettingsForm.Meta.fields, "rules"]

    @extend_schema_field(RuleShape(many=True))
    def get_rules(self, _row: FollowUpSettings) -> Any:
        """One a kind and step."""
        return RuleShape(FollowUpRule.all_of_them(), many=True, context={"figures": figures()}).data


@extend_schema(methods=["GET"], summary="Follow-up mails (supervisors)", responses=ForAllShape)
@extend_schema(
    methods=["PATCH"],
    summary="Quiet hours and limits of follow-up mails (supervisors)",
    request=ForAllShape,
    responses=ForAllShape,
)
@api_view(["GET", "PATCH"])
def follow_ups(request: Request) -> Response:
    """What is not named stays."""
    by, row = supervisor_of(request), FollowUpSettings.fresh()
    if request.method == "PATCH":
        row = save(filled(FollowUpSettingsForm, row, typed(ForAllShape, request.data)), by=by)
    return Response(ForAllShape(row).data)


@extend_schema(
    methods=["GET"],
    operation_id="records_follow_up_read",
    summary="One follow-up mail (supervisors)",
    responses=RuleShape,
)
@extend_schema(
    methods=["PATCH"],
    operation_id="records_follow_up_change",
    summary="Change one follow-up mail (supervisors)",
    request=RuleShape,
    responses=RuleShape,
)
@api_view(["GET", "PATCH"])
def rule(request: Request, rule_id: int) -> Response:
    """What is not named stays, and so do words in other languages."""
    by, found = supervisor_of(request), get_object_or_404(FollowUpRule, pk=rule_id)
    if request.method == "PATCH":
        found = _changed(found, typed(RuleShape, request.data), by=by)
    return Response(RuleShape(found, context={"figures": figures()}).data)


def _changed(rule: FollowUpRule, said: dict[str, Any], *, by: Agent) -> FollowUpRule:
    try:
        form = filled(FollowUpRuleForm, rule, {**said, **_words_of(said)}, **_words_kept(rule))
    except ValidationError as error:
        raise ValidationError(_by_language(error.detail)) from error
    return cast(FollowUpRule, save(form, by=by))


def _words_of(said: dict[str, Any]) -> dict[str, str]:
    """Under the form's names. Raises ValidationError for a language that the desk does not speak."""
    for name in WORDS:
        if unknown := set(said.get(name, {})) - set(LANGUAGES):
            raise ValidationError({name: {one: [_("The desk does not speak this language.")] for one in unknown}})
    return {f"{WORDS[name]}_{code}": text for name in WORDS for code, text in said.get(name, {}).items()}


def _words_kept(rule: FollowUpRule) -> dict[str, Any]:
    kept = {f"{WORDS[name]}_{code}": getattr(rule, name).get(code, "") for name in WORDS for code in LANGUAGES}
    return {**kept, "delay": rule.delay}


def _by_language(detail: Any) -> dict[str, Any]:
    """Sentences as the shape names its fields: {"texts": {"es": [...]}}."""
    found: dict[str, Any] = {}
    for name, sentences in detail.items():
        ours = next((one for one, form_name in WORDS.items() if name.startswith(f"{form_name}_")), "")
        if ours:
            found.setdefault(ours, {})[name.rpartition("_")[2]] = sentences
        else:
            found[name] = sentences
    return found
