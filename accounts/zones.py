"""Time zones by their names."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_called(name: str) -> ZoneInfo:
    """The zone, or UTC for a name that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
