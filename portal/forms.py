"""What customers fill in."""

import hashlib
from typing import Any

from babel.dates import format_date
from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.languages import in_language
from accounts.pieces import money
from helpdesk import context, language
from helpdesk.mail import InboundMail
from helpdesk.models import Contact, DeskSettings, Thread
from portal import guard
from portal.access import FormToken, Person
from portal.customer import Order
from portal.orders import Answer, answer_about
from portal.uploads import Uploads

LONGEST = 50_000


class ContactForm(forms.Form):
    """A first message. `files` is bound to nothing: uploads have their own module."""

    use_required_attribute = False

    contact = forms.ModelChoiceField(
        queryset=Contact.objects.none(),
        to_field_name="slug",
        error_messages={
            "required": _("Choose whom you want to talk to."),
            "invalid_choice": _("This choice is not available. Choose another one."),
        },
    )
    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=120,
        widget=forms.TextInput({"class": "input", "autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        help_text=_("We send the answer there."),
        max_length=254,
        widget=forms.EmailInput({"class": "input", "autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": _("Write your e-mail, so that we can answer you."),
            "invalid": _("Write your full e-mail, like name@example.com"),
        },
    )
    order = forms.CharField(
        label=_("Order"),
        required=False,
        max_length=64,
        widget=forms.TextInput({"class": "input", "autocomplete": "off"}),
    )
    product = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    subject = forms.CharField(
        label=_("Subject"), required=False, max_length=200, widget=forms.TextInput({"class": "input"})
    )
    message = forms.CharField(
        label=_("Message"),
        help_text=_("Tell us what happened and what you would like us to do."),
        max_length=LONGEST,
        widget=forms.Textarea({"class": "textarea", "rows": 6}),
        error_messages={
            "required": _("Write your message."),
            "max_length": _("Your message is too long. Shorten it, or attach it as a file."),
        },
    )
    consent = forms.BooleanField(
        label=_("I have read the privacy text and agree to it."),
        error_messages={"required": _("Tick the box if you agree; without it we may not read your message.")},
        widget=forms.CheckboxInput({"class": "cb"}),
    )

    def __init__(self, *args: Any, token: FormToken, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.token, self.person = token, token.person
        self.customer = self._customer()
        self.orders: list[Order] = []
        groups = context.groups_of(self.customer, is_known_to_shop=self.person is not None)
        self.listed = list(Contact.objects.listed(groups))
        contact = self.fields["contact"]
        assert isinstance(contact, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        contact.queryset = Contact.objects.in_form(groups)
        self.privacy_text = in_language(DeskSettings.load().privacy_texts, get_language())
        if not self.privacy_text:
            del self.fields["consent"]
        if self.person is not None:
            self._know(self.person)

    def _customer(self) -> Any:
        """Who the proven person is on file; None for strangers."""
        one = self.person
        return one and context.customer_vouched_for(email=one.email, shop_id=one.shop_id, customer=one.customer)

    def _know(self, person: Person) -> None:
        """For a proven customer: the address is fixed, orders and products are chosen from lists.

        Of whoever is signed in here the name is fixed, too.
        """
        self.fields["email"].disabled = True
        self.fields["name"].disabled = bool(person.customer)
        self.initial = {**self.initial, "email": person.email, "name": person.name}
        self.orders = context.orders_of(self.customer, only=person.order)
        if self.orders:
            self._list_orders()

    def _list_orders(self) -> None:
        """Own orders and their products, to choose from."""
        own = [
            (one.reference, f"{one.reference} · {short_date(one.placed_at)} · {money(one.total, one.currency)}")
            for one in self.orders
        ]
        lines = [(one.reference, [(line.product_ref, line.name) for line in one.lines.all()]) for one in self.orders]
        self.fields["order"] = forms.ChoiceField(
            label=_("Order"),
            required=False,
            choices=[*own, ("", _("Another one or none"))],
            widget=forms.Select({"class": "select"}),
            error_messages={"invalid_choice": _("Choose one of your orders.")},
        )
        self.fields["product"] = forms.ChoiceField(
            label=_("Product"),
            required=False,
            choices=[("", _("The whole order")), *lines],
            widget=forms.Select({"class": "select"}),
            error_messages={"invalid_choice": _("Choose one of the products.")},
        )

    @property
    def answer(self) -> Answer | None:
        """How the order that is chosen stands; only for somebody proven, and only of their own."""
        person, said = self.person, str(self["order"].value() or "")
        order = next((one for one in self.orders if one.reference == said), None)
        if order is None or person is None or not self.token.may_see_orders:
            return None
        return answer_about(order, product_ref=str(self["product"].value() or ""), email=person.email)

    @property
    def contact_meant(self) -> Contact | None:
        """The one that is ticked, else the first that asks for orders."""
        reachable = [one for one in self.listed if one.is_reachable]
        ticked = [one for one in reachable if one.slug == self["contact"].value()]
        return next(iter([*ticked, *(one for one in reachable if one.asks_order), *reachable]), None)

    @property
    def asks_order(self) -> bool:
        """Some contact wants to know the order."""
        return any(one.asks_order for one in self.listed)

    def to_mail(self, request: HttpRequest, uploads: Uploads) -> InboundMail:
        """What was filled in, as something that intake understands."""
        said = self.cleaned_data
        text = said["message"].replace("\r\n", "\n")
        subject = " ".join(said["subject"].split()) or first_words(text)
        facts = (said["contact"].slug, said["name"], said["email"], said["order"], said["product"], subject, text)
        return InboundMail(
            sender=said["email"].lower(),
            sender_name=" ".join(said["name"].split()),
            subject=subject,
            order_reference=said["order"].strip(),
            product_ref=said["product"],
            language=language.guess(text, default=get_language() or ""),
            page_url=self.token.page,
            customer_id=self.person.customer if self.person else 0,
            consent=f"v{self.token.privacy}" if said.get("consent") else "",
            **of_form(request, self.token, text, uploads, *facts),
        )


class ReplyForm(forms.Form):
    """More words in a thread."""

    use_required_attribute = False

    message = forms.CharField(
        label=_("Your reply"),
        max_length=LONGEST,
        widget=forms.Textarea({"class": "textarea", "rows": 6, "placeholder": _("Write here…")}),
        error_messages={
            "required": _("Write your message."),
            "max_length": _("Your message is too long. Shorten it, or attach it as a file."),
        },
    )

    def to_mail(self, request: HttpRequest, thread: Thread, token: FormToken, uploads: Uploads) -> InboundMail:
        """The answer, from the thread's own address whatever anybody typed."""
        text = self.cleaned_data["message"].replace("\r\n", "\n")
        return in_thread(thread, **of_form(request, token, text, uploads, str(thread.pk), text))


def of_form(request: HttpRequest, token: FormToken, text: str, uploads: Uploads, *facts: str) -> dict[str, Any]:
    """What every posted form tells. The id comes from the form's key, so that a double click is one message;
    the digest from what was said, so that other words from the same form are another."""
    digest = hashlib.sha256()
    for part in (*facts, *sorted(str(one.pk) for one in uploads.kept)):
        digest.update(part.encode("utf-8", "replace") + b"\0")
    for file in uploads.new:
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.content).digest())
    name = f"form-{token.key}-{digest.hexdigest()[:16]}"
    return {**told(request, text, name, digest.hexdigest()), "files": uploads.files}


def told(request: HttpRequest, text: str, name: str, digest: str) -> dict[str, Any]:
    """What every page tells beside the words; `name` makes it one message however often it is sent."""
    return {
        "text": text,
        "full_text": text,
        "message_id": f"<{name}@{request.get_host().partition(':')[0]}>",
        "digest": digest,
        "channel": "form",
        "ip": guard.client_ip(request),
        "user_agent": request.headers.get("User-Agent", "").replace("\0", "")[:400],
    }


def in_thread(thread: Thread, **facts: Any) -> InboundMail:
    """Something said on the page of a thread: from its own address, whatever anybody typed."""
    who: dict[str, Any] = {"sender": thread.email, "sender_name": thread.sender}
    return InboundMail(**who, subject=thread.subject, language=thread.language, **facts)


def by_button(request: HttpRequest, thread: Thread, text: str, *facts: str) -> InboundMail:
    """What one press of a button says; the same `facts`, of which the first names the button, are the same message."""
    digest = hashlib.sha256("\0".join(facts).encode()).hexdigest()
    return in_thread(thread, **told(request, text, f"{facts[0]}-{digest[:32]}", digest))


def first_words(text: str) -> str:
    """A subject for those who wrote none: the first line, cut at a word."""
    line = " ".join(next((one for one in text.splitlines() if one.strip()), "").split())
    return line if len(line) <= 70 else line[:70].rpartition(" ")[0] + "…"


def short_date(moment: Any) -> str:
    """Day and month in the reader's language, such as 14 nov."""
    return format_date(moment, "d MMM", locale=(get_language() or "en").replace("-", "_"))
