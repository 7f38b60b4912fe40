"""Writing to customers: letters to one or many and how far they came, about a cart, and by WhatsApp."""

from secrets import token_hex
from typing import Any

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk import about_carts, mailings, whatsapp
from helpdesk import context as shop
from helpdesk.api.desk import Conflict, Pages, agent_of, checked, form_key, once, refused
from helpdesk.api.letter_bodies import (
    CartLetterBody,
    LetterBody,
    MailingShape,
    NotedShape,
    RecipientShape,
    WhatsAppBody,
    WhatsAppShape,
)
from helpdesk.api.shapes import MessageShape
from helpdesk.api.threads import ONCE
from helpdesk.audience import Audience
from helpdesk.forms_carts import CartLetterForm
from helpdesk.forms_mailings import LetterForm
from helpdesk.mailings import Letter
from helpdesk.models import Attachment, Contact, Mailing, Message, Thread


@extend_schema_view(
    list=extend_schema(summary="Letters to customers of my contacts"),
    retrieve=extend_schema(summary="One letter and how far it came"),
)
class Letters(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Mailing]):
    """The newest first."""

    serializer_class = MailingShape
    pagination_class = Pages
    lookup_value_regex = "[0-9]{1,18}"
    queryset = Mailing.objects.none()

    def get_queryset(self) -> Any:
        """Those of the agent's contacts."""
        if getattr(self, "swagger_fake_view", False):
            return Mailing.objects.none()
        return Mailing.objects.visible_to(agent_of(self.request)).select_related("by", "contact")

    @extend_schema(summary="Write to customers", request=LetterBody, responses={201: MailingShape}, parameters=[ONCE])
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """To more than twenty the desk first looks at what each would read, and waits for `confirmation/`."""
        said, agent = checked(LetterBody, request), agent_of(request)
        form = LetterForm(
            LetterBody.typed(said, form_key=form_key(request) or token_hex(16)),
            contacts=Contact.objects.visible_to(agent),
        )
        _valid(form, voucher=form.voucher)
        words = [form.cleaned_data[name] for name in ("contact", "subject", "body", "then", "tags", "voucher")]
        how = {name: form.cleaned_data[name] for name in ("form_key", "send_at")}
        audience = Audience(_people(said["customers"]))
        files = [Attachment.objects.add(file, owner=agent) for file in said["files"]]
        try:
            mailing = mailings.begin(Letter(agent, *words), audience, files=files, **how)
        except ValueError as problem:
            raise refused(problem, field="customers") from problem
        return Response(MailingShape(mailing).data, status=201)

    @extend_schema(summary="Who gets a letter, and who does not", responses=RecipientShape(many=True))
    @action(detail=True, methods=["get"], filter_backends=[])
    def recipients(self, request: Request, pk: str) -> Response:
        """In pages."""
        rows: Any = self.get_object().recipients.all()
        page: Any = self.paginate_queryset(rows)
        return self.get_paginated_response(RecipientShape(page, many=True).data)

    @extend_schema(summary="Send a letter that was checked", request=None, responses=MailingShape)
    @action(detail=True, methods=["post"])
    def confirmation(self, request: Request, pk: str) -> Response:
        """It goes to those who are left. 409 if nothing waits for a word."""
        if not self.get_object().confirm():
            raise Conflict(_("There is nothing to confirm any more."))
        return self.retrieve(request)

    @extend_schema(summary="Stop a letter", request=None, responses=MailingShape)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """Whoever was not written to yet gets nothing; the text is my draft again."""
        self.get_object().stop(by=agent_of(request))
        return self.retrieve(request)

    @extend_schema(summary="Try again what failed", request=None, responses=MailingShape)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """409 if nothing failed."""
        if not self.get_object().retry():
            raise Conflict(_("There is nothing to try again."))
        return self.retrieve(request)


def _people(numbers: list[int]) -> Any:
    """These customers. Raises ValidationError for numbers of nobody."""
    people = shop.people().filter(pk__in=numbers)
    if lost := set(numbers) - set(people.values_list("pk", flat=True)):
        words = {"numbers": ", ".join(str(one) for one in sorted(lost)[:10])}
        raise ValidationError({"customers": [_("There is no such customer: %(numbers)s.") % words]})
    return people


