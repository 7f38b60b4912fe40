"""Time zones as calendars name them: by the IANA's names, behind a path, or as Windows calls them."""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WINDOWS = {
    "utc": "UTC",
    "gmt standard time": "Europe/London",
    "greenwich standard time": "Atlantic/Reykjavik",
    "w. europe standard time": "Europe/Berlin",
    "romance standard time": "Europe/Paris",
    "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw",
    "e. europe standard time": "Europe/Chisinau",
    "fle standard time": "Europe/Kyiv",
    "gtb standard time": "Europe/Bucharest",
    "russian standard time": "Europe/Moscow",
    "turkey standard time": "Europe/Istanbul",
    "morocco standard time": "Africa/Casablanca",
    "w. central africa standard time": "Africa/Lagos",
    "south africa standard time": "Africa/Johannesburg",
    "egypt standard time": "Africa/Cairo",
    "israel standard time": "Asia/Jerusalem",
    "arabian standard time": "Asia/Dubai",
    "india standard time": "Asia/Kolkata",
    "china standard time": "Asia/Shanghai",
    "tokyo standard time": "Asia/Tokyo",
    "korea standard time": "Asia/Seoul",
    "singapore standard time": "Asia/Singapore",
    "aus eastern standard time": "Australia/Sydney",
    "new zealand standard time": "Pacific/Auckland",
    "eastern standard time": "America/New_York",
    "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver",
    "pacific standard time": "America/Los_Angeles",
    "atlantic standard time": "America/Halifax",
    "central standard time (mexico)": "America/Mexico_City",
    "sa pacific standard time": "America/Bogota",
    "sa western standard time": "America/La_Paz",
    "pacific sa standard time": "America/Santiago",
    "argentina standard time": "America/Argentina/Buenos_Aires",
    "e. south america standard time": "America/Sao_Paulo",
}


@lru_cache(maxsize=256)
def _known(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_of(name: str) -> ZoneInfo | None:
    """The zone of a TZID, also behind a path of a program's own; None for one that somebody made up."""
    name = name.strip().strip('"')[:120]
    if mapped := WINDOWS.get(name.lower()):
        return _known(mapped)
    parts = [part for part in name.split("/") if part][-3:]
    whole = (_known("/".join(parts[start:])) for start in range(max(1, len(parts) - 1)))
    return next((one for one in whole if one), None)
