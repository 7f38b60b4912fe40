"""What a group is, and who belongs to it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from crm.lists.members import MEMBERS, members_of
from crm.models import CustomerGroup
from crm.tables import Listing


@agent_required
@require_safe
def index(request: AgentRequest, group_id: int) -> HttpResponse:
    """The group with its discounts, and the list of its members."""
    group = get_object_or_404(CustomerGroup.objects.prefetch_related("category_discounts"), pk=group_id)
    return Listing(request, MEMBERS, members_of(group)).respond("crm/groups/members.html", {"group": group})
