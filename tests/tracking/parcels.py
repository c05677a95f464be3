"""Parcels and agents with phones for the tests, and what the database holds of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from data.session import EVERYTHING, Database, rows
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, an_agent
from tracking.device import Carriage, Device
from tracking.parcel import Parcel, pack
from tracking.ping import Item, Ping

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Walker:
    """An agent who carries an enrolled phone since `MONDAY_NINE`."""

    branch_id: UUID
    agent_id: UUID
    device_id: UUID
    key: str

    @property
    def device(self) -> Device:
        carriage = Carriage(self.agent_id, self.branch_id, MONDAY_NINE, None)
        return Device(self.device_id, self.branch_id, MONDAY_NINE, (carriage,))

    def parcel(self, *items: Item) -> Parcel:
        return pack(self.device, items, "batch", MONDAY_NINE)


async def a_walker(database: Database, branch_id: UUID | None = None) -> Walker:
    async with database.transaction(EVERYTHING) as session:
        branch = branch_id or await a_branch(session)
        agent = await an_agent(session, branch)
        device, key = await a_device(session, branch, agent)
        return Walker(branch, agent, device, key)


def a_ping(after_s: float = 0, lat: float = -29.9, **measures: Any) -> Ping:
    return Ping(MONDAY_NINE + after_s * SECOND, lat, -71.25, **measures)


async def stored(database: Database, walker: Walker) -> Sequence[Any]:
    """The agent's pings by time."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        return await rows(
            session,
            "SELECT * FROM ping WHERE agent_id = :agent ORDER BY captured_at",
            agent=walker.agent_id,
        )


async def one(database: Database, statement: str, **parameters: Any) -> Any:
    """The only row of a statement; None when there is none."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        found = await rows(session, statement, **parameters)
    assert len(found) <= 1
    return found[0] if found else None


async def position_of(database: Database, walker: Walker) -> Any:
    return await one(
        database,
        "SELECT *, ST_Y(location::geometry) AS lat FROM agent_position WHERE agent_id = :agent",
        agent=walker.agent_id,
    )


async def dirty_of(database: Database, walker: Walker) -> Any:
    return await one(
        database, "SELECT * FROM agent_dirty WHERE agent_id = :agent", agent=walker.agent_id
    )
