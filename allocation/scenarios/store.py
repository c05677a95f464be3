"""SQL of scenarios."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, text

from allocation.scenarios.change import KINDS
from allocation.scenarios.kind import Change
from allocation.scenarios.scenario import Scenario, Wanted
from core.ids import new_id
from core.said import plain
from data.session import Session, rows
from data.tables.proposals import Scenario as ScenarioRow

_COLUMNS = (
    "id, branch_id, branch_ids, name, day, {changes} AS changes, with_rounds, state, doing, share,"
    " problem, proposal_id, made_at, made_by, ended_at"
)
_TOLD = _COLUMNS.format(
    changes="(SELECT coalesce(jsonb_agg(c - 'content' ORDER BY n), '[]')"
    " FROM jsonb_array_elements(changes) WITH ORDINALITY AS e (c, n))"
)
"""Without what is in files: only who solves a scenario reads that."""
_WHOLE = _COLUMNS.format(changes="changes")
_NAME_OF = {kind: name for name, kind in KINDS.items()}


async def add(session: Session, wanted: Wanted, day: date, by: UUID, now: datetime) -> UUID:
    """Keep a scenario that is to be solved."""
    scenario_id = new_id()
    await session.execute(
        insert(ScenarioRow).values(
            id=scenario_id, branch_id=wanted.branch_ids[0], branch_ids=sorted(wanted.branch_ids),
            name=wanted.name, day=day, changes=[written(change) for change in wanted.changes],
            with_rounds=wanted.with_rounds, made_at=now, made_by=by,
        )
    )  # fmt: skip
    return scenario_id


def written(change: Change) -> dict[str, Any]:
    """A change as it is stored and told."""
    return {"kind": _NAME_OF[type(change)], **msgspec.to_builtins(change, enc_hook=plain)}


def read(told: Mapping[str, Any]) -> Change:
    """A change as it was written."""
    facts = {name: value for name, value in told.items() if name != "kind"}
    change: Change = msgspec.convert(facts, KINDS[told["kind"]], strict=False)
    return change


def _scenario(r: Any) -> Scenario:
    return Scenario(
        r.id, r.branch_id, list(r.branch_ids), r.name, r.day, tuple(map(read, r.changes)),
        r.with_rounds, r.state, r.doing, r.share, r.problem, r.proposal_id, r.made_at, r.made_by,
        r.ended_at,
    )  # fmt: skip


async def scenario(
    session: Session, scenario_id: UUID, *, lock: bool = False, files: bool = False
) -> Scenario | None:
    """A scenario in scope, with what is in its `files` where that is asked; locked until the end of
    the transaction with `lock`."""
    columns, end = _WHOLE if files else _TOLD, " FOR UPDATE" if lock else ""
    found = await rows(
        session,
        f"SELECT {columns} FROM scenario WHERE id = :id{end}",  # noqa: S608
        id=scenario_id,
    )
    return _scenario(found[0]) if found else None


async def scenarios(session: Session, branch_id: UUID | None, limit: int) -> list[Scenario]:
    """The last scenarios in scope, the newest first."""
    found = await rows(
        session,
        f"SELECT {_TOLD} FROM scenario"  # noqa: S608 - nothing of a caller's is in it
        " WHERE CAST(:branch AS uuid) IS NULL OR CAST(:branch AS uuid) = ANY (branch_ids)"
        " ORDER BY made_at DESC, id DESC LIMIT :limit",
        branch=branch_id,
        limit=limit,
    )
    return [_scenario(r) for r in found]


async def progress(session: Session, scenario_id: UUID, doing: str, share: float) -> None:
    """Say how far a scenario is that is being solved."""
    await session.execute(
        text(
            "UPDATE scenario SET state = 'running', doing = :doing, share = :share"
            " WHERE id = :id AND state IN ('waiting', 'running')"
        ),
        {"id": scenario_id, "doing": doing, "share": share},
    )


async def finish(session: Session, scenario_id: UUID, proposal_id: UUID, now: datetime) -> None:
    """Say what proposal a scenario ended in."""
    await session.execute(
        text(
            "UPDATE scenario SET state = 'done', doing = 'Done', share = 1, ended_at = :now,"
            " proposal_id = :proposal WHERE id = :id"
        ),
        {"id": scenario_id, "proposal": proposal_id, "now": now},
    )


async def fail(
    session: Session, scenario_id: UUID, problem: Mapping[str, str], now: datetime
) -> None:
    """Say why a scenario could not be solved."""
    await session.execute(
        ScenarioRow.__table__.update()  # type: ignore[attr-defined]
        .where(ScenarioRow.id == scenario_id)
        .values(state="failed", doing="Failed", problem=dict(problem), ended_at=now)
    )


async def first_working_day(
    session: Session, branch_ids: Sequence[UUID], now: datetime
) -> date | None:
    """The first day, by the branches' clocks, with a shift that is not over."""
    found = await rows(
        session,
        "SELECT min((lower(s.during) AT TIME ZONE b.zone)::date) AS day FROM shift s"
        " JOIN agent_profile a USING (agent_id) JOIN branch b ON b.id = a.branch_id"
        " WHERE a.branch_id = ANY (CAST(:branches AS uuid[])) AND upper(s.during) > :now"
        " AND s.absent_since IS NULL",
        branches=[str(branch) for branch in branch_ids],
        now=now,
    )
    day: date | None = found[0].day
    return day


async def agents_among(
    session: Session, branch_ids: Sequence[UUID], agent_ids: Sequence[UUID]
) -> set[UUID]:
    """Those of `agent_ids` who are active agents of these branches."""
    found = await rows(
        session,
        "SELECT p.agent_id FROM agent_profile p JOIN staff s ON s.id = p.agent_id AND s.is_active"
        " WHERE p.agent_id = ANY (CAST(:agents AS uuid[]))"
        " AND p.branch_id = ANY (CAST(:branches AS uuid[]))",
        agents=[str(agent) for agent in agent_ids],
        branches=[str(branch) for branch in branch_ids],
    )
    return {r.agent_id for r in found}


async def agent_names(session: Session, branch_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What the agents of these branches are called."""
    found = await rows(
        session,
        "SELECT p.agent_id, s.full_name FROM agent_profile p JOIN staff s ON s.id = p.agent_id"
        " WHERE p.branch_id = ANY (CAST(:branches AS uuid[]))",
        branches=[str(branch) for branch in branch_ids],
    )
    return {r.agent_id: r.full_name for r in found}


async def case_labels(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Customer and account of cases in scope."""
    found = await rows(
        session,
        "SELECT c.id, cu.full_name || ', ' || ac.source_ref AS label FROM case_file c"
        " JOIN customer cu ON cu.id = c.customer_id JOIN account ac ON ac.id = c.account_id"
        " WHERE c.id = ANY (CAST(:cases AS uuid[]))",
        cases=[str(case) for case in case_ids],
    )
    return {r.id: r.label for r in found}
