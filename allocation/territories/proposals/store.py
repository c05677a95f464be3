"""SQL of proposals of territories, and of the cases that they are cut from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from allocation.store import TRAVEL_SHARE_S
from core.geometry import LatLon
from core.ids import new_id
from data.session import Session, rows
from data.tables.territories import TerritoryProposal
from routing.reach.store import SPOT


@dataclass(frozen=True, slots=True)
class Due:
    """A case to be visited: where it is, and its minutes of work with the usual share of travel."""

    position: LatLon
    work_min: float


@dataclass(frozen=True, slots=True)
class Home:
    """An agent, and where the day starts."""

    agent_id: UUID
    name: str
    position: LatLon


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cut that somebody weighs; `territories` as the API tells them."""

    id: UUID
    branch_id: UUID
    wanted: dict[str, Any]
    figures: dict[str, Any]
    territories: list[dict[str, Any]]
    state: str
    made_at: datetime
    made_by: UUID
    settled_at: datetime | None


async def due_cases(session: Session, branch_id: UUID) -> list[Due]:
    """A branch's open cases that are due a visit and on the map."""
    found = await rows(
        session,
        f"WITH {SPOT} SELECT s.lat, s.lon, (c.service_s + :travel_s) / 60.0 AS work_min"  # noqa: S608
        " FROM case_file c JOIN spot s ON s.address_id = c.address_id"
        " WHERE c.branch_id = :branch AND c.closed_at IS NULL AND c.overdue_minor > 0"
        " AND s.lat IS NOT NULL ORDER BY c.id",
        branch=branch_id,
        travel_s=TRAVEL_SHARE_S,
    )
    return [Due(LatLon(r.lat, r.lon), float(r.work_min)) for r in found]


async def homes(session: Session, branch_id: UUID) -> list[Home]:
    """The agents of a branch who are employed, by id."""
    found = await rows(
        session,
        "SELECT a.agent_id, s.full_name, ST_Y(a.home::geometry) AS lat,"
        " ST_X(a.home::geometry) AS lon FROM agent_profile a"
        " JOIN staff s ON s.id = a.agent_id AND s.is_active WHERE a.branch_id = :branch"
        " ORDER BY a.agent_id",
        branch=branch_id,
    )
    return [Home(r.agent_id, r.full_name, LatLon(r.lat, r.lon)) for r in found]


async def add(
    session: Session,
    branch_id: UUID,
    wanted: dict[str, Any],
    figures: dict[str, Any],
    territories: Sequence[dict[str, Any]],
    by: UUID,
    now: datetime,
) -> UUID:
    """Keep a proposal; its id."""
    id_ = new_id()
    await session.execute(
        insert(TerritoryProposal).values(
            id=id_, branch_id=branch_id, wanted=wanted, figures=figures,
            territories=list(territories), made_at=now, made_by=by,
        )
    )  # fmt: skip
    return id_


async def proposal(session: Session, proposal_id: UUID, *, lock: bool = False) -> Proposal | None:
    """A proposal in scope."""
    found = await rows(
        session,
        "SELECT id, branch_id, wanted, figures, territories, state, made_at, made_by, settled_at"  # noqa: S608
        f" FROM territory_proposal WHERE id = :id {'FOR UPDATE' if lock else ''}",
        id=proposal_id,
    )
    return Proposal(*found[0]) if found else None


async def proposals(session: Session, branch_id: UUID, limit: int) -> list[Proposal]:
    """The last proposals of a branch, the newest first, without their territories."""
    found = await rows(
        session,
        "SELECT id, branch_id, wanted, figures, '[]'::jsonb AS territories, state, made_at,"
        " made_by, settled_at FROM territory_proposal WHERE branch_id = :branch"
        " ORDER BY made_at DESC, id DESC LIMIT :limit",
        branch=branch_id,
        limit=limit,
    )
    return [Proposal(*r) for r in found]


async def settle(session: Session, proposal_id: UUID, state: str, by: UUID, now: datetime) -> None:
    """Have a proposal be published or discarded."""
    await session.execute(
        text(
            "UPDATE territory_proposal SET state = :state, settled_at = :now, settled_by = :by"
            " WHERE id = :id"
        ),
        {"id": proposal_id, "state": state, "by": by, "now": now},
    )


async def given_way(session: Session, branch_id: UUID, day: date, precedence: int) -> list[str]:
    """The territories with a shape and that precedence that stand on a day or later, by code."""
    found = await rows(
        session,
        "SELECT DISTINCT t.code FROM territory_version v JOIN territory t ON t.id = v.territory_id"
        " WHERE v.branch_id = :branch AND v.during && daterange(:day, NULL)"
        " AND v.shape IS NOT NULL AND v.precedence = :precedence ORDER BY t.code",
        branch=branch_id,
        day=day,
        precedence=precedence,
    )
    return [r.code for r in found]
