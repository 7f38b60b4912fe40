"""The settings page of follow-up mails, for supervisors."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import AgentRequest, supervisor_required
from accounts.history import changes
from accounts.http import SeeOther
from crm.following import figures
from crm.following.words import NAMES
from crm.forms_follow_ups import FollowUpRuleForm, FollowUpSettingsForm
from crm.models import FollowUpRule, FollowUpSettings


@supervisor_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AgentRequest) -> HttpResponse:
    """All of them on one page; saved together or not at all."""
    data = request.POST if request.method == "POST" else None
    row = FollowUpSettings.fresh()
    form = FollowUpSettingsForm(data, instance=row)
    rules = [FollowUpRuleForm(data, instance=rule, prefix=f"rule{rule.pk}") for rule in FollowUpRule.all_of_them()]
    if data is not None and all([form.is_valid(), *(one.is_valid() for one in rules)]):
        for one in (form, *rules):
            if one.has_changed():
                one.save()
        messages.success(request, _("The settings are saved."))
        return SeeOther(reverse("crm:follow_ups"))
    context = {
        "section": "follow_ups",
        "form": form,
        "rules": _with_figures(rules),
        "names": NAMES.items(),
        "changes": changes(row),
        "has_errors": data is not None,
    }
    return render(request, "crm/follow_ups.html", context, status=400 if data is not None else 200)


def _with_figures(rules: list[FollowUpRuleForm]) -> list[tuple[FollowUpRuleForm, object]]:
    found = figures()
    return [(one, found.get(one.instance.pk)) for one in rules]
