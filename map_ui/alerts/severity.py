"""How pressing a kind of alert is: the order of the list, and what stands out in it."""

import re
from enum import IntEnum

from data.alerts import PANIC


class Severity(IntEnum):
    """Higher goes first."""

    NOTICE = 1
    URGENT = 2
    PANIC = 3
    """Somebody calls for help. It stays on top when it is acknowledged, until it is over."""


# Money and trust in positions, and people who are not heard of. Kinds are words with underscores.
_URGENT = re.compile(
    r"mock|spoof|outside|fence|cash|limit|leaves|no_position|silent|stale|tracking|gps|permission"
)


def severity(kind: str) -> Severity:
    """The severity of an alert of this kind."""
    if kind == PANIC:
        return Severity.PANIC
    return Severity.URGENT if _URGENT.search(kind) else Severity.NOTICE
