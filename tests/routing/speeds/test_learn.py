"""Learning from days in a database, and planning by it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import Range

from core.geometry import LatLon
from data.session import EVERYTHING, Database, Scope, rows
from data.tables.identity import SignOn
from data.tables.tracking import AgentDirty, Ping
from identity.policies import store as policies
from routing.speeds.errors import NetworkNotFound
from routing.speeds.learn import LearnedDay, due_days, forget_network, learn
from routing.travel.cities import Cities
from routing.travel.city import City
from routing.travel.travel_times import Hierarchy
from streets.publish import publish
from streets.store import networks
from tests.factories import a_branch, a_device, an_agent
from tests.routing.speeds.town import (
    MONDAY_S,
    PROFILE,
    Phone,
    a_tour,
    joining,
    phone,
    ride,
    the_graph,
)  # fmt: skip

ZONE_S = 3 * 3600
"""Santiago is three hours behind UTC in February."""

MONDAY = date(2026, 2, 9)
HERE = LatLon(-29.89, -71.24)
TUESDAY_NOON = datetime(2026, 2, 10, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Scene:
    """A branch in the town, some riders, and a process's cities."""

    database: Database
    cities: Cities
    branch_id: UUID
    riders: list[tuple[UUID, UUID]]

    async def rides(self, day: date, pace: float, *, seed: int = 1, hour: int = 9) -> None:
        """Every rider's phone sends a morning of that day."""
        chance = np.random.default_rng(seed)
        start_s = MONDAY_S + (day - MONDAY).days * 86400 + ZONE_S + hour * 3600
        for agent_id, device_id in self.riders:
            column, row = (int(c) for c in chance.integers(0, 5, 2))
            there = ride([(column, row), (column + 6, row)], start_s + 60, pace)
            tour = [(column + 6, row), *joining((column + 6, row), a_tour(chance, 8))]
            on = ride(tour, float(there.at_s[-1]) + 600, pace)
            await self.sends(agent_id, device_id, phone([there, on], 20, chance))

    async def sends(
        self, agent_id: UUID, device_id: UUID, sent: Phone, received: datetime | None = None
    ) -> None:
        at = [datetime.fromtimestamp(t, UTC) for t in sent.t_s.tolist()]
        values: list[dict[str, Any]] = [
            {
                "agent_id": agent_id, "branch_id": self.branch_id, "device_id": device_id,
                "captured_at": when, "received_at": received or when, "is_mock": False,
                "lat": lat, "lon": lon, "accuracy_m": 6.0,
            }
            for when, lat, lon in zip(at, sent.lat.tolist(), sent.lon.tolist(), strict=True)
        ]  # fmt: skip
        async with self.database.transaction(EVERYTHING) as session:
            for day in {when.date() for when in at}:
                await rows(session, "SELECT 1 FROM ensure_ping_partition(:d)", d=day)
            await session.execute(insert(Ping), values)

    async def learns(self, now: datetime) -> list[LearnedDay]:
        return await learn(self.database, self.cities, now)

    async def sums(self) -> list[Any]:
        async with self.database.transaction(EVERYTHING) as session:
            return list(
                await rows(
                    session,
                    "SELECT day, hour_group, class_name, n, actual_s, expected_s"
                    " FROM street_speed_class ORDER BY 1, 2, 3",
                )
            )

    async def city(self) -> City:
        async with self.database.transaction(EVERYTHING) as session:
            return await self.cities.at(session, HERE)

    async def count(self, table: str) -> int:
        async with self.database.transaction(EVERYTHING) as session:
            found = await rows(session, f"SELECT count(*) AS n FROM {table}")  # noqa: S608
            return int(found[0].n)


@pytest.fixture
async def scene(own_database_url: str, tmp_path: Path) -> Any:
    database = Database(own_database_url)
    async with database.transaction(EVERYTHING) as session:
        await publish(session, the_graph(), [], "test", TUESDAY_NOON - timedelta(days=30))
        branch = await a_branch(session, location=HERE)
        riders = []
        for n in range(4):
            agent = await an_agent(session, branch, f"Rider {n}")
            device_id, _ = await a_device(session, branch)
            during = Range(TUESDAY_NOON - timedelta(days=60), None)
            await session.execute(
                insert(SignOn).values(
                    id=agent, branch_id=branch, agent_id=agent, device_id=device_id, during=during
                )
            )
            riders.append((agent, device_id))
    yield Scene(database, Cities(tmp_path), branch, riders)
    await database.close()


