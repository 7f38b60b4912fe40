"""Writing to a customer by WhatsApp: the dialog, and opening it with the text ready."""

from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import typed
from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from helpdesk import context as shop
from helpdesk import whatsapp
from helpdesk.context import Customer
from helpdesk.forms_whatsapp import PhoneForm, WhatsAppForm
from helpdesk.models import Contact, DeskSettings, PredefinedReply, Thread
from helpdesk.views.thread import thread_path

# Where wa.me itself leads to: browsers ask the policy at each step.
WHATSAPP = ["https://wa.me", "https://api.whatsapp.com", "https://web.whatsapp.com"]


@agent_required
@csp_update({"form-action": WHATSAPP})
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Choose a text and look at it (GET); note it in a thread and open WhatsApp, or send through the channel (POST)."""
    customer = get_object_or_404(shop.people().select_related("title"), pk=customer_id)
    form = _form(request, customer)
    if request.method != "POST":
        return _page(request, customer, form)
    problem = whatsapp.obstacle_to(customer)
    if problem or not form.is_valid():
        return _page(request, customer, form, problem=problem, status=400)
    wanted = form.cleaned_data
    try:
        return _go(request, customer, wanted)
    except ValueError as refused:
        form.add_error("text", str(refused))
        return _page(request, customer, form, status=400)


@agent_required
@require_POST
def phone(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The number that was missing or wrong; then the dialog goes on."""
    customer = get_object_or_404(shop.people(), pk=customer_id)
    form = PhoneForm(request.POST, customer=customer)
    if not form.is_valid() or not form.save(by=request.user):
        return _page(request, customer, _form(request, customer), number_form=form, status=400)
    return SeeOther(reverse("helpdesk:whatsapp", args=[customer.pk]))


def _go(request: AgentRequest, customer: Customer, wanted: dict[str, Any]) -> HttpResponse:
    """By the button: the chat alone, WhatsApp with the text, or the channel. Raises ValueError for a bad text."""
    number, do = shop.whatsapp_number(customer)[0], request.POST.get("do", "")
    text = "" if do == "chat" else whatsapp.check(wanted["text"])
    where = {"by": request.user, "contact": wanted["contact"], "thread": wanted["thread"]}
    if do == "send":
        whatsapp.channel().send(number, text)
        thread = whatsapp.note_opened(customer, text, **where, is_sent=True)
        messages.success(request, _("Sent by WhatsApp."))
        return SeeOther(thread_path(thread.pk))
    whatsapp.note_opened(customer, text, **where)
    return SeeOther(whatsapp.link(number, text))


def _form(request: AgentRequest, customer: Customer) -> WhatsAppForm:
    """With the text of the chosen reply in it."""
    mine = Contact.objects.active().visible_to(request.user)
    threads = Thread.objects.visible_to(request.user).active().filter(customer=customer).newest_first()
    choices = {"contacts": mine, "threads": threads}
    if request.method == "POST" and "phone" not in request.POST:
        return WhatsAppForm(request.POST, **choices)
    contact, newest = mine.first(), threads.first()
    initial: dict[str, Any] = {"thread": newest.pk if newest else None, "contact": contact.pk if contact else None}
    if contact and (reply := _reply(request, contact)):
        language, order = _language(request, customer), _order(request, customer)
        initial["text"] = whatsapp.text_of(
            reply, customer, contact=contact, by=request.user, language=language, order=order
        )
    return WhatsAppForm(initial=initial, **choices)


def _reply(request: AgentRequest, contact: Contact) -> PredefinedReply | None:
    return PredefinedReply.objects.for_contact(contact).filter(pk=typed.number(request.GET.get("template", ""))).first()


def _order(request: AgentRequest, customer: Customer) -> Any:
    orders = shop.orders_of(customer)
    wanted = typed.number(request.GET.get("order", ""))
    return next((one for one in orders if one.pk == wanted), orders[0] if orders else None)


def _language(request: AgentRequest, customer: Customer) -> str:
    return request.GET.get("language", "")[:8] or customer.language or DeskSettings.load().language


def _page(
    request: AgentRequest,
    customer: Customer,
    form: WhatsAppForm,
    *,
    problem: str = "",
    number_form: PhoneForm | None = None,
    status: int = 200,
) -> HttpResponse:
    contact, problem = form.contacts.first(), problem or whatsapp.obstacle_to(customer)
    context = {
        "customer": customer,
        "form": form,
        "number": shop.whatsapp_number(customer)[0],
        "problem": problem,
        "number_form": number_form or (PhoneForm(customer=customer) if problem else None),
        "channel_obstacle": whatsapp.channel().obstacle(),
        "replies": PredefinedReply.objects.for_contact(contact) if contact else [],
        "template": typed.number(request.GET.get("template", "")),
        "orders": shop.orders_of(customer),
        "order": _order(request, customer),
        "language": _language(request, customer),
    }
    return render(request, "helpdesk/whatsapp/show.html", context, status=status)