def _valid(form: Any, voucher: Any = None) -> None:
    """Raises ValidationError with what the form says, by field of the API."""
    if form.is_valid():
        return
    names = {"body": "text", "__all__": "voucher" if voucher is not None else "non_field_errors"}
    errors: dict[str, Any] = {names.get(name, name): list(words) for name, words in form.errors.items()}
    if voucher is not None and voucher.errors:
        errors["voucher"] = {name: list(words) for name, words in voucher.errors.items()}
    raise ValidationError(errors)


@extend_schema(
    summary="Write to somebody about a cart",
    request=CartLetterBody,
    responses={201: MessageShape},
    parameters=[ONCE],
)
@api_view(["POST"])
def about_cart(request: Request, cart_id: int) -> Response:
    """The mail leaves as any reply does, and the cart remembers it. 400 where nobody may be written to."""
    cart, agent, said = shop.cart_to_write_about(cart_id), agent_of(request), checked(CartLetterBody, request)
    if cart is None:
        raise Http404
    typed = {**said, "contact": said["contact"].pk if said["contact"] else "", "thread": said["thread"] or ""}
    choices = {"threads": about_carts.open_threads(cart, agent), "contacts": Contact.objects.visible_to(agent)}
    form, key = CartLetterForm(typed, **choices), form_key(request)
    _valid(form)
    wanted = {name: form.cleaned_data[name] for name in ("contact", "subject", "thread")}

    def write() -> Message:
        thread = about_carts.write(cart, form.cleaned_data["text"], by=agent, form_key=key, **wanted)
        return thread.messages.filter(author=agent).latest("pk")

    try:
        return Response(MessageShape(once(key, write), context={"request": request}).data, status=201)
    except ValueError as error:
        raise refused(error, field="non_field_errors") from error


@extend_schema(methods=["GET"], summary="A customer's WhatsApp", responses=WhatsAppShape)
@extend_schema(methods=["POST"], summary="Write by WhatsApp", request=WhatsAppBody, responses={201: NotedShape})
@api_view(["GET", "POST"])
def by_whatsapp(request: Request, customer_id: int) -> Response:
    """The link opens WhatsApp with the text ready, and is noted; with `send` the connected channel sends it."""
    customer = get_object_or_404(shop.people().select_related("title"), pk=customer_id)
    number, problem = shop.whatsapp_number(customer)[0], whatsapp.obstacle_to(customer)
    if request.method == "GET":
        link = "" if problem else whatsapp.link(number)
        told = {"number": number, "link": link, "problem": problem, "may_send": not whatsapp.channel().obstacle()}
        return Response(WhatsAppShape(told).data)
    said, where = checked(WhatsAppBody, request), _where(request, customer)
    try:
        if problem:
            raise ValueError(problem)
        text = whatsapp.check(said["text"])
        if said["send"]:
            whatsapp.channel().send(number, text)
        thread = whatsapp.note_opened(customer, text, is_sent=said["send"], **where)
    except ValueError as error:
        raise refused(error, field="text") from error
    link = "" if said["send"] else whatsapp.link(number, text)
    return Response(NotedShape({"link": link, "thread": thread.pk}).data, status=201)


def _where(request: Request, customer: Any) -> dict[str, Any]:
    """Who notes it, in an open thread of the customer or in a new one at a contact of the agent's."""
    said, agent = checked(WhatsAppBody, request), agent_of(request)
    mine = Thread.objects.visible_to(agent).active().filter(customer=customer)
    thread = mine.filter(pk=said["thread"]).first() if said["thread"] else None
    if said["thread"] and thread is None:
        raise ValidationError({"thread": [_("There is no such open thread of this customer.")]})
    contact = said["contact"]
    mine_too = contact is not None and Contact.objects.visible_to(agent).filter(pk=contact.pk).exists()
    if thread is None and not mine_too:
        raise ValidationError({"contact": [_("Choose from which contact you write.")]})
    return {"by": agent, "contact": contact, "thread": thread}
