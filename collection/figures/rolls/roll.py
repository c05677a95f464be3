"""Roll rates: of what was in a bucket when the month began, what got worse, stayed or got better.

Formulas as in collections practice: rolled forward is the principal that is in a worse bucket now ÷
the principal of the bucket at the opening; resolution is what normalized, rolled back or stayed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CURRENT = 0
"""The rank of the buckets in which nothing is late; cases that were closed are below it."""

_CLOSED = {"closed": -1}


@dataclass(frozen=True, slots=True)
class Roll:
    """Accounts that opened the month in one bucket and are in another now.

    `principal_minor` is as of the opening, `overdue_minor` as of now.
    """

    from_bucket: str
    to_bucket: str
    cases: int
    principal_minor: int
    overdue_minor: int


@dataclass(frozen=True, slots=True)
class BucketRates:
    """What became of the accounts of one bucket, as shares of their principal; None without any."""

    bucket: str
    cases: int
    principal_minor: int
    forward: float | None
    stayed: float | None
    back: float | None
    normalized: float | None

    @property
    def resolution(self) -> float | None:
        """The share that did not get worse."""
        return None if self.forward is None else 1 - self.forward


def rates(rolls: Sequence[Roll], ranks: Mapping[str, int]) -> list[BucketRates]:
    """The rates of each bucket that accounts opened in, from current to worst, as `ranks` has them
    by code.

    Paid and closed accounts count as normalized, as do those that are current now.
    """
    known = {**ranks, **_CLOSED}
    buckets = sorted({roll.from_bucket for roll in rolls}, key=lambda code: (known[code], code))
    return [
        _rates(code, [roll for roll in rolls if roll.from_bucket == code], known)
        for code in buckets
    ]


def _rates(bucket: str, rolls: Sequence[Roll], ranks: Mapping[str, int]) -> BucketRates:
    principal = sum(roll.principal_minor for roll in rolls)
    opened = ranks[bucket]
    shares = dict.fromkeys(("forward", "stayed", "back", "normalized"), 0)
    for roll in rolls:
        now = ranks[roll.to_bucket]
        if now > opened:
            name = "forward"
        elif now == opened:
            name = "stayed"
        else:
            name = "normalized" if now <= CURRENT else "back"
        shares[name] += roll.principal_minor
    told = {name: part / principal if principal else None for name, part in shares.items()}
    return BucketRates(bucket, sum(roll.cases for roll in rolls), principal, **told)
