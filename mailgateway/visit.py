"""One visit to a mailbox: connect, take what is new, settle the server's copies. Every step blocks."""

import hashlib
import logging

from django.conf import settings
from django.utils import timezone

from helpdesk import faults, leases
from mailgateway import child, idle, imap, incoming
from mailgateway.models import Afterwards, Incoming, Mailbox

log = logging.getLogger(__name__)
LEASE = 45.0  # seconds; whoever holds it renews it three times as often
AT_ONCE = 200  # copies settled by one command


class Visit:
    """One worker's way through one mailbox; the steps in the order in which they are called.

    With the `token` of an earlier visit it may go on under that one's lease.
    """

    def __init__(self, mailbox_id: int, token: str = "") -> None:
        self.mailbox_id = mailbox_id
        self.token = token or leases.mint()
        self.folder: imap.Folder | None = None
        self.trouble = ""  # the copies on the server could not be settled

    def lease(self) -> bool:
        """Take or renew the right to fetch; False while another worker holds it."""
        return Mailbox(pk=self.mailbox_id).lease(self.token, seconds=LEASE)

    def release(self) -> None:
        """Let another worker in at once."""
        Mailbox(pk=self.mailbox_id).release(self.token)

    def open(self) -> None:
        """Connect, and go on with what a crash left behind. Raises one of imap.FAULTS."""
        self.mailbox = Mailbox.objects.select_related("contact").get(pk=self.mailbox_id)
        for row in Incoming.objects.unfinished().filter(mailbox=self.mailbox):
            incoming.finish(row)
        faults.at("01 before connecting")
        self.folder = imap.Folder(self.mailbox)
        faults.at("02 folder open")
        self.mailbox.begin_epoch(place_of(self.mailbox), self.folder.uidvalidity)

    @property
    def opened(self) -> imap.Folder:
        """The open folder."""
        assert self.folder is not None  # noqa: S101 - open() comes first
        return self.folder

    def todo(self) -> list[int]:
        """The UIDs to take now: those the server withheld before, then the new ones."""
        withheld = Incoming.objects.not_fetched(self.mailbox).values_list("uid", flat=True)
        faults.at("03 before searching")
        found = [*(uid for uid in withheld if uid), *self.opened.new_uids(self.mailbox.last_uid)]
        self.mailbox.note_backlog(len(found))
        return found

    def take(self, uid: int) -> None:
        """Fetch one mail, store it, deliver it."""
        try:
            fetched = self.opened.fetch(uid, limit=settings.MAIL_LIMIT_BYTES)
        except imap.Refused as error:
            log.warning("Mailbox %s: the server withholds mail %s: %s", self.mailbox, uid, error)
            incoming.note_unfetched(self.mailbox, uid, str(error))
            return
        if fetched is None:
            log.info("Mailbox %s: mail %s was gone before it could be fetched", self.mailbox, uid)
            self.mailbox.reached(uid)
            return
        faults.at("05 fetched")
        incoming.take(
            fetched.raw,
            mailbox=self.mailbox,
            contact=self.mailbox.contact,
            uidvalidity=self.mailbox.uidvalidity,
            uid=uid,
            size=None if fetched.is_whole else fetched.size,
            server_at=fetched.at,
            lease=self.token,
        )

    def tidy(self) -> None:
        """Mark, move or delete the server's copies of all that is committed here, also of earlier visits."""
        while not self.trouble:
            rows = list(Incoming.objects.unacknowledged(self.mailbox)[:AT_ONCE])
            if not rows:
                return
            # Of a mail over the limit the server has the only whole copy: that is never deleted.
            spared = self.mailbox.afterwards == Afterwards.DELETE
            if not self.lease():
                raise incoming.Late
            faults.at("08 before settling")
            uids = [row.uid for row in rows if row.uid and (row.is_whole or not spared)]
            try:
                self.opened.acknowledge(uids, copied={row.uid for row in rows if row.copied_at}, note=self._copied)
            except imap.Refused as error:  # once a visit: a copy half moved must not be copied again and again
                self.trouble = str(error)
                return
            faults.at("09 settled on the server")
            Incoming.objects.filter(pk__in=[row.pk for row in rows]).update(acknowledged_at=timezone.now())

    def _copied(self, uids: list[int]) -> None:
        """Half of a move is done: if the server refuses the other half, it is not begun anew at each visit."""
        rows = Incoming.objects.unacknowledged(self.mailbox).filter(uid__in=uids)
        rows.update(copied_at=timezone.now())

    def rest(self) -> None:
        """Everything there is was taken: say how the mailbox does, and be ready for more."""
        child.be_ready()
        if self.trouble:
            self.mailbox.note_error(self.trouble)
            return
        self.mailbox.note_success(announces=self.opened.has_idle, protection=self.opened.protection)

    def begin_idle(self) -> bool:
        """Start IDLE if the server has it; True if there is no need to wait."""
        if not self.opened.has_idle:
            return False
        try:
            return idle.begin(self.opened)
        except imap.Refused:  # it promised, and will not: look again and again instead
            self.opened.has_idle = False
            return False

    def end_idle(self) -> None:
        """Stop IDLE."""
        if self.opened.has_idle:
            idle.end(self.opened)

    def drop(self) -> None:
        """Let go of a connection that was cut."""
        if self.folder is not None:
            self.folder.drop()

    def close(self) -> None:
        """Leave, and let others in."""
        if self.folder is not None:
            self.folder.close()
        self.release()


def place_of(mailbox: Mailbox) -> str:
    """Which folder of which account a ledger is about, in 64 characters: UIDs of another say nothing here."""
    return hashlib.sha256(
        f"{mailbox.username}@{mailbox.imap_host}:{mailbox.imap_port}/{mailbox.folder}".encode()
    ).hexdigest()


def fetch_once(mailbox_id: int) -> str:
    """One whole visit, for cron; what went wrong, or an empty string."""
    visit = Visit(mailbox_id)
    if not visit.lease():
        return ""
    try:
        visit.open()
        for uid in visit.todo():
            visit.lease()
            visit.take(uid)
        visit.tidy()
        visit.rest()
    except incoming.Late:
        log.warning("Mailbox %s is another worker's by now", mailbox_id)
    except imap.FAULTS as error:
        Mailbox(pk=mailbox_id).note_error(imap.words(error))
        return imap.words(error)
    finally:
        visit.close()
    return visit.trouble
