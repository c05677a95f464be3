"""Expected times follow positions; windows at risk are told before they are missed."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from data.live import take_announcements
from data.session import EVERYTHING, Database, Session, rows
from routing.underway.follow_rounds import follow_rounds
from routing.underway.replan import replan_rounds
from tests.conftest import MONDAY_NINE
from tests.routing.underway.scenes import (
    CITIES,
    DAY,
    SPOTS,
    Day,
    a_day,
    is_at,
    is_paid,
    order,
    pays_at_a_meeting,
    planned,
    solve_all,
    visits,
    wants,
)

TEN = MONDAY_NINE + timedelta(hours=1)


async def progress(session: Session, agent: UUID) -> Any:
    found = await rows(session, "SELECT * FROM round_progress WHERE agent_id = :a", a=agent)
    return found[0] if found else None


async def alerts(session: Session, agent: UUID) -> list[Any]:
    return list(
        await rows(
            session,
            "SELECT * FROM alert WHERE agent_id = :a AND kind = 'window_at_risk'"
            " AND cleared_at IS NULL",
            a=agent,
        )
    )


async def jobs(session: Session, agent: UUID) -> list[Any]:
    return list(
        await rows(
            session,
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'rounds.offer'"
            " AND args->>'agent_id' = :a",
            a=str(agent),
        )
    )


async def a_day_with_a_window(session: Session) -> tuple[Day, UUID, datetime]:
    """The third case wants to be visited between ten and eleven."""
    day = await a_day(session)
    wanted = day.cases[2].case_id
    await wants(session, wanted, TEN, TEN + timedelta(hours=1))
    await planned(session, day)
    return day, wanted, TEN + timedelta(hours=1)


async def test_an_agent_on_time_is_expected_as_planned(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        await is_at(session, day, (0, 0), MONDAY_NINE)
        await follow_rounds(session, CITIES, MONDAY_NINE)
        found = await progress(session, day.agent)
        assert [UUID(stop["case_id"]) for stop in found.stops] == day.order
        assert all(abs(stop["late_s"]) <= 2 for stop in found.stops)
        told = [c for c in take_announcements(session) if c.kind == "etas"]
        assert any(c.body["agent_id"] == str(day.agent) for c in told)


async def test_half_an_hour_lost_moves_all_that_follows(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        now = MONDAY_NINE + timedelta(minutes=30)
        await is_at(session, day, (0, 0), now)
        await follow_rounds(session, CITIES, now)
        found = await progress(session, day.agent)
        assert all(abs(stop["late_s"] - 1800) <= 2 for stop in found.stops)
        assert abs(found.late_s - 1800) <= 2


async def test_stops_that_were_made_are_not_expected_and_the_one_under_way_ends_when_planned(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        first, second, *rest = day.order
        began = MONDAY_NINE + timedelta(minutes=5)
        await visits(session, day, first, began, began + timedelta(minutes=10))
        await visits(session, day, second, began + timedelta(minutes=12), None)
        now = began + timedelta(minutes=15)
        await is_at(session, day, SPOTS[1], now)
        await follow_rounds(session, CITIES, now)
        found = await progress(session, day.agent)
        assert [UUID(stop["case_id"]) for stop in found.stops] == [second, *rest]
        departs = datetime.fromisoformat(found.stops[0]["departs_at"])
        # Ten minutes of visit, three to park, and the walk to the door and back.
        assert timedelta(minutes=13) <= departs - (began + timedelta(minutes=12))
        assert departs - (began + timedelta(minutes=12)) <= timedelta(minutes=15)


async def test_a_stop_that_was_passed_by_comes_last_and_delays_nobody_else(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        first, passed, third, *rest = day.order
        assert rest
        began = MONDAY_NINE + timedelta(minutes=5)
        await visits(session, day, first, began, began + timedelta(minutes=10))
        began += timedelta(minutes=20)
        await visits(session, day, third, began, began + timedelta(minutes=10))
        now = began + timedelta(minutes=11)
        await is_at(session, day, SPOTS[2], now)
        await follow_rounds(session, CITIES, now)
        found = await progress(session, day.agent)
        assert [UUID(stop["case_id"]) for stop in found.stops] == [*rest, passed]
        assert found.late_s == found.stops[0]["late_s"] < found.stops[-1]["late_s"]


async def test_who_has_gone_back_goes_on_from_there(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        first, second, third, last = day.order
        began = MONDAY_NINE + timedelta(minutes=5)
        for case_id in (third, first):
            await visits(session, day, case_id, began, began + timedelta(minutes=10))
            began += timedelta(minutes=20)
        await is_at(session, day, SPOTS[0], began)
        await follow_rounds(session, CITIES, began)
        found = await progress(session, day.agent)
        assert [UUID(stop["case_id"]) for stop in found.stops] == [second, last]


async def test_what_a_member_paid_at_a_meeting_does_not_tell_where_on_the_round_the_agent_is(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        first, second, member, last = day.order
        await pays_at_a_meeting(session, day, member, MONDAY_NINE)
        await is_at(session, day, (0, 0), MONDAY_NINE)
        await follow_rounds(session, CITIES, MONDAY_NINE)
        found = await progress(session, day.agent)
        assert [UUID(stop["case_id"]) for stop in found.stops] == [first, second, last]


async def test_a_window_at_risk_is_told_before_it_closes_and_taken_back_when_it_is_safe(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        day, wanted, closes = await a_day_with_a_window(session)
        await is_at(session, day, (0, 0), MONDAY_NINE)
        await follow_rounds(session, CITIES, MONDAY_NINE)
        assert await alerts(session, day.agent) == []
        # Still at home with the visits before it to make.
        late = closes - timedelta(minutes=8)
        await is_at(session, day, (0, 0), late)
        await follow_rounds(session, CITIES, late)
        (alert,) = await alerts(session, day.agent)
        assert alert.case_id == wanted
        assert alert.raised_at < closes
        assert alert.facts["stops"][0]["slack_s"] < 300
        assert "may miss stop" in alert.title
        await visits(session, day, wanted, late, late + timedelta(minutes=1))
        await follow_rounds(session, CITIES, late + timedelta(minutes=2))
        assert await alerts(session, day.agent) == []


async def test_all_windows_of_a_round_at_risk_are_one_alert_that_is_told_anew(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        first, second = day.cases[2].case_id, day.cases[3].case_id
        closes = TEN + timedelta(hours=1)
        await wants(session, first, TEN, closes)
        await wants(session, second, TEN, closes + timedelta(minutes=1))
        await planned(session, day)
        late = closes - timedelta(minutes=4)
        await is_at(session, day, (0, 0), late)
        await follow_rounds(session, CITIES, late)
        (alert,) = await alerts(session, day.agent)
        assert [stop["case_id"] for stop in alert.facts["stops"]] == [str(first), str(second)]
        assert alert.title.startswith("2 visits of ")
        assert "has to begin by 11:00" in alert.detail
        missed = closes + timedelta(minutes=2)
        await is_at(session, day, (0, 0), missed)
        await follow_rounds(session, CITIES, missed)
        (again,) = await alerts(session, day.agent)
        assert again.id == alert.id
        assert "had to begin by 11:00" in again.detail


async def test_an_alert_does_not_flap_when_positions_jitter(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day, _, closes = await a_day_with_a_window(session)
        for done in day.order[: day.order.index(day.cases[2].case_id)]:
            await visits(session, day, done, MONDAY_NINE, MONDAY_NINE + timedelta(minutes=1))
        states = []
        for minute in range(20):
            now = closes - timedelta(minutes=6) + timedelta(seconds=10 * minute)
            spot = SPOTS[2] if minute % 2 else (300.0, 200.0)
            await is_at(session, day, spot, now)
            await follow_rounds(session, CITIES, now)
            states.append(bool(await alerts(session, day.agent)))
        assert sum(before != after for before, after in pairwise(states)) <= 1
        assert states[-1]


async def test_a_case_that_needs_no_visit_any_more_has_the_rest_planned_once(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        await is_at(session, day, (0, 0), MONDAY_NINE)
        await is_paid(session, day.order[1])
        await follow_rounds(session, CITIES, MONDAY_NINE + timedelta(minutes=1))
        assert await jobs(session, day.agent) == []  # the round has just been published
        for minutes in (11, 22, 33):
            await follow_rounds(session, CITIES, MONDAY_NINE + timedelta(minutes=minutes))
        (job,) = await jobs(session, day.agent)
        assert job.args["cause"] == "gone"


async def test_an_agent_who_said_to_be_late_is_expected_from_then(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        await is_at(session, day, (0, 0), MONDAY_NINE)
        await rows(
            session,
            "INSERT INTO day_notice (id, branch_id, agent_id, day, kind, at, told_at, told_by,"
            " body_hash) VALUES (gen_random_uuid(), :b, :a, :d, 'late', :t, :n, :a, '')"
            " RETURNING 1",
            b=day.branch, a=day.agent, d=DAY, t=TEN, n=MONDAY_NINE,
        )  # fmt: skip
        await follow_rounds(session, CITIES, MONDAY_NINE)
        found = await progress(session, day.agent)
        assert abs(found.late_s - 3600) <= 2
        await replan_rounds(session, [day.agent], DAY, CITIES, solve_all, MONDAY_NINE)
        begins = await rows(
            session,
            "SELECT min(s.arrives_at) AS at FROM stop s JOIN round r ON r.id = s.round_id"
            " WHERE r.agent_id = :a AND r.replaced_at IS NULL",
            a=day.agent,
        )
        assert begins[0].at >= TEN
        assert await order(session, day.agent) == day.order
