"""Another address for an order, proposed by its customer: an agent takes it with one click, or refuses it."""

from django.contrib import messages as toasts
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from helpdesk import context
from helpdesk.models import AddressProposal
from helpdesk.views.thread import thread_path, visible


@agent_required
@require_POST
def settle(request: AgentRequest, thread_id: int, proposal_id: int) -> HttpResponse:
    """`do` says how: into the order, kept with the customer only, or refused with a reason."""
    thread = visible(request, thread_id)
    proposal = get_object_or_404(thread.address_proposals.select_related("order", "thread__customer"), pk=proposal_id)
    try:
        if sentence := _settle(request, proposal):
            toasts.success(request, sentence)
        else:
            toasts.info(request, _("A colleague was faster: it is settled already."))
    except ValidationError as error:
        toasts.error(request, _("This address lacks something: %(what)s") % {"what": " ".join(error.messages)})
    except ValueError as error:
        toasts.error(request, str(error))
    return SeeOther(thread_path(thread.pk))


def _settle(request: AgentRequest, proposal: AddressProposal) -> str:
    """Says what was done; an empty string where somebody else was faster."""
    do, by = request.POST.get("do", ""), request.user
    if do == "accept":
        is_told = context.is_wanted("order.address_changed")
        done = _("The order goes there now, and the shop was told.")
        alone = _("The order goes there now. Change it in the shop too: it does not ask to be told.")
        return (done if is_told else alone) if proposal.accept(by=by) else ""
    if do == "file":
        return _("The address is kept with the customer.") if proposal.file(by=by) else ""
    return _("The address is refused.") if proposal.refuse(by=by, reason=request.POST.get("reason", "")) else ""
