"""Whose cart is it? What somebody wrote is read for facts, and carts without an owner are weighed by them.

`Complaint` goes in, `Candidate` comes out, with the reasons for and against. Nothing here binds anything.
"""

from crm.matching.complaint import Complaint
from crm.matching.finding import Candidate, candidates_for
from crm.matching.reasons import Reason, Sure

__all__ = ["Candidate", "Complaint", "Reason", "Sure", "candidates_for"]
