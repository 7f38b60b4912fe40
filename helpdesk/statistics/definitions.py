"""What each number means, in words and as a small drawing of a time line."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Mark:
    """Something on the time line: who did it (customer, us, note, closed, edge), and where from 0 to 100."""

    who: str
    at: int

    @property
    def x(self) -> int:
        """In the drawing."""
        return 10 + self.at * 2


@dataclass(frozen=True)
class Definition:
    """A number: its name, what it counts, and the stretch of its drawing that is meant."""

    key: str
    label: str | Promise
    words: str | Promise
    marks: tuple[Mark, ...] = ()
    meant: tuple[int, int] | None = None

    @property
    def stretch(self) -> tuple[int, int] | None:
        """Where the meant part begins and how wide it is."""
        return (10 + self.meant[0] * 2, (self.meant[1] - self.meant[0]) * 2) if self.meant else None


def _line(words: str) -> tuple[Mark, ...]:
    return tuple(Mark(who, int(at)) for who, _colon, at in (one.partition(":") for one in words.split()))


DEFINITIONS = {
    one.key: one
    for one in (
        Definition("active", _("Threads with something to count"), _("Threads in which anything counted happened.")),
        Definition(
            "new",
            _("New threads"),
            _("Threads that began in the period, whoever wrote first. Spam, the bin and merged threads do not count."),
            _line("customer:30"),
        ),
        Definition(
            "received",
            _("Messages received"),
            _("What customers wrote. What a machine answered by itself does not count."),
            _line("customer:20 customer:60"),
        ),
        Definition(
            "answers",
            _("Answers"),
            _(
                "Replies to a customer who was waiting, those written inside a connected shop too. Several replies to"
                " one question are one answer; notes, forwards, confirmations of receipt and replies taken back are"
                " none."
            ),
            _line("customer:15 note:35 us:60 us:75"),
            (60, 60),
        ),
        Definition(
            "sent",
            _("Replies"),
            _("All replies that were sent, those that nobody was waiting for too."),
            _line("customer:15 us:45 us:75"),
        ),
        Definition(
            "closed",
            _("Closings"),
            _("Each time a thread was closed. One that was opened and closed again counts twice."),
            _line("customer:15 us:45 closed:80"),
        ),
        Definition(
            "reopened",
            _("Opened again"),
            _("Each time a closed thread became open or pending again, by a customer's message or by us."),
            _line("closed:30 customer:60"),
        ),
        Definition(
            "backlog",
            _("Backlog"),
            _("Threads that are not closed at the end: those at the start, plus new and reopened ones, less closings."),
            _line("edge:0 customer:30 closed:60 edge:100"),
            (30, 60),
        ),
        Definition(
            "unanswered",
            _("Unanswered"),
            _("Threads whose customer waits for an answer at the end. They are counted here, not in the times."),
            _line("customer:40 edge:100"),
            (40, 100),
        ),
        Definition(
            "first",
            _("First answer"),
            _(
                "From the customer's first message to our first answer, counted in the period in which it was answered."
                " A thread that was closed without an answer has none; one that we began neither."
            ),
            _line("customer:15 note:35 us:70"),
            (15, 70),
        ),
        Definition(
            "next",
            _("Later answers"),
            _("From the first message of a later question, after an answer or a reopening, to the answer to it."),
            _line("customer:5 us:25 customer:45 customer:55 us:80"),
            (45, 80),
        ),
        Definition(
            "resolution",
            _("Resolution"),
            _("From the beginning, or from the last reopening, to the closing."),
            _line("customer:15 us:45 closed:80"),
            (15, 80),
        ),
        Definition(
            "touch",
            _("Solved with one answer"),
            _("Closings after exactly one reply, of threads that were not opened again since."),
            _line("customer:15 us:50 closed:60"),
        ),
        Definition(
            "exchanges",
            _("Exchanges per thread"),
            _("One exchange is what a customer asks, in one message or several, and our answer to it."),
            _line("customer:5 us:25 customer:45 customer:55 us:75 closed:85"),
        ),
        Definition(
            "held",
            _("Who was waited for"),
            _(
                "How the time of the closed threads, from beginning or reopening to closing, is shared out among those"
                " who had to act: in an open thread whoever did not speak last, else as the status says."
            ),
            _line("customer:10 us:40 customer:75 us:85 closed:90"),
            (10, 40),
        ),
        Definition(
            "met",
            _("Targets met"),
            _(
                "Answers and solutions within the working time that the target gives, on the day they were done. The"
                " clock stands still where the settings say so; what nobody had to do any more does not count."
            ),
            _line("customer:15 us:50 edge:75"),
            (15, 50),
        ),
        Definition(
            "late",
            _("Targets missed"),
            _(
                "Answers and solutions that were due and not done, on the day they were due, whether they were done"
                " later or not. They count for whoever had the thread then."
            ),
            _line("customer:15 edge:60 us:85"),
            (60, 85),
        ),
        Definition(
            "kept",
            _("Promises kept"),
            _("Dates promised to customers by which they were answered. A promise that was taken back counts nowhere."),
            _line("us:20 us:60 edge:75"),
        ),
        Definition(
            "broken",
            _("Promises broken"),
            _("Dates promised to customers that passed without an answer."),
            _line("us:20 edge:60 us:85"),
            (60, 85),
        ),
        Definition(
            "deflected",
            _("Answered by the form"),
            _(
                "How often customers whom the shop knows for sure looked at their order in the contact form and said"
                " that this answered them. Nothing was sent. Whoever leaves without a word is not counted."
            ),
        ),
        Definition(
            "shown",
            _("Wrote all the same"),
            _("Messages of the form whose writer had been shown the order before."),
            _line("customer:30"),
        ),
        Definition(
            "satisfaction",
            _("Satisfaction"),
            _("The average of the ratings given in the period, 1 to 5, and the share of those asked who gave one."),
            _line("closed:30 customer:70"),
        ),
    )
}
TIMES_IN_WORDS = _(
    "The median is the time in the middle: half took less. P90 is the time that nine of ten stayed within. Working time"
    " counts the contact's business hours only."
)
