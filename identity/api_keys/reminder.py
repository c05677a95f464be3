"""When administrators are reminded that a program's key ends."""

from datetime import datetime, timedelta

DAYS = (3, 14)
"""So many days before it ends, the last one first."""


def due_reminder(
    issued_at: datetime, expires_at: datetime, reminded_days: int | None, now: datetime
) -> int | None:
    """Which of `DAYS` administrators are to be reminded at now; None for none.

    Each comes once, given the last that went out; none does of a key that was issued for less, and
    a later one makes an earlier one that was missed needless.
    """
    if now >= expires_at:
        return None
    for days in DAYS:
        ahead = timedelta(days=days)
        if reminded_days is not None and reminded_days <= days:
            return None
        if expires_at - now <= ahead < expires_at - issued_at:
            return days
    return None
