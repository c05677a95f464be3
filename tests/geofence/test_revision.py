"""What counts as a change of a visit."""

from dataclasses import replace
from uuid import UUID

import pytest

from core.geometry import LatLon
from geofence.detect import DetectedVisit
from geofence.revision import KnownVisit, revise
from geofence.verdict import Level, Reason, Verdict

HERE, NEXT_DOOR = UUID(int=1), UUID(int=2)
SURE = Verdict(Level.VERIFIED, (Reason("stayed-at-place", "", {}),))
WITH_WORD = Verdict(Level.VERIFIED, (*SURE.reasons, Reason("checked-in-here", "", {})))
LIKELY = Verdict(Level.PROBABLE, (Reason("place-likely", "", {}),))
SEEN = DetectedVisit((HERE,), 1000.0, 1600.0, True, 0.97, LatLon(0, 0), 3.0, 60, SURE)
KNOWN = KnownVisit(
    UUID(int=9), (HERE,), 1000.0, 1600.0, True, Level.VERIFIED, 1, UUID(int=8), 1700.0, 0.97, 60,
    ("stayed-at-place",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("known", "seen", "why"),
    [
        (KNOWN, SEEN, None),
        (KNOWN, replace(SEEN, began_at=1001.0), "began at another time"),
        (KNOWN, replace(SEEN, ended_at=1599.0), "ended at another time"),
        (KNOWN, replace(SEEN, posterior=0.95), "97 % became 95 % likely"),
        (KNOWN, replace(SEEN, pings=61), "pings came in between"),
        (KNOWN, replace(SEEN, verdict=WITH_WORD), "other reasons"),
        (KNOWN, replace(SEEN, closed=False), "is still going on"),
        (replace(KNOWN, closed=False), replace(SEEN, closed=False, ended_at=2400.0), None),
        (
            replace(KNOWN, closed=False),
            replace(SEEN, closed=False, began_at=1020.0, posterior=0.95),
            None,
        ),
        (
            replace(KNOWN, closed=False),
            replace(SEEN, closed=False, began_at=900.0),
            "began at another time",
        ),
        (replace(KNOWN, closed=False, ended_at=1400.0), SEEN, "ended"),
        (KNOWN, replace(SEEN, ended_at=1700.0), "ended at another time"),
        (KNOWN, replace(SEEN, began_at=900.0), "began at another time"),
        (KNOWN, replace(SEEN, verdict=LIKELY), "verified became probable"),
        (KNOWN, replace(SEEN, fence_ids=(NEXT_DOOR,)), "another place is likelier"),
    ],
)
def test_a_visit_gets_a_new_version_only_when_something_changed(
    known: KnownVisit, seen: DetectedVisit, why: str | None
) -> None:
    revision = revise([known], [seen])
    assert [change.why for change in revision.changes] == ([why] if why else [])
    assert revision.outdated == ((known,) if why else ())
    assert [change.version for change in revision.changes] == ([2] if why else [])


def test_a_visit_that_pings_no_longer_show_is_put_aside() -> None:
    revision = revise([KNOWN], [])
    assert revision.outdated == (KNOWN,)
    assert [w.why for w in revision.withdrawals] == ["no longer shown by the pings"]


def test_a_visit_that_another_has_taken_in_is_withdrawn_with_that_reason() -> None:
    second = replace(KNOWN, id=UUID(int=7), began_at=1500.0, ended_at=1900.0)
    revision = revise([KNOWN, second], [replace(SEEN, ended_at=1900.0)])
    (change,) = revision.changes
    assert (change.former, change.version) == (KNOWN, 2)
    assert [(w.visit, w.why) for w in revision.withdrawals] == [(second, "part of another visit")]
    assert revision.outdated == (KNOWN, second)


def test_a_stay_at_another_time_is_a_visit_of_its_own() -> None:
    later = replace(SEEN, began_at=5000.0, ended_at=5600.0)
    revision = revise([KNOWN], [SEEN, later])
    assert [(change.visit, change.version) for change in revision.changes] == [(later, 1)]
    assert revision.outdated == ()
