"""Whether the time that a ping states lets it be stored."""

from datetime import datetime, timedelta

from core.device_time import AHEAD

RETENTION = timedelta(days=30)
"""How long raw pings are kept; an older one would land in a partition that is already dropped."""


def reason_against(captured_at: datetime, now: datetime) -> str | None:
    """Why a ping taken at `captured_at` cannot be used at `now` (both aware); None when it can."""
    if captured_at > now + AHEAD:
        return "captured_at: more than 5 minutes ahead of the server"
    if captured_at < now - RETENTION:
        return f"captured_at: older than the {RETENTION.days} days that pings are kept"
    return None
