"""From a thread of somebody unknown: enter them as a customer, or say who of those on file it is."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import AgentRequest, agent_required
from accounts.fields import Dressed
from accounts.http import SeeOther, go
from accounts.models import Agent
from accounts.typed import number
from helpdesk import context as shop
from helpdesk import senders
from helpdesk.models import Thread
from helpdesk.views.thread import thread_path, visible


class EnteringForm(Dressed, forms.Form):
    """What is asked of somebody new: an e-mail or a phone is enough."""

    first_name = forms.CharField(max_length=255, required=False, label=gettext_lazy("First name"))
    last_name = forms.CharField(max_length=255, required=False, label=gettext_lazy("Last name"))
    email = forms.CharField(
        max_length=255,
        required=False,
        label=gettext_lazy("E-mail"),
        widget=forms.EmailInput,
        help_text=gettext_lazy("From the head of the message."),
    )
    phone = forms.CharField(
        max_length=40, required=False, label=gettext_lazy("Phone"), help_text=gettext_lazy("May stay empty.")
    )

    def save(self, thread: Thread, *, by: Agent) -> Any:
        """The new customer, to whom the sender's threads belong from now on. Raises ValidationError, by field."""
        data = self.cleaned_data
        values = {name: data[name] for name in ("first_name", "last_name", "phone")}
        return senders.enter(thread, values | {"emails": [data["email"]]}, by=by)


def _typed_from(thread: Thread) -> dict[str, str]:
    first, _space, last = thread.name.partition(" ")
    return {"first_name": first, "last_name": last.strip(), "email": thread.email}


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: AgentRequest, thread_id: int) -> HttpResponse:
    """The form with what the message tells, and who it might be; `full` goes on to the whole record."""
    thread = visible(request, thread_id)
    if thread.customer_id:
        return go(request, thread_path(thread.pk))
    form = EnteringForm(request.POST if request.method == "POST" else None, initial=_typed_from(thread))
    if request.method != "POST" or not form.is_valid():
        return _page(request, thread, form)
    try:
        customer = form.save(thread, by=request.user)
    except ValidationError as error:
        for name, words in error.message_dict.items():
            own = {"emails": "email"}.get(name, name)
            form.add_error(own if own in form.fields else None, words)
        return _page(request, thread, form)
    messages.success(request, _("%(name)s is entered, and the thread belongs to them.") % {"name": customer})
    record = reverse("crm:customer_edit", args=[customer.pk])
    return SeeOther(record if "full" in request.POST else thread_path(thread.pk))


@agent_required
@require_POST
def link(request: AgentRequest, thread_id: int) -> HttpResponse:
    """It is somebody on file: the thread becomes theirs, and the address one of their own."""
    thread = visible(request, thread_id)
    chosen = request.POST.get("customer", "")
    customer = get_object_or_404(shop.people(), pk=number(chosen))
    try:
        senders.recognise(thread, customer, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return SeeOther(reverse("helpdesk:thread_customer", args=[thread.pk]))
    messages.success(request, _("The thread belongs to %(name)s now.") % {"name": customer})
    return SeeOther(thread_path(thread.pk))


def _page(request: AgentRequest, thread: Thread, form: EnteringForm) -> HttpResponse:
    asked = {name: (form[name].value() or "") for name in ("first_name", "last_name", "email", "phone")}
    context = {"thread": thread, "form": form, "alike": shop.people_like(**asked)}
    return render(request, "helpdesk/entering.html", context, status=400 if form.errors else 200)
