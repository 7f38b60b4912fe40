"""What a cart's page needs of threads: those about it, and writing to its customer."""

from secrets import token_hex

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from helpdesk import about_carts
from helpdesk import context as shop
from helpdesk.chrome import statuses_of
from helpdesk.context import Cart
from helpdesk.forms_carts import CartLetterForm
from helpdesk.models import Contact, Message, Thread
from helpdesk.views.thread import thread_path

NEWEST = 5


def _cart(cart_id: int) -> Cart:
    cart = shop.cart_to_write_about(cart_id)
    if cart is None:
        raise Http404
    return cart


@agent_required
@require_safe
def threads(request: AgentRequest, cart_id: int) -> HttpResponse:
    """The card "Write about this cart": the open threads, and those in which it was written about."""
    cart = _cart(cart_id)
    about = Thread.objects.visible_to(request.user).filter(cart=cart).newest_first()[:NEWEST]
    context = {
        "cart": cart,
        "open": about_carts.open_threads(cart, request.user)[:NEWEST],
        "about": about,
        "labels": statuses_of(request),
        "obstacle": about_carts.obstacle_to(cart),
    }
    return render(request, "helpdesk/cart/_threads.html", context)


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AgentRequest, cart_id: int) -> HttpResponse:
    """Write about a cart: in an open thread of its customer (?thread=), or in a new one."""
    cart = _cart(cart_id)
    choices = {
        "threads": about_carts.open_threads(cart, request.user),
        "contacts": Contact.objects.active().visible_to(request.user),
    }
    if request.method != "POST":
        letter = about_carts.letter_for(cart)
        begun = {"subject": letter.subject, "text": letter.text, "form_key": token_hex(16)}
        form = CartLetterForm(initial={**begun, "thread": request.GET.get("thread", "")}, **choices)
        return _page(request, cart, form)
    form = CartLetterForm(request.POST, **choices)
    if form.is_valid() and (thread := _send(request, cart, form)):
        messages.success(request, _("Written. The cart remembers it."))
        return SeeOther(thread_path(thread.pk))
    return _page(request, cart, form)


def _send(request: AgentRequest, cart: Cart, form: CartLetterForm) -> Thread | None:
    """Write; None with a sentence in the form where that was refused. Twice the same form is once."""
    wanted = form.cleaned_data
    try:
        return about_carts.write(
            cart,
            wanted["text"],
            by=request.user,
            contact=wanted["contact"],
            subject=wanted["subject"],
            thread=wanted["thread"],
            form_key=wanted["form_key"],
        )
    except IntegrityError:  # the same form, sent twice
        return get_object_or_404(Message, form_key=wanted["form_key"], author=request.user).thread
    except ValueError as problem:
        form.add_error(None, str(problem))
        return None


def _page(request: AgentRequest, cart: Cart, form: CartLetterForm) -> HttpResponse:
    context = {"cart": cart, "form": form, "to": about_carts.address_of(cart)}
    context["obstacle"] = about_carts.obstacle_to(cart)
    return render(request, "helpdesk/cart/write.html", context, status=400 if form.is_bound else 200)
