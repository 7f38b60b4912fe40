"""What somebody wrote to us, as whoever heard it hands it over."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Complaint:
    """Words of one person about one matter. `texts` has the newest first; `customer` is an id on file, if known."""

    texts: tuple[str, ...]
    at: datetime
    name: str = ""
    addresses: tuple[str, ...] = ()
    customer: int | None = None
    user_agent: str = ""
    ip: str = ""
