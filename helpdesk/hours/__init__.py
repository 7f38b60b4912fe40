"""Business hours: when somebody is there to answer, and how long that is. Import from here.

    hours = hours_of(contact)                       # of a contact; hours_of(None) the shop's
    hours.seconds_between(received_at, now)         # business seconds that have passed
    due = hours.after(received_at, 4 * 3600)        # the moment four business hours later; None if never open
    explained(hours, received_at, 4 * 3600)         # the same as steps that a page can show, and as one sentence
    Clock(hours, received_at, stops).due(4 * 3600)  # the same for a clock that stood still now and then

Moments are aware and may be in any zone; what is counted are real seconds, so an hour that daylight saving repeats
counts twice and one that it leaves out does not count.
"""

from helpdesk.hours.clock import Clock, Stop
from helpdesk.hours.explaining import Explanation, Step, explained, worktime
from helpdesk.hours.opening import ALWAYS, OpenHours, Span
from helpdesk.hours.reading import hours_of

__all__ = ["ALWAYS", "Clock", "Explanation", "OpenHours", "Span", "Step", "Stop", "explained", "hours_of", "worktime"]
