"""Agents in the field with phones, as the sweep of phones' health finds them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import insert as upsert

from core.geometry import LatLon
from data.columns import ewkt_point
from data.session import EVERYTHING, Database, Session, rows
from data.tables.platform import Policy
from data.tables.tracking import AgentPosition, DeviceHealth, Ping
from tests.conftest import MONDAY_NINE
from tests.factories import LA_SERENA, a_branch, a_device, an_agent
from tracking.health.check_health import Sweep, check_health

MINUTE = timedelta(minutes=1)
NINE_TO_FIVE = (MONDAY_NINE, MONDAY_NINE + 8 * 60 * MINUTE)


@dataclass(frozen=True)
class Field:
    """An agent of a branch with a phone."""

    database: Database
    branch_id: UUID
    agent_id: UUID
    device_id: UUID
    key: str

    async def ping(self, minute: float, *, received: float | None = None, **told: Any) -> None:
        """A position taken `minute` minutes into the shift; it arrives at once unless told."""
        captured_at = MONDAY_NINE + minute * MINUTE
        received_at = MONDAY_NINE + (minute if received is None else received) * MINUTE
        place = {"lat": LA_SERENA.lat, "lon": LA_SERENA.lon}
        common = {
            "agent_id": self.agent_id, "branch_id": self.branch_id, "device_id": self.device_id,
            "captured_at": captured_at, "received_at": received_at, "is_mock": False, **told,
        }  # fmt: skip
        async with self.database.transaction(EVERYTHING) as session:
            await session.execute(
                text("SELECT ensure_ping_partition(:d)"), {"d": captured_at.date()}
            )
            await session.execute(insert(Ping).values(**place, **common))
            newest = upsert(AgentPosition).values(location=ewkt_point(LatLon(**place)), **common)
            await session.execute(
                newest.on_conflict_do_update(
                    index_elements=["agent_id"],
                    set_={name: newest.excluded[name] for name in common},
                    where=newest.excluded.captured_at > AgentPosition.captured_at,
                )
            )

    async def tells(self, minute: float, **told: Any) -> None:
        """What the phone says of itself `minute` minutes into the shift."""
        heard = {"heard_at": MONDAY_NINE + minute * MINUTE, **told}
        health = upsert(DeviceHealth).values(
            device_id=self.device_id, branch_id=self.branch_id, **heard
        )
        async with self.database.transaction(EVERYTHING) as session:
            await session.execute(
                health.on_conflict_do_update(index_elements=["device_id"], set_=heard)
            )

    async def sweep(self, minute: float) -> Sweep | None:
        """The worker's look at all phones, `minute` minutes into the shift."""
        async with self.database.transaction(EVERYTHING) as session:
            return await check_health(session, MONDAY_NINE + minute * MINUTE)

    async def open_kinds(self) -> set[str]:
        """The kinds of the agent's open alerts."""
        return {alert.kind for alert in await self.alerts() if alert.cleared_at is None}

    async def alerts(self) -> list[Any]:
        """All alerts about the agent, oldest first."""
        async with self.database.transaction(EVERYTHING) as session:
            found = await rows(
                session,
                "SELECT * FROM alert WHERE agent_id = :agent ORDER BY raised_at, id",
                agent=self.agent_id,
            )
        return list(found)

    async def silences(self) -> list[Any]:
        """The agent's silences by time, with `began_min` and `ended_min` of the shift."""
        async with self.database.transaction(EVERYTHING) as session:
            found = await rows(
                session,
                "SELECT *, extract(epoch FROM began_at - :nine)::float / 60 AS began_min,"
                " extract(epoch FROM ended_at - :nine)::float / 60 AS ended_min"
                " FROM silence WHERE agent_id = :agent ORDER BY began_at",
                agent=self.agent_id,
                nine=MONDAY_NINE,
            )
        return list(found)


async def a_field(
    database: Database,
    *,
    shift: tuple[datetime, datetime] | None = NINE_TO_FIVE,
    signed_on: bool = True,
    **policies: float,
) -> Field:
    """An agent, on shift from nine to five and signed on since nine unless told otherwise."""
    async with database.transaction(EVERYTHING) as session:
        branch_id = await a_branch(session)
        agent_id = await an_agent(session, branch_id, "Sofía Rojas", shift=shift)
        device_id, key = await a_device(session, branch_id, agent_id if signed_on else None)
        await set_policies(session, branch_id, **policies)
    return Field(database, branch_id, agent_id, device_id, key)


async def set_policies(session: Session, branch_id: UUID, **policies: float) -> None:
    """What a branch has decided."""
    for key, value in policies.items():
        await session.execute(
            insert(Policy).values(branch_id=branch_id, key=key, value=value, set_at=MONDAY_NINE)
        )
