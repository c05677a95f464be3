"""Agents whose phones sent acted days, in a database."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import insert

from data.columns import ewkt_point
from data.session import EVERYTHING, Database, rows
from data.tables.tracking import AgentPosition, Ping
from geofence.spoofing.phone_day import PhoneDay
from geofence.suspicions.judge_days import Looked, judge_days
from tests.conftest import MONDAY_NINE
from tests.factories import LA_SERENA, a_branch, a_device, a_person, a_token, an_agent

EVENING = MONDAY_NINE + timedelta(hours=10)
NEXT_MORNING = MONDAY_NINE + timedelta(hours=20)


@dataclass(frozen=True)
class Scene:
    """An agent with a phone, and the branch's supervisor."""

    database: Database
    branch_id: UUID
    agent_id: UUID
    device_id: UUID
    supervisor_id: UUID
    token: str

    async def sends(self, day: PhoneDay) -> None:
        """Store the pings of a day as the ingest does, received as they were taken."""
        columns = {f.name: getattr(day, f.name) for f in fields(day)}
        who = {"agent_id": self.agent_id, "branch_id": self.branch_id, "device_id": self.device_id}
        names = ("lat", "lon", "accuracy_m", "speed_mps", "heading_deg", "altitude_m")
        values: list[dict[str, Any]] = [
            {
                **who, "captured_at": _at(columns["t_s"][n]), "received_at": _at(columns["t_s"][n]),
                "is_mock": bool(columns["mock"][n]),
                **{name: _known(columns[name][n]) for name in names},
            }
            for n in range(len(day))
        ]  # fmt: skip
        last = max(value["captured_at"] for value in values)
        async with self.database.transaction(EVERYTHING) as session:
            for date in {value["captured_at"].date() for value in values}:
                await rows(session, "SELECT 1 FROM ensure_ping_partition(:d)", d=date)
            await session.execute(insert(Ping), values)
            await rows(session, "DELETE FROM agent_position WHERE agent_id = :a RETURNING 1",
                       a=self.agent_id)  # fmt: skip
            await session.execute(
                insert(AgentPosition).values(
                    **who, captured_at=last, received_at=last, is_mock=False,
                    location=ewkt_point(LA_SERENA),
                )
            )  # fmt: skip

    async def looks(self, now: datetime) -> Looked | None:
        """The worker's look at the days that wait."""
        async with self.database.transaction(EVERYTHING) as session:
            return await judge_days(session, now)

    async def queue(self) -> list[Any]:
        """The versions of all suspicions of the agent."""
        async with self.database.transaction(EVERYTHING) as session:
            return list(
                await rows(
                    session,
                    "SELECT * FROM suspicion WHERE agent_id = :a ORDER BY found_at, id, version",
                    a=self.agent_id,
                )
            )

    async def open_alerts(self) -> list[Any]:
        """The agent's open alerts."""
        async with self.database.transaction(EVERYTHING) as session:
            return list(
                await rows(
                    session,
                    "SELECT * FROM alert WHERE agent_id = :a AND cleared_at IS NULL",
                    a=self.agent_id,
                )
            )


async def a_scene(database: Database) -> Scene:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        device, _ = await a_device(session, branch, carried_by=agent)
        supervisor = await a_person(session, branch)
        token = await a_token(session, supervisor)
    return Scene(database, branch, agent, device, supervisor, token)


def _at(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(float(epoch_s), UTC)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
