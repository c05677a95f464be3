"""What a push service's answer means, and how long to wait before it is asked again."""

import math
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 3600.0
MOST_ATTEMPTS = 8
"""With doubling waits that is ten minutes: after that the alert is old news."""


class Meaning(StrEnum):
    """What became of a message."""

    TAKEN = "taken"
    GONE = "gone"
    """The browser has left: nothing will ever reach it again."""
    LATER = "later"
    REFUSED = "refused"
    """Sending the same again would be refused again."""


def meaning(status: int | None) -> Meaning:
    """What a status means (RFC 8030); None is no answer at all."""
    match status:
        case None | 408 | 425 | 429:
            return Meaning.LATER
        case 404 | 410:
            return Meaning.GONE
        case _ if status >= 500:
            return Meaning.LATER
        case _ if 200 <= status < 300:
            return Meaning.TAKEN
        case _:
            return Meaning.REFUSED


def retry_after_s(header: str | None, wall: datetime) -> float | None:
    """The seconds that a ``Retry-After`` asks for: a number, or a date after `wall`."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - wall).total_seconds())
    except (TypeError, ValueError):
        return None


def wait_s(attempts: int, asked_s: float | None) -> int | None:
    """How long to wait after so many attempts before this one; None gives the message up.

    Never less than the service asked for; one that asks for more than an hour is not asked again.
    """
    wait = max(FIRST_WAIT_S * 2.0**attempts, asked_s or 0.0)
    if attempts + 1 >= MOST_ATTEMPTS or wait > LONGEST_WAIT_S:
        return None
    return math.ceil(wait)
