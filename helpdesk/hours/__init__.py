"""Business hours: when somebody is there to answer, and how long that is. Import from here.

    hours = hours_of(contact)                       # of a contact; hours_of(None) the shop's
    hours.seconds_between(received_at, now)         # business seconds that have passed
    due = hours.after(received_at, 4 * 3600)        # the moment four business hours later; None if never open
    hours.explain(received_at, 4 * 3600)            # the same as steps that a page can show, and as one sentence

Moments are aware and may be in any zone; what is counted are real seconds, so an hour that daylight saving repeats
counts twice and one that it leaves out does not count.
"""

from helpdesk.hours.explaining import Explanation, Step, explained
from helpdesk.hours.opening import ALWAYS, OpenHours, Span
from helpdesk.hours.reading import hours_of

__all__ = ["ALWAYS", "Explanation", "OpenHours", "Span", "Step", "explained", "hours_of"]
