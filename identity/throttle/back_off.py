"""How long an account stays closed after wrong passwords."""

from datetime import datetime, timedelta

TRIES = 5
"""OWASP's authentication cheat sheet: slow guessing down without locking people out for a day."""

FIRST = timedelta(minutes=1)
LONGEST = timedelta(minutes=15)


def closed_until(failed: int, now: datetime) -> datetime | None:
    """Until when, after so many wrong ones in a row: not below `TRIES`, then `FIRST`, and twice as
    long for each further one, up to `LONGEST`."""
    if failed < TRIES:
        return None
    times = 1 << min(failed - TRIES, 10)
    return now + min(FIRST * times, LONGEST)
