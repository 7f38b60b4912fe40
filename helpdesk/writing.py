"""One page for writing to customers: whom it means, what is typed so far, and which of them is looked at."""

from secrets import token_hex
from typing import Any

from django.http import Http404, QueryDict

from accounts.access import AgentRequest
from helpdesk import context as shop
from helpdesk import html as markup
from helpdesk import mailings
from helpdesk.chrome import contacts_of
from helpdesk.forms_mailings import LetterForm
from helpdesk.mailings import Audience, Letter
from helpdesk.models import (
    Attachment,
    Contact,
    DeskSettings,
    LetterDraft,
    Mailing,
    Message,
    PredefinedReply,
    RecipientState,
)
from helpdesk.models.letter_draft import TAKEN_OUT
from helpdesk.placeholders import NAMES

SHOWN = 50  # people whose names the page tells
LIBRARY = 60


class Desk:
    """One request to write. Parameters say who is meant: `customer`, `again` (a mailing that was stopped), or those
    of a choice in the customers' list; `without` are people who were taken out again."""

    def __init__(self, request: AgentRequest) -> None:
        self.request = request
        self.params: QueryDict = request.POST if request.method == "POST" else request.GET
        self.contacts = Contact.objects.filter(pk__in=[one.pk for one in contacts_of(request)])
        mine = Mailing.objects.visible_to(request.user)
        self.begun = mine.filter(pk=number(self.params.get("again", ""))).first()
        self.people, chosen = self._chosen()
        self.draft = LetterDraft.objects.of(self.people, by=request.user)
        without = self._taken_out()
        self.fields = [*self.people, *((TAKEN_OUT, str(pk)) for pk in sorted(without))]
        self.audience = Audience(chosen, without)
        self.form = LetterForm(**self._typed(), contacts=self.contacts)

    def _chosen(self) -> tuple[list[tuple[str, str]], Any]:
        """Hidden inputs that say it again, and the people."""
        if one := number(self.params.get("customer", "")):
            return [("customer", str(one))], shop.people().filter(pk=one)
        if self.begun:
            stopped = self.begun.recipients.filter(state=RecipientState.STOPPED)
            return [("again", str(self.begun.pk))], shop.people().filter(pk__in=stopped.values("customer"))
        selection = shop.chosen_customers(self.request)
        return selection.fields, selection.rows

    def _taken_out(self) -> frozenset[int]:
        out = [*self.params.getlist(TAKEN_OUT), self.params.get("remove", "")]
        if self.request.method != "POST" and self.draft is not None:
            out += self.draft.taken_out
        return frozenset(number(pk) for pk in out if number(pk))

    def _typed(self) -> dict[str, Any]:
        if self.request.method == "POST":
            return {"data": self.request.POST, "files": self.request.FILES}
        begun: LetterDraft | Mailing | None = self.draft or self.begun
        typed: dict[str, Any] = {"form_key": token_hex(16)}
        if begun is None:
            return {"initial": typed}
        typed |= {"contact": begun.contact_id, "subject": begun.subject, "body": begun.html, "body_format": "html"}
        return {"initial": {**typed, "send_at": self.draft.send_at if self.draft else None}}

    # -- what is kept -----------------------------------------------------------------------------

    def was_sent(self) -> bool:
        """This very form was sent already: a double click, or a save that came late."""
        key = self.params.get("form_key", "")
        said = Message.objects.filter(form_key=key, author=self.request.user)
        return bool(key) and (said.exists() or Mailing.objects.filter(form_key=key, by=self.request.user).exists())

    def keep(self, **words: Any) -> bool:
        """Save what is typed as a draft, with the files that came along. Returns False where there is nothing."""
        typed = {**self.form.words, **words}
        files = self._uploads()
        if self.was_sent() or not (self.draft or files or typed["subject"] or markup.to_text(typed["html"]).strip()):
            return False
        self.draft = LetterDraft.objects.write(self.fields, by=self.request.user, **typed)
        self._attach(files)
        return True

    def keep_files(self) -> None:
        """Save the files that came along, and nothing else."""
        files = self._uploads()
        if files and not self.was_sent():
            self.draft = self.draft or LetterDraft.objects.write(self.fields, by=self.request.user)
            self._attach(files)

    def _uploads(self) -> list[Any]:
        """Files within the limit; the form tells of the others."""
        self.form.is_valid()
        return self.form.cleaned_data.get("files", []) if self.form.is_bound else []

    def _attach(self, files: list[Any]) -> None:
        if self.draft is not None:
            for file in files:
                self.draft.attach(file)

    @property
    def files(self) -> list[Attachment]:
        """Those that go with it."""
        return list(self.draft.attachments.all()) if self.draft else []

    # -- what is shown ----------------------------------------------------------------------------

    @property
    def language(self) -> str:
        """What the text is written in: the customer's language where there is one, else the shop's."""
        only = self.audience.reachable.first() if self.audience.count == 1 else None
        return (only.language if only else "") or DeskSettings.load().language

    def contact(self) -> Contact:
        """The one chosen, else the first. Raises Http404 for an agent without any."""
        begun = self.draft or self.begun
        wanted = number(self.params.get("contact", "")) or (begun.contact_id if begun else None) or 0
        found = self.contacts.filter(pk=wanted).first() or self.contacts.first()
        if found is None:
            raise Http404
        return found

    def letter(self) -> Letter:
        """What is typed so far, finished or not."""
        return Letter(self.request.user, self.contact(), str(self.form["subject"].value() or ""), self.form.html)

    def put(self, html: str) -> None:
        """The page again with this text; nothing is complained about, since nothing was to be sent."""
        typed = self.params.copy()
        typed["body"], typed["body_format"] = html, "html"
        self.params = typed
        names = ("subject", "contact", "form_key", "body", "body_format", "send_at")
        refused = self.form.errors.get("files")
        self.form = LetterForm(initial={name: typed.get(name, "") for name in names}, contacts=self.contacts)
        self.refused = refused

    refused: Any = None  # why a file was not taken, where the rest of the form is not complained about

    def preview(self) -> dict[str, Any]:
        """What one of the people will read: number `show` of them, from 1."""
        n = number(self.params.get("show", "") or self.params.get("at", "")) or 1
        at = max(1, min(n, self.audience.count))
        one = next(mailings.personals(self.letter(), self.audience.reachable[at - 1 : at]), None)
        body = markup.mark_placeholders(one.html) if one else ""
        return {"one": one, "body": body, "at": at, "count": self.audience.count, "contact": self.contact()}

    def page(self, **more: Any) -> dict[str, Any]:
        """What the page shows, with all that was typed."""
        html = self.form.html
        return {
            "form": self.form,
            "fields": self.fields,
            "draft": self.draft,
            "files": self.files,
            "file_errors": self.refused or self.form.errors.get("files", []),
            "audience": self.audience,
            "people": self.audience.reachable[:SHOWN],
            "left_out": self.audience.left_out(SHOWN),
            "library": PredefinedReply.objects.for_contact(self.contact())[:LIBRARY],
            "names": NAMES,
            "language": self.language,
            "html": html,
            "text": markup.to_text(html),
            **self.preview(),
            **more,
        }


def number(text: str) -> int:
    """An id that somebody typed; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
