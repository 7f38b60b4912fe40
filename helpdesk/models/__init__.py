"""Threads and all that happens to them. Import from here; the order of dependency is downwards."""

# isort: off
from helpdesk.models.desk import Channel, Folder, DeskSettings, Holder, Metric, Priority, Status, StatusLabel
from helpdesk.models.calendar import Calendar, Holiday
from helpdesk.models.contact import Contact
from helpdesk.models.close_reason import CloseReason, ReasonMissing
from helpdesk.models.event import Event, EventKind
from helpdesk.models.attachment import Attachment
from helpdesk.models.message import Delivery, Message, MessageKind
from helpdesk.models.picture_trust import PictureTrust
from helpdesk.models.outgoing import OutgoingKind, OutgoingMail, OutgoingQuerySet, OutgoingState, SentCopy
from helpdesk.models.reply import FollowUp, PredefinedReply, ReplyUse
from helpdesk.models.marks import Draft, Notice, NoticeKind, ReadMark
from helpdesk.models.promise import Promise
from helpdesk.models.target import Target, TimingMark, TimingState
from helpdesk.models.deadline import Deadline
from helpdesk.models.merge import Merge
from helpdesk.models.words import MessageWords
from helpdesk.models.shop_contact import ShopContact
from helpdesk.models.tag import ThreadTag
from helpdesk.models.queue import ACTIVE, ThreadQuerySet
from helpdesk.models.thread import Thread
from helpdesk.models.rating import Rating
from helpdesk.models.deflection import Deflection
from helpdesk.models.address_proposal import AddressProposal
from helpdesk.models.figures import CountedThread, CountingState, DayFigures, Fact, FactKind, MonthFigures
from helpdesk.models.moves import Move, MoveKind
from helpdesk.models.thread_change import ThreadChange
from helpdesk.models.origin import ThreadOrigin
from helpdesk.models.letter_draft import LetterDraft
from helpdesk.models.rows import RecipientState
from helpdesk.models.mailing import Mailing, MailingRecipient, Stage
from helpdesk.models.review import ReviewStep, SkipReason, StepKind
from helpdesk.models.delegation import DelegatedThread, Delegation, GiveState
from helpdesk.models.bulk_follow_up import BulkFollowUp, FollowUpRow
from helpdesk.models.search import CartSearch

__all__ = [
    "ACTIVE",
    "AddressProposal",
    "Attachment",
    "BulkFollowUp",
    "Calendar",
    "CartSearch",
    "Channel",
    "CloseReason",
    "Contact",
    "CountedThread",
    "CountingState",
    "DayFigures",
    "Deadline",
    "Deflection",
    "DelegatedThread",
    "Delegation",
    "Delivery",
    "DeskSettings",
    "Draft",
    "Event",
    "EventKind",
    "Fact",
    "FactKind",
    "Folder",
    "FollowUp",
    "FollowUpRow",
    "GiveState",
    "Holder",
    "Holiday",
    "LetterDraft",
    "Mailing",
    "MailingRecipient",
    "Merge",
    "Message",
    "MessageKind",
    "MessageWords",
    "Metric",
    "MonthFigures",
    "Move",
    "MoveKind",
    "Notice",
    "NoticeKind",
    "OutgoingKind",
    "OutgoingMail",
    "OutgoingQuerySet",
    "OutgoingState",
    "PictureTrust",
    "PredefinedReply",
    "Priority",
    "Promise",
    "Rating",
    "ReadMark",
    "ReasonMissing",
    "RecipientState",
    "ReplyUse",
    "ReviewStep",
    "SentCopy",
    "ShopContact",
    "SkipReason",
    "Stage",
    "Status",
    "StatusLabel",
    "StepKind",
    "Target",
    "Thread",
    "ThreadChange",
    "ThreadOrigin",
    "ThreadQuerySet",
    "ThreadTag",
    "TimingMark",
    "TimingState",
]
