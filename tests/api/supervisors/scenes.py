"""A branch with a supervisor, an agent on shift, and a round of the day with its stops."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from tests.conftest import MONDAY_NINE
from tests.factories import (
    LA_SERENA,
    ACase,
    a_branch,
    a_case,
    a_device,
    a_person,
    a_token,
    an_agent,
)  # fmt: skip

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Scene:
    """Who and what there is. `token` is the supervisor's, `agent_token` the agent's."""

    branch_id: UUID
    agent_id: UUID
    device_id: UUID
    key: str
    token: str
    agent_token: str
    cases: list[ACase]


async def a_scene(database: Database, *, stops: int = 2, on_shift: bool = True) -> Scene:
    shift = (MONDAY_NINE - HOUR, MONDAY_NINE + 8 * HOUR) if on_shift else (
        MONDAY_NINE + HOUR, MONDAY_NINE + 8 * HOUR)  # fmt: skip
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch, shift=shift)
        device, key = await a_device(session, branch, agent)
        cases = [
            await a_case(session, branch, agent_id=agent, at=LatLon(-29.90 - i / 1000, -71.25))
            for i in range(stops)
        ]
        if stops:
            await a_round(session, branch, agent, cases)
        supervisor = await a_person(session, branch, Role.SUPERVISOR)
        token, agent_token = await a_token(session, supervisor), await a_token(session, agent)
        return Scene(branch, agent, device, key, token, agent_token, cases)


async def a_round(
    session: AsyncSession,
    branch_id: UUID,
    agent_id: UUID,
    cases: list[ACase],
    day: datetime = MONDAY_NINE,
) -> UUID:
    """A published round: a stop an hour, from `LA_SERENA` straight to each case."""
    round_id = new_id()
    start = f"SRID=4326;POINT({LA_SERENA.lon} {LA_SERENA.lat})"
    skipped = [{"case_id": str(new_id()), "customer": "Pedro Díaz", "reason": "shift full"}]
    await rows(
        session,
        "INSERT INTO round (id, branch_id, agent_id, day, revision, planned_at, start, begins_at,"
        " ends_at, travel_s, distance_m, score, skipped) VALUES (:id, :branch, :agent, :day, 1,"
        " :at, :start, :at, :end, 600, 2500, 9, CAST(:skipped AS jsonb)) RETURNING id",
        id=round_id, branch=branch_id, agent=agent_id, day=day.date(), at=day, start=start,
        end=day + 8 * HOUR, skipped=json.dumps(skipped),
    )  # fmt: skip
    for seq, case in enumerate(cases, 1):
        at = day + seq * HOUR
        way = f"SRID=4326;LINESTRING({LA_SERENA.lon} {LA_SERENA.lat}, -71.25 {-29.9 - seq / 1000})"
        await rows(
            session,
            "INSERT INTO stop (id, branch_id, round_id, agent_id, seq, case_id, arrives_at,"
            " begins_at, departs_at, window_to, service_s, travel_s, distance_m, way, reason)"
            " VALUES (:id, :branch, :round, :agent, :seq, :case, :at, :at, :at, :until, 600, 300,"
            """ 1250, :way, '{"text": "30 days past due"}') RETURNING id""",
            id=new_id(), branch=branch_id, round=round_id, agent=agent_id, seq=seq,
            case=case.case_id, at=at, until=at + HOUR, way=way,
        )  # fmt: skip
    return round_id


async def an_alert(database: Database, scene: Scene, kind: str = "cash-limit") -> UUID:
    alert_id = new_id()
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO alert (id, branch_id, kind, subject_id, agent_id, title, detail,"
            " raised_at) VALUES (:id, :branch, :kind, :id, :agent, 'Limit reached', 'Deposit',"
            " :at) RETURNING id",
            id=alert_id, branch=scene.branch_id, agent=scene.agent_id, kind=kind, at=MONDAY_NINE,
        )  # fmt: skip
    return alert_id


async def a_visit(
    database: Database,
    scene: Scene,
    case: ACase,
    verdict: str,
    ended_at: datetime = MONDAY_NINE,
    lasted: timedelta = HOUR / 6,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO visit (id, first_id, branch_id, agent_id, day, fence_ids, case_ids,"
            " began_at, ended_at, is_closed, location, uncertainty_m, ping_count, posterior,"
            " verdict, reasons, decided_at, change) VALUES (:id, :id, :branch, :agent, :day,"
            " :fences, :cases, :began, :ended, true, 'SRID=4326;POINT(-71.25 -29.9)', 8, 9, 0.95,"
            " :verdict, '[]', :ended, 'new') RETURNING id",
            id=new_id(), branch=scene.branch_id, agent=scene.agent_id, day=ended_at.date(),
            fences=[case.fence_id], cases=[case.case_id], began=ended_at - lasted, ended=ended_at,
            verdict=verdict,
        )  # fmt: skip


def rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