async def test_a_day_that_is_over_is_learned_from_once(scene: Scene) -> None:
    await scene.rides(MONDAY, 1.6)
    (learned,) = await scene.learns(TUESDAY_NOON)
    assert (learned.network, learned.day, learned.agents) == ("Grid", MONDAY, 4)
    assert learned.stretches > 40
    groups = {r.hour_group for r in await scene.sums()}
    assert groups <= {8, 9, 10}
    assert await scene.learns(TUESDAY_NOON + timedelta(hours=6)) == []


async def test_a_day_is_not_learned_from_before_it_has_been_over_for_a_while(
    scene: Scene,
) -> None:
    await scene.rides(MONDAY, 1.6)
    midnight = datetime(2026, 2, 10, 3, tzinfo=UTC)
    assert await scene.learns(midnight + timedelta(hours=2)) == []
    assert len(await scene.learns(midnight + timedelta(hours=4))) == 1


async def test_learning_a_day_again_replaces_what_it_taught(scene: Scene) -> None:
    await scene.rides(MONDAY, 1.6)
    await scene.learns(TUESDAY_NOON)
    before, legs = await scene.sums(), await scene.count("travelled_leg")
    agent_id, device_id = scene.riders[0]
    late = phone([ride([(1, 1), (1, 9)], MONDAY_S + ZONE_S + 15 * 3600, 1.6)], 20,
                 np.random.default_rng(9))  # fmt: skip
    now = TUESDAY_NOON + timedelta(days=1)
    await scene.sends(agent_id, device_id, late, received=now)
    (again,) = await scene.learns(now + timedelta(hours=1))
    assert again.day == MONDAY
    after = await scene.sums()
    for one, other in zip(before, after[: len(before)], strict=True):
        assert one[:3] == other[:3]
        assert one[3:] == pytest.approx(other[3:], rel=0.1)
    assert {r.hour_group for r in after} - {r.hour_group for r in before} == {15}
    assert legs < await scene.count("travelled_leg") <= legs + 2


async def test_a_day_waits_until_its_visits_are_worked_out(scene: Scene) -> None:
    await scene.rides(MONDAY, 1.6)
    morning = datetime(2026, 2, 9, 13, tzinfo=UTC)
    async with scene.database.transaction(EVERYTHING) as session:
        await session.execute(
            insert(AgentDirty).values(
                agent_id=scene.riders[0][0], branch_id=scene.branch_id, dirty_from=morning,
                marked_at=morning, marks=1,
            )
        )  # fmt: skip
    assert await scene.learns(TUESDAY_NOON) == []
    async with scene.database.transaction(EVERYTHING) as session:
        await session.execute(text("DELETE FROM agent_dirty"))
    assert len(await scene.learns(TUESDAY_NOON)) == 1


async def test_a_branch_that_does_not_want_it_is_not_learned_from(scene: Scene) -> None:
    await scene.rides(MONDAY, 1.6)
    async with scene.database.transaction(EVERYTHING) as session:
        await policies.put(session, scene.branch_id, "learn_speeds", False, None, TUESDAY_NOON)
    assert await scene.learns(TUESDAY_NOON) == []
    async with scene.database.transaction(EVERYTHING) as session:
        await policies.remove(session, scene.branch_id, "learn_speeds")
        assert [due.day for due in await due_days(session, TUESDAY_NOON)] == [MONDAY]


async def test_nobody_on_foot_is_learned_from(scene: Scene) -> None:
    await scene.rides(MONDAY, 1.6)
    async with scene.database.transaction(EVERYTHING) as session:
        await session.execute(text("UPDATE agent_profile SET vehicle = 'walking'"))
    assert await scene.learns(TUESDAY_NOON) == []


async def test_a_day_on_which_nobody_moved_teaches_nothing_and_does_not_come_again(
    scene: Scene,
) -> None:
    agent_id, device_id = scene.riders[0]
    moving = phone([ride([(1, 1), (1, 2)], MONDAY_S + ZONE_S + 9 * 3600)], 20,
                   np.random.default_rng(9))  # fmt: skip
    still = Phone(moving.t_s[:12], moving.lat[:12], moving.lon[:12], moving.accuracy_m[:12])
    await scene.sends(agent_id, device_id, still)
    (learned,) = await scene.learns(TUESDAY_NOON)
    assert (learned.agents, learned.rides, learned.stretches, learned.legs) == (0, 0, 0, 0)
    assert await scene.learns(TUESDAY_NOON + timedelta(hours=6)) == []
    assert (await scene.city()).paces is None


