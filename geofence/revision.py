"""What new pings change about an agent's visits: new versions with a reason, never an edit."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from geofence.detect import DetectedVisit
from geofence.verdict import Level

SAME_S = 30.0
"""A begin that moves by less than this is no news while the agent is still there."""


@dataclass(frozen=True, slots=True)
class KnownVisit:
    """A visit as it stands. Times are epoch seconds; `reasons` are the codes of its verdict's."""

    id: UUID
    fence_ids: tuple[UUID, ...]
    began_at: float
    ended_at: float
    closed: bool
    level: Level
    version: int
    first_id: UUID
    decided_at: float
    posterior: float
    pings: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A visit to be written as a new version, and why; `former` is the version it replaces."""

    visit: DetectedVisit
    version: int
    why: str
    former: KnownVisit | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A visit that holds no longer and has none in its place, and why."""

    visit: KnownVisit
    why: str


@dataclass(frozen=True, slots=True)
class Revision:
    """What is new, and the versions that no longer hold, the withdrawn ones among them."""

    changes: tuple[Change, ...]
    outdated: tuple[KnownVisit, ...]
    withdrawals: tuple[Withdrawal, ...] = ()


def revise(known: Sequence[KnownVisit], detected: Sequence[DetectedVisit]) -> Revision:
    """Compare a day's visits as they stand with what the pings show now.

    A visit that goes on (open before and now, same place, begin and verdict) is no change:
    otherwise every ping would write a version. Of one that has ended everything counts, so that
    what stands in the end does not depend on the order in which pings arrived.
    """
    left = sorted(known, key=lambda visit: visit.began_at)
    changes: list[Change] = []
    outdated: list[KnownVisit] = []
    for visit in sorted(detected, key=lambda visit: visit.began_at):
        former = next((k for k in left if _same_stay(k, visit)), None)
        if former is None:
            changes.append(Change(visit, 1, "first seen"))
            continue
        left.remove(former)
        why = _difference(former, visit)
        if why:
            changes.append(Change(visit, former.version + 1, why, former))
            outdated.append(former)
    withdrawals = tuple(Withdrawal(former, _loss(former, detected)) for former in left)
    return Revision(tuple(changes), (*outdated, *left), withdrawals)


def _same_stay(known: KnownVisit, visit: DetectedVisit) -> bool:
    return known.began_at <= visit.ended_at and visit.began_at <= known.ended_at


def _difference(known: KnownVisit, visit: DetectedVisit) -> str | None:
    if set(known.fence_ids) != set(visit.fence_ids):
        return "another place is likelier"
    if known.level is not visit.verdict.level:
        return f"{known.level} became {visit.verdict.level}"
    if not visit.closed:
        moved = abs(known.began_at - visit.began_at) > SAME_S
        return "is still going on" if known.closed else "began at another time" if moved else None
    return _difference_of_ended(known, visit)


def _difference_of_ended(known: KnownVisit, visit: DetectedVisit) -> str | None:
    if not known.closed:
        return "ended"
    if known.began_at != visit.began_at:
        return "began at another time"
    if known.ended_at != visit.ended_at:
        return "ended at another time"
    if known.posterior != visit.posterior:
        return f"{100 * known.posterior:.0f} % became {100 * visit.posterior:.0f} % likely"
    if known.reasons != tuple(reason.code for reason in visit.verdict.reasons):
        return "other reasons"
    return "pings came in between" if known.pings != visit.pings else None


def _loss(known: KnownVisit, detected: Sequence[DetectedVisit]) -> str:
    if any(_same_stay(known, visit) for visit in detected):
        return "part of another visit"
    return "no longer shown by the pings"
