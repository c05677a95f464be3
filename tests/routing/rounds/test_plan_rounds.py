"""Rounds from the database to the database: planned, published, planned again."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from core.geometry import LatLon
from data.live import take_announcements
from data.session import EVERYTHING, Database, Session, rows
from data.tables.collection import Address, CaseFile
from data.tables.geofence import CheckIn, Fence
from identity import store as identity
from identity.attendance import store as attendance
from routing.planner.plan import Plan
from routing.planner.problem import Problem
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.rounds.plan_rounds import plan_rounds
from routing.rounds.store import PARK_AND_FIND_S
from routing.travel.areas import search_s
from routing.travel.city import City, open_city
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, an_agent
from tests.streets.small_city import at, small_graph

DAY = date(2026, 11, 23)
SHIFT = (MONDAY_NINE, MONDAY_NINE + timedelta(hours=9))
HOME = LatLon(*at(0, 0))


async def solve_all(problems: Sequence[Problem]) -> Sequence[Plan]:
    return [plan(problem, StopAfter(solutions=20), 1) for problem in problems]


@pytest.fixture(scope="module")
def city() -> City:
    return open_city(small_graph())


async def a_field_day(
    session: Session, spots: Sequence[tuple[float, float]]
) -> tuple[UUID, UUID, list[ACase]]:
    branch = await a_branch(session, location=HOME)
    agent = await an_agent(session, branch, home=HOME, shift=SHIFT)
    cases = [await a_case(session, branch, at=LatLon(*at(*spot)), agent_id=agent) for spot in spots]
    return branch, agent, cases


async def stops(session: Session, agent: UUID) -> list[tuple[int, UUID]]:
    found = await rows(
        session,
        "SELECT s.seq, s.case_id FROM round r JOIN stop s ON s.round_id = r.id"
        " WHERE r.agent_id = :agent AND r.replaced_at IS NULL ORDER BY s.seq",
        agent=agent,
    )
    return [(r.seq, r.case_id) for r in found]


async def test_a_round_is_published_with_times_ways_and_reasons(
    database: Database, city: City
) -> None:
    async with database.transaction(EVERYTHING) as session:
        _, agent, cases = await a_field_day(session, [(100, 10), (300, 110), (390, 290)])
        published = await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
        assert [(p.agent_id, p.stops, p.skipped) for p in published] == [(agent, 3, 0)]
        assert {case for _, case in await stops(session, agent)} == {c.case_id for c in cases}
        found = await rows(
            session,
            "SELECT s.*, ST_NPoints(s.way) AS points FROM stop s WHERE agent_id = :a ORDER BY seq",
            a=agent,
        )
        assert found[0].arrives_at >= MONDAY_NINE
        assert all(r.points >= 2 and r.distance_m > 0 for r in found)
        assert all("urgency" in r.reason["text"] for r in found)
        assert [c.kind for c in take_announcements(session)] == ["round"]


async def test_planning_again_keeps_what_was_done_and_plans_the_rest_from_now(
    database: Database, city: City
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, agent, cases = await a_field_day(session, [(100, 10), (300, 110), (390, 290)])
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
        first = (await stops(session, agent))[0][1]
        ten = MONDAY_NINE + timedelta(hours=1)
        await session.execute(
            insert(CheckIn).values(
                id=UUID(int=7), branch_id=branch, agent_id=agent, case_id=first,
                device_time=ten, server_time=ten, verdict="probable", reasons=[], body_hash=b"",
            )
        )  # fmt: skip
        await plan_rounds(session, DAY, city, solve_all, ten, [agent])
        again = await stops(session, agent)
        assert again[0] == (1, first)
        assert {case for _, case in again} == {c.case_id for c in cases}
        rest = await rows(
            session,
            "SELECT s.begins_at FROM stop s JOIN round r ON r.id = s.round_id"
            " WHERE r.agent_id = :a AND r.revision = 2 AND s.seq > 1",
            a=agent,
        )
        assert all(r.begins_at >= ten for r in rest)


async def test_a_case_off_the_map_or_far_from_streets_is_skipped_with_its_reason(
    database: Database, city: City
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, agent, _ = await a_field_day(session, [(100, 10), (5000, 5000)])
        await a_case(session, branch, at=None, agent_id=agent, customer_name="Rosa Vega")
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
        found = await rows(session, "SELECT skipped FROM round WHERE agent_id = :a", a=agent)
        assert {s["reason"] for s in found[0].skipped} == {
            "its address is not on the map yet",
            "no street within 300 m of its address by two-wheeler: the nearest is 6.6 km away",
        }


async def test_preferred_hours_and_contact_hours_are_kept(database: Database, city: City) -> None:
    async with database.transaction(EVERYTHING) as session:
        _, agent, cases = await a_field_day(session, [(100, 10), (300, 110)])
        await session.execute(
            update(CaseFile)
            .where(CaseFile.id == cases[0].case_id)
            .values(
                preferred_from=datetime(2026, 1, 1, 15, tzinfo=UTC).time(),
                preferred_to=datetime(2026, 1, 1, 16, tzinfo=UTC).time(),
            )
        )
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
        found = await rows(session, "SELECT begins_at, window_from, window_to FROM stop"
                           " WHERE case_id = :c", c=cases[0].case_id)  # fmt: skip
        three_pm = datetime(2026, 11, 23, 18, tzinfo=UTC)
        assert found[0].window_from == three_pm
        assert three_pm <= found[0].begins_at <= three_pm + timedelta(hours=1)


async def test_what_the_contact_gate_said_of_each_stop_is_kept_with_the_round(
    database: Database, city: City
) -> None:
    async with database.transaction(EVERYTHING) as session:
        _, agent, _ = await a_field_day(session, [(100, 10), (300, 110)])
        (published,) = await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
        decisions = await rows(
            session,
            "SELECT d.is_allowed, d.asked_for FROM contact_decision d JOIN stop s"
            " ON s.round_id = d.subject_id AND s.case_id = d.case_id"
            " AND s.begins_at = d.contact_at WHERE d.subject_id = :round",
            round=published.round_id,
        )
        assert [tuple(d) for d in decisions] == [(True, "plan")] * 2


async def test_an_agent_who_dropped_out_keeps_only_what_was_done(
    database: Database, city: City
) -> None:
    async with database.transaction(EVERYTHING) as session:
        _, agent, _ = await a_field_day(session, [(100, 10), (300, 110)])
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
        await attendance.mark_absent(session, agent, MONDAY_NINE, "ill")
        assert await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent]) == []
        assert await stops(session, agent) == []


async def planned(session: Session, agent: UUID) -> dict[UUID, tuple[int, str]]:
    """Per case its service time and its reason."""
    found = await rows(
        session,
        "SELECT s.case_id, s.service_s, s.reason->>'text' AS text FROM round r"
        " JOIN stop s ON s.round_id = r.id WHERE r.agent_id = :agent AND r.replaced_at IS NULL",
        agent=agent,
    )
    return {r.case_id: (r.service_s, r.text) for r in found}


async def test_an_address_known_by_its_quarter_is_an_area_until_it_is_pinned(
    database: Database, city: City
) -> None:
    async with database.transaction(EVERYTHING) as session:
        _, agent, cases = await a_field_day(session, [(100, 10), (300, 110)])
        await session.execute(
            update(Address)
            .where(Address.id == cases[0].address_id)
            .values(geocode_quality="area", spread_m=400.0, locality="Tierras Blancas")
        )
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
        before = await planned(session, agent)
        service_s, text = before[cases[0].case_id]
        assert "area, about 400 m around Tierras Blancas: pin it at the visit" in text
        assert "area" not in before[cases[1].case_id][1]
        await session.execute(
            update(Fence).where(Fence.address_id == cases[0].address_id).values(point_version=1)
        )
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
        after_s, text = (await planned(session, agent))[cases[0].case_id]
        assert "area" not in text
        assert service_s - after_s == search_s(400) - PARK_AND_FIND_S


async def test_an_address_with_a_pin_code_only_is_planned_in_the_middle_of_the_pin_code(
    database: Database, city: City
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, agent, cases = await a_field_day(session, [(90, 10), (100, 10), (110, 10)])
        landmark = await a_case(session, branch, at=None, agent_id=agent)
        addresses = [case.address_id for case in (*cases[:2], landmark)]
        await session.execute(
            update(Address).where(Address.id.in_(addresses)).values(pincode="1700000")
        )
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
        assert landmark.case_id not in await planned(session, agent)  # two know too little
        third = Address.id == cases[2].address_id
        await session.execute(update(Address).where(third).values(pincode="1700000"))
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
        _, text = (await planned(session, agent))[landmark.case_id]
        assert "area, about 100 m around pin code 1700000" in text


async def test_an_agent_on_foot_is_planned_at_the_pace_of_a_walk(
    database: Database, city: City
) -> None:
    async with database.transaction(EVERYTHING) as session:
        _, agent, _ = await a_field_day(session, [(100, 10), (390, 290)])
        times = {}
        for vehicle in ("two_wheeler", "car", "walking"):
            await identity.set_vehicle(session, agent, vehicle)
            await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
            found = await rows(
                session,
                "SELECT travel_s, distance_m FROM round WHERE agent_id = :a"
                " AND replaced_at IS NULL",
                a=agent,
            )
            times[vehicle] = found[0].travel_s
        assert times["two_wheeler"] < times["car"] < times["walking"]
        assert times["walking"] == pytest.approx(times["two_wheeler"] * 25 / (3.6 * 1.2), rel=0.05)


async def test_a_house_off_the_street_adds_the_walk_there_and_back(
    database: Database, city: City
) -> None:
    async with database.transaction(EVERYTHING) as session:
        _, agent, cases = await a_field_day(session, [(130, -2), (130, -202)])
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
        found = await planned(session, agent)
        near, far = (found[case.case_id][0] for case in cases)
        assert far - near == pytest.approx(2 * 200 * 4 / 3.14159 / 1.2, abs=3)
