"""Whether the time that a ping states lets it be stored."""

from datetime import datetime, timedelta

from core.device_time import AHEAD
from core.said import say

OLDEST = timedelta(days=30)
"""How late a ping may come in, however long its branch keeps pings: nobody is offline for longer,
and a day's visits should be final at some time."""


def oldest_kept(now: datetime, retention: timedelta = OLDEST) -> datetime:
    """The instant before which a ping cannot be taken in any more: a branch that keeps pings for
    a shorter time would drop it at once."""
    return now - min(OLDEST, retention)


def reason_against(captured_at: datetime, now: datetime, kept_from: datetime) -> str | None:
    """Why a ping taken at `captured_at` cannot be used at `now` (both aware); None when it can."""
    if captured_at > now + AHEAD:
        return say("captured_at: more than 5 minutes ahead of the server")
    if captured_at < kept_from:
        return say(
            "captured_at: older than the {days} days for which pings are kept",
            days=(now - kept_from).days,
        )
    return None
