"""One page for writing to customers: whom it means, what is typed so far, and which of them is looked at."""

from secrets import token_hex
from typing import Any

from django.http import Http404, QueryDict

from accounts.access import AgentRequest
from accounts.typed import number
from helpdesk import context as shop
from helpdesk import html as markup
from helpdesk import mailings
from helpdesk.audience import Audience
from helpdesk.forms_mailings import LetterForm
from helpdesk.mailings import Letter
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
from helpdesk.models.letter_draft import ADDED, TAKEN_OUT
from helpdesk.models.tag import ThreadTag
from helpdesk.placeholders import NAMES, OF_VOUCHER

SHOWN = 50  # people whose names the page tells
FOUND = 8  # people whom the page offers to add
LIBRARY = 60


class Desk:
    """One request to write. Parameters say who is meant: `customer`, `again` (a mailing that was stopped), or those
    of a choice in the customers' list; `also` are people who were added, `without` those who were taken out again."""

    def __init__(self, request: AgentRequest) -> None:
        self.request = request
        self.params: QueryDict = request.POST if request.method == "POST" else request.GET
        self.contacts = Contact.objects.active().visible_to(request.user)
        mine = Mailing.objects.visible_to(request.user)
        self.begun = mine.filter(pk=number(self.params.get("again", ""))).first()
        self.people, chosen = self._chosen()
        self.draft = LetterDraft.objects.of(self.people, by=request.user)
        added, without = self._named(ADDED, "add", "remove"), self._named(TAKEN_OUT, "remove", "add")
        self.fields = [*self.people, *((ADDED, str(pk)) for pk in sorted(added))]
        self.fields += [(TAKEN_OUT, str(pk)) for pk in sorted(without)]
        self.audience = Audience(chosen, without, added)
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

    def _named(self, name: str, more: str, less: str) -> frozenset[int]:
        """Ids of the people so named, with the one of the button `more` and without the one of the button `less`."""
        said = [*self.params.getlist(name), self.params.get(more, "")]
        if self.request.method != "POST" and self.draft is not None:
            said += self.draft.ids(name)
        return frozenset(number(pk) for pk in said if number(pk)) - {number(self.params.get(less, ""))}

    def _typed(self) -> dict[str, Any]:
        if self.request.method == "POST":
            return {"data": self.request.POST, "files": self.request.FILES}
        begun: LetterDraft | Mailing | None = self.draft or self.begun
        typed: dict[str, Any] = {"form_key": token_hex(16)}
        if begun is None:
            return {"initial": typed | {"then": self._usual_status()}}
        typed |= {"contact": begun.contact_id, "subject": begun.subject, "body": begun.html, "body_format": "html"}
        typed |= {**begun.on_sending, "tags": ", ".join(begun.tags), "then": begun.then or self._usual_status()}
        return {"initial": {**typed, "send_at": self.draft.send_at if self.draft else None}}

    def _usual_status(self) -> str:
        contact = self.contacts.first()
        return (contact.after_reply if contact else "") or DeskSettings.load().after_reply

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
        words = self.form.words
        beside = {name: words[name] for name in ("then", "tags")}
        voucher = words["voucher"] if self.form.voucher.is_worth_something else {}
        subject = str(self.form["subject"].value() or "")
        return Letter(self.request.user, self.contact(), subject, words["html"], **beside, voucher=voucher)

    def put(self, html: str) -> None:
        """The page again with this text; nothing is complained about, since nothing was to be sent."""
        typed = self.params.copy()
        typed["body"], typed["body_format"] = html, "html"
        self.params = typed
        names = ("subject", "contact", "form_key", "body", "body_format", "send_at", "then", "tags")
        refused, voucher = self.form.errors.get("files"), self.form.voucher.said
        initial = {name: typed.get(name, "") for name in names} | {"voucher": voucher}
        self.form = LetterForm(initial=initial, contacts=self.contacts)
        self.refused = refused

    refused: Any = None  # why a file was not taken, where the rest of the form is not complained about

    def preview(self) -> dict[str, Any]:
        """What one of the people will read: number `show` of them, from 1."""
        n = number(self.params.get("show", "") or self.params.get("at", "")) or 1
        at = max(1, min(n, self.audience.count))
        one = next(mailings.personals(self.letter(), self.audience.reachable[at - 1 : at]), None)
        body = markup.mark_placeholders(one.html) if one else ""
        return {"one": one, "body": body, "at": at, "count": self.audience.count, "contact": self.contact()}

    def found(self) -> dict[str, Any]:
        """Whom the words in `find` find, to be added."""
        typed = self.params.get("find", "")[:200]
        return {"find": typed, "found": self.audience.others_called(typed, FOUND)}

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
            "taken_out": self.audience.taken_out(SHOWN),
            "library": PredefinedReply.objects.for_contact(self.contact())[:LIBRARY],
            "names": NAMES | OF_VOUCHER,
            "known_tags": ThreadTag.objects.values_list("name", flat=True)[:SHOWN],
            "language": self.language,
            "html": html,
            "text": markup.to_text(html),
            **self.found(),
            **self.preview(),
            **more,
        }
