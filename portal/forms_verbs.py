"""What customers add to a conversation beside words: photos, another address."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from helpdesk.mail import InboundMail
from helpdesk.models import AddressProposal, Thread
from portal.access import FormToken
from portal.customer import Customer
from portal.forms import LONGEST, ReplyForm
from portal.forms_details import AddressForm
from portal.uploads import Uploads


class PhotoForm(ReplyForm):
    """Files, and if they like a word about them."""

    message = forms.CharField(
        label=gettext_lazy("A word about them"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"class": "textarea", "rows": 3}),
        error_messages={"max_length": gettext_lazy("Your message is too long. Shorten it, or attach it as a file.")},
    )

    def to_mail(self, request: HttpRequest, thread: Thread, token: FormToken, uploads: Uploads) -> InboundMail:
        """Files without a word say how many they are."""
        n = len(uploads.new) + len(uploads.kept)
        plain = ngettext("I am sending you %(n)d file.", "I am sending you %(n)d files.", n) % {"n": n}
        self.cleaned_data["message"] = self.cleaned_data["message"].strip() or plain
        return super().to_mail(request, thread, token, uploads)


class ProposalForm(AddressForm):
    """Another address for the order of a thread. What is on file is not shown: a link may have been passed on."""

    def __init__(self, *args: Any, thread: Thread, **kwargs: Any) -> None:
        super().__init__(*args, customer=thread.customer or Customer(), address=None, **kwargs)
        self.thread = thread
        del self.fields["alias"]

    def vet(self) -> str:
        """The address as it stands on a parcel; an empty string with the reasons at the fields where none would come.

        Raises helpdesk's TooLateError once the order has left.
        """
        try:
            return AddressProposal.objects.vet(self.thread, self.cleaned_data)
        except ValidationError as error:
            self.take_errors(error)
            return ""

    def words(self, label: str) -> str:
        """What the customer says with it."""
        asks = _("Please send order %(order)s to this address:") % {"order": self.thread.order_name}
        return f"{asks}\n\n{label}"