async def test_rounds_are_planned_by_what_was_learned_on_the_same_topology(scene: Scene) -> None:
    default = await scene.city()
    await scene.rides(MONDAY, 2.0)
    await scene.learns(TUESDAY_NOON)
    city = await scene.city()
    begins = datetime(2026, 2, 11, 12, tzinfo=UTC)
    shift = city.during(begins, begins + timedelta(hours=1), "America/Santiago")
    nodes = np.arange(0, 140, 7, dtype=np.int32)
    before = default.times_for(PROFILE).matrix(nodes).sum()
    after = shift.times_for(PROFILE).matrix(nodes).sum()
    assert after == pytest.approx(2.0 * before, rel=0.1)
    engines = shift.times_for(PROFILE).engine, default.times_for(PROFILE).engine
    assert isinstance(engines[0], Hierarchy)
    assert isinstance(engines[1], Hierarchy)
    assert engines[0].topology is engines[1].topology
    assert shift.times_for(PROFILE) is shift.times_for(PROFILE)
    assert city.times_for(PROFILE).matrix(nodes).sum() == before


async def test_no_day_is_foretold_from_itself(scene: Scene) -> None:
    await scene.rides(MONDAY, 1.7)
    await scene.rides(MONDAY + timedelta(days=1), 1.7, seed=2)
    await scene.learns(TUESDAY_NOON + timedelta(days=1))
    async with scene.database.transaction(EVERYTHING) as session:
        legs = await rows(
            session, "SELECT day, actual_s, default_s, learned_s FROM travelled_leg ORDER BY day"
        )
    assert {leg.learned_s for leg in legs if leg.day == MONDAY} == {None}
    tuesday = [leg for leg in legs if leg.day != MONDAY]
    assert tuesday
    assert all(leg.learned_s > 1.3 * leg.default_s for leg in tuesday)


async def test_when_the_network_is_replaced_its_classes_are_still_known(scene: Scene) -> None:
    await scene.rides(MONDAY, 2.0)
    await scene.learns(TUESDAY_NOON)
    assert await scene.count("street_speed_edge") > 0
    graph = the_graph()
    other = replace(graph, edge_length_m=graph.edge_length_m + 0.01)
    async with scene.database.transaction(EVERYTHING) as session:
        await publish(session, other, [], "test", TUESDAY_NOON)
    assert await scene.count("street_speed_edge") == 0
    city = await scene.city()
    begins = datetime(2026, 2, 11, 12, tzinfo=UTC)
    shift = city.during(begins, begins + timedelta(hours=1), "America/Santiago")
    nodes = np.arange(0, 140, 7, dtype=np.int32)
    learned, default = (one.times_for(PROFILE).matrix(nodes).sum() for one in (shift, city))
    assert learned / default == pytest.approx(2.0, rel=0.1)


async def test_what_was_learned_can_be_forgotten(scene: Scene) -> None:
    await scene.rides(MONDAY, 2.0)
    await scene.learns(TUESDAY_NOON)
    async with scene.database.transaction(EVERYTHING) as session:
        with pytest.raises(NetworkNotFound, match="Grid"):
            await forget_network(session, "Gird")
        await forget_network(session, "Grid")
    for table in (
        "street_speed_day", "street_speed_class", "street_speed_edge", "street_speed",
        "travelled_leg",
    ):  # fmt: skip
        assert await scene.count(table) == 0
    assert (await scene.city()).paces is None


async def test_a_branch_sees_its_own_legs_and_agents_see_none(scene: Scene) -> None:
    await scene.rides(MONDAY, 1.5)
    await scene.learns(TUESDAY_NOON)
    async with scene.database.transaction(EVERYTHING) as session:
        other = await a_branch(session)
    for scope, sees in (
        (Scope((scene.branch_id,)), True),
        (Scope((other,)), False),
        (Scope((scene.branch_id,), scene.riders[0][0]), False),
    ):
        async with scene.database.transaction(scope) as session:
            assert bool(await rows(session, "SELECT 1 FROM travelled_leg")) == sees


async def test_neither_who_rode_nor_where_they_were_is_kept(scene: Scene) -> None:
    await scene.rides(MONDAY, 1.5)
    await scene.learns(TUESDAY_NOON)
    async with scene.database.transaction(EVERYTHING) as session:
        columns = await rows(
            session,
            "SELECT column_name FROM information_schema.columns WHERE table_name IN"
            " ('street_speed_day', 'street_speed_class', 'street_speed_edge', 'street_speed',"
            "  'travelled_leg')",
        )
        assert len(await networks(session)) == 1
    names = {r.column_name for r in columns}
    assert {"hour_group", "branch_id"} <= names
    assert not names & {"agent_id", "device_id", "lat", "lon", "captured_at", "began_at"}
