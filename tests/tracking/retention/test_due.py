"""What is due, as a table of situations."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests.conftest import MONDAY_NINE
from tests.tracking.retention.scenes import TODAY, days_ago
from tracking.retention.due import Keeping, days_ahead, plan_day

SHORT, LONG = Keeping(uuid4(), "SHORT", 7, True), Keeping(uuid4(), "LONG", 90, True)


@pytest.mark.parametrize(("age", "due"), [(0, False), (6, False), (7, False), (8, True)])
def test_a_day_is_due_when_its_last_ping_is_older_than_the_branch_keeps_them(
    age: int, due: bool
) -> None:
    assert SHORT.is_due(days_ago(age), MONDAY_NINE) is due
    last_ping = datetime.combine(days_ago(age), datetime.max.time(), UTC)
    midnight = datetime.combine(TODAY, datetime.min.time(), UTC)
    assert (midnight - last_ping > timedelta(days=7)) is due


@pytest.mark.parametrize(
    ("age", "pings", "held", "leaves", "drops"),
    [
        (5, {SHORT.branch_id: 3}, [], [], False),
        (8, {SHORT.branch_id: 3}, [], ["SHORT"], True),
        (8, {SHORT.branch_id: 3, LONG.branch_id: 4}, [], ["SHORT"], False),
        (8, {LONG.branch_id: 4}, [], [], False),
        (91, {SHORT.branch_id: 3, LONG.branch_id: 4}, [], ["SHORT", "LONG"], True),
        (91, {SHORT.branch_id: 3, LONG.branch_id: 4}, [LONG.branch_id], ["SHORT"], False),
        (91, {SHORT.branch_id: 3}, [SHORT.branch_id], [], False),
        (8, {}, [], [], False),  # LONG may still get late ones
        (91, {}, [], [], True),
        (91, {uuid4(): 1, SHORT.branch_id: 3}, [], ["SHORT"], False),  # nobody's: they stay
    ],
)
def test_who_leaves_and_whether_the_partition_goes(
    age: int, pings: dict[UUID, int], held: list[UUID], leaves: list[str], drops: bool
) -> None:
    plan = plan_day(days_ago(age), pings, [SHORT, LONG], held, MONDAY_NINE)
    assert [leaving.branch.code for leaving in plan.leaving] == leaves
    assert [leaving.pings for leaving in plan.leaving] == [
        pings[leaving.branch.branch_id] for leaving in plan.leaving
    ]
    assert plan.drops is drops


def test_partitions_are_made_for_today_and_the_seven_days_after_in_utc() -> None:
    late = datetime.fromisoformat("2026-11-23T22:00:00-03:00")  # the 24th in UTC
    days = days_ahead(late)
    assert (str(days[0]), str(days[-1]), len(days)) == ("2026-11-24", "2026-12-01", 8)
