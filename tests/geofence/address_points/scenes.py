"""Visits that something confirms, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from core.geometry import LatLon
from core.ids import new_id
from data.columns import ewkt_point
from data.session import EVERYTHING, Database, Session, rows
from data.tables.collection import Promise
from data.tables.custody import Receipt
from data.tables.geofence import CheckIn, Visit
from geofence.address_points.proposals.propose import Proposed, propose_points
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, a_person, a_token, an_agent
from tests.geofence.shapes.outlines import HERE, at

NOW = MONDAY_NINE + timedelta(hours=8)
BODY = b"0" * 32


@dataclass
class Town:
    """A branch with a supervisor, two agents and a case at `HERE`, which is the first agent's."""

    branch: UUID
    supervisor: UUID
    token: str
    ana: UUID
    ben: UUID
    case: ACase


async def a_town(database: Database, **case: Any) -> Town:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        supervisor = await a_person(session, branch)
        ana, ben = await an_agent(session, branch), await an_agent(session, branch, "Ben Ruiz")
        return Town(
            branch, supervisor, await a_token(session, supervisor), ana, ben,
            await a_case(session, branch, agent_id=ana, **({"at": HERE} | case)),
        )  # fmt: skip


async def a_confirmed_visit(
    session: Session,
    town: Town,
    agent: UUID,
    position: LatLon,
    *,
    case: ACase | None = None,
    by: str | None = "check-in",
    days_ago: int = 0,
    hour: int = 0,
    verdict: str = "verified",
    fix: LatLon | None = None,
    fact_after: timedelta = timedelta(minutes=5),
    **changed: Any,
) -> UUID:
    """A visit of ten minutes with a fact that confirms it (`by` None: with none)."""
    case = case or town.case
    began = MONDAY_NINE + timedelta(hours=hour) - timedelta(days=days_ago)
    visit = new_id()
    values: dict[str, Any] = {
        "id": visit, "first_id": visit, "branch_id": town.branch, "agent_id": agent,
        "day": began.date(), "fence_ids": [case.fence_id], "case_ids": [case.case_id],
        "began_at": began,
        "ended_at": began + timedelta(minutes=10), "is_closed": True,
        "location": ewkt_point(position), "uncertainty_m": 5.0, "ping_count": 40,
        "posterior": 0.95, "verdict": verdict, "reasons": [], "decided_at": began,
        "change": "first seen",
    }  # fmt: skip
    await session.execute(insert(Visit).values(values | changed))
    if by:
        await _fact(session, town, agent, case, by, began + fact_after, fix or position)
    return visit


async def _fact(
    session: Session, town: Town, agent: UUID, case: ACase, by: str, when: datetime, fix: LatLon
) -> None:
    common = {"id": new_id(), "branch_id": town.branch, "agent_id": agent, "body_hash": BODY,
              "case_id": case.case_id}  # fmt: skip
    shown = {"lat": fix.lat, "lon": fix.lon, "accuracy_m": 8, "mock": False}
    if by == "promise":
        await session.execute(
            insert(Promise).values(
                **common, account_id=case.account_id, amount_minor=100, currency="CLP",
                due_on=when.date(), made_at=when, source="field", state="kept", settled_at=when,
            )
        )  # fmt: skip
    elif by == "receipt":
        series = await rows(session, "UPDATE receipt_series SET next_number = next_number + 1"
                            " WHERE agent_id = :a RETURNING id, next_number", a=agent)  # fmt: skip
        await session.execute(
            insert(Receipt).values(
                **common, account_id=case.account_id, series_id=series[0].id,
                number=series[0].next_number - 1, mode="cash", amount_minor=100, advance_minor=0,
                outstanding_minor=0, headroom_minor=0, currency="CLP", taken_at=when,
                received_at=when, fix=shown, distance_m=0,
            )
        )  # fmt: skip
    else:
        code = "outside-fence" if by == "check-in outside" else "inside-fence"
        verdict = "unverified" if by == "check-in outside" else "probable"
        await session.execute(
            insert(CheckIn).values(
                **common, device_time=when, server_time=when, fix=shown, distance_m=0,
                verdict=verdict, reasons=[{"code": code, "text": "", "facts": {}}],
            )
        )  # fmt: skip


async def several(
    session: Session, town: Town, agent: UUID, x: float, *, days: Sequence[int] = (1, 2)
) -> None:
    """Confirmed visits of an agent `x` metres east of the address, give or take a metre."""
    for n in days:
        await a_confirmed_visit(session, town, agent, at(x + n % 2, n % 3), days_ago=n)


async def sweep(database: Database, now: datetime = NOW) -> Proposed:
    async with database.transaction(EVERYTHING) as session:
        return await propose_points(session, now)


async def one(database: Database, statement: str, **parameters: Any) -> Any:
    async with database.transaction(EVERYTHING) as session:
        return (await rows(session, statement, **parameters))[0]


async def fence_of(database: Database, address_id: UUID) -> Any:
    return await one(
        database,
        "SELECT lat, lon, radius_m, point_version, point_origin, sole_witness, changed_at,"
        " polygon IS NOT NULL AS has_shape FROM fence WHERE address_id = :a",
        a=address_id,
    )
