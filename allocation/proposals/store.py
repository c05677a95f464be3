"""SQL of proposals: their changes, what was edited by hand, what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, null, text, update

from allocation.proposals.proposal import (
    Origin,
    Outcome,
    Portfolio,
    Proposal,
    ProposedChange,
    WithoutAgent,
)
from core.ids import new_id
from core.said import plain
from data.session import Session, rows
from data.tables.proposals import AssignmentProposal, ProposalEdit
from data.tables.proposals import ProposedChange as ChangeRow

CHANGE = (
    "case_id, from_id, to_id, reason, row, pin, pin_until, lend, overrule, hypothetical, label,"
    " lat, lon, work_s, expected_minor, from_travel_s, to_travel_s, from_knows, to_knows, outcome"
)
PROPOSAL = (
    "id, branch_id, branch_ids, origin, name, rows_read, problems, figures, revision, state,"
    " made_at, made_by, settled_at, undone_at, (SELECT count(*) FROM proposed_change c"
    " WHERE c.proposal_id = assignment_proposal.id) AS changes"
)


@dataclass(frozen=True, slots=True)
class NewProposal:
    """A proposal to be kept. Those that were solved for come with figures and portfolios."""

    branch_id: UUID
    branch_ids: tuple[UUID, ...]
    origin: Origin
    name: str
    changes: Sequence[ProposedChange]
    problems: Sequence[Mapping[str, Any]] = ()
    rows_read: int | None = None
    file_hash: bytes | None = None
    figures: Mapping[str, Any] | None = None
    portfolios: Sequence[Portfolio] | None = None
    without: Sequence[WithoutAgent] | None = None


@dataclass(frozen=True, slots=True)
class TalliedProposal:
    """What the figures of a proposal are made of, beside its changes."""

    portfolios: tuple[Portfolio, ...]
    without: tuple[WithoutAgent, ...]


@dataclass(frozen=True, slots=True)
class NamedChange:
    """A change with what people call the case and the agents; None where nobody in scope knows."""

    change: ProposedChange
    customer: str | None
    account: str | None
    from_agent: str | None
    from_name: str | None
    to_agent: str | None
    to_name: str | None


@dataclass(frozen=True, slots=True)
class NewEdit:
    """A row that is edited by hand, from one agent to another, None for nobody."""

    case_id: UUID
    was_id: UUID | None
    now_id: UUID | None


@dataclass(frozen=True, slots=True)
class Edit:
    """The same as it is kept, with who did it and why."""

    case_id: UUID
    was_id: UUID | None
    now_id: UUID | None
    reason: str
    revision: int
    edited_at: datetime
    edited_by: str


async def add(session: Session, new: NewProposal, by: UUID, now: datetime) -> UUID:
    """Keep a proposal with its changes."""
    proposal_id = new_id()
    await session.execute(
        insert(AssignmentProposal).values(
            id=proposal_id, branch_id=new.branch_id, branch_ids=sorted(new.branch_ids),
            origin=new.origin, name=new.name, file_hash=new.file_hash, rows_read=new.rows_read,
            problems=list(new.problems), figures=_json(new.figures),
            portfolios=_json(new.portfolios),
            unplaced=_json(new.without), made_at=now, made_by=by,
        )
    )  # fmt: skip
    await put_changes(session, proposal_id, new.changes)
    return proposal_id


def _json(value: object) -> Any:
    """A value for a JSON column; None is NULL there, not JSON's null."""
    return null() if value is None else msgspec.to_builtins(value, enc_hook=plain)


async def put_changes(
    session: Session, proposal_id: UUID, changes: Sequence[ProposedChange]
) -> None:
    """Have a proposal make these changes, in place of others for the same cases."""
    await remove_changes(session, proposal_id, [change.case_id for change in changes])
    if changes:
        values = [{"proposal_id": proposal_id, **asdict(change)} for change in changes]
        await session.execute(insert(ChangeRow), values)


async def remove_changes(session: Session, proposal_id: UUID, case_ids: Sequence[UUID]) -> None:
    """Have a proposal leave these cases alone."""
    await session.execute(
        text(
            "DELETE FROM proposed_change WHERE proposal_id = :id"
            " AND case_id = ANY (CAST(:cases AS uuid[]))"
        ),
        {"id": proposal_id, "cases": [str(case) for case in case_ids]},
    )


async def proposal(session: Session, proposal_id: UUID, *, lock: bool = False) -> Proposal | None:
    """A proposal in scope; locked until the end of the transaction where that is asked."""
    if lock:
        await rows(
            session, "SELECT 1 FROM assignment_proposal WHERE id = :id FOR UPDATE", id=proposal_id
        )
    found = await rows(
        session,
        f"SELECT {PROPOSAL} FROM assignment_proposal WHERE id = :id",  # noqa: S608
        id=proposal_id,
    )
    return Proposal(*found[0]) if found else None


async def proposals(
    session: Session,
    branch_id: UUID | None,
    state: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Proposal]:
    """Proposals in scope, the newest first, behind the one at `after`."""
    made_at, id_ = after or (None, None)
    found = await rows(
        session,
        f"SELECT {PROPOSAL} FROM assignment_proposal"  # noqa: S608 - nothing of a caller's is in it
        " WHERE (CAST(:branch AS uuid) IS NULL OR CAST(:branch AS uuid) = ANY (branch_ids))"
        " AND (CAST(:state AS text) IS NULL OR state = :state)"
        " AND (CAST(:made_at AS timestamptz) IS NULL"
        "      OR (made_at, id) < (CAST(:made_at AS timestamptz), CAST(:after AS uuid)))"
        " ORDER BY made_at DESC, id DESC LIMIT :limit",
        branch=branch_id,
        state=state,
        made_at=made_at,
        after=id_,
        limit=limit,
    )
    return [Proposal(*r) for r in found]


async def tallied(session: Session, proposal_id: UUID) -> TalliedProposal:
    """What a proposal's figures are made of."""
    (found,) = await rows(
        session,
        "SELECT portfolios, unplaced FROM assignment_proposal WHERE id = :id",
        id=proposal_id,
    )
    return TalliedProposal(
        msgspec.convert(found.portfolios or (), tuple[Portfolio, ...], strict=False),
        msgspec.convert(found.unplaced or (), tuple[WithoutAgent, ...], strict=False),
    )


async def changes(session: Session, proposal_id: UUID) -> list[ProposedChange]:
    """The changes of a proposal in scope."""
    found = await rows(
        session,
        f"SELECT {CHANGE} FROM proposed_change WHERE proposal_id = :id"  # noqa: S608
        " ORDER BY row, case_id",
        id=proposal_id,
    )
    return [ProposedChange(*r) for r in found]


async def named_changes(session: Session, proposal_id: UUID) -> list[NamedChange]:
    """The changes of a proposal in scope, with names."""
    found = await rows(
        session,
        f"""
        SELECT {", ".join(f"c.{name.strip()}" for name in CHANGE.split(","))},
               cu.full_name AS customer, ac.source_ref AS account,
               f.username AS from_agent, f.full_name AS from_name,
               t.username AS to_agent, t.full_name AS to_name
        FROM proposed_change c LEFT JOIN case_file k ON k.id = c.case_id
        LEFT JOIN customer cu ON cu.id = k.customer_id LEFT JOIN account ac ON ac.id = k.account_id
        LEFT JOIN staff f ON f.id = c.from_id LEFT JOIN staff t ON t.id = c.to_id
        WHERE c.proposal_id = :id ORDER BY c.row, c.case_id
        """,  # noqa: S608 - nothing of a caller's is in it
        id=proposal_id,
    )
    own = len(CHANGE.split(","))
    return [NamedChange(ProposedChange(*r[:own]), *r[own:]) for r in found]


async def set_outcomes(
    session: Session, proposal_id: UUID, outcomes: Mapping[UUID, Outcome]
) -> None:
    """Say what became of changes, case by case."""
    await session.execute(
        text(
            "UPDATE proposed_change c SET outcome = o.outcome"
            " FROM unnest(CAST(:cases AS uuid[]), CAST(:outcomes AS text[])) AS o (id, outcome)"
            " WHERE c.proposal_id = :proposal AND c.case_id = o.id"
        ),
        {
            "proposal": proposal_id,
            "cases": [str(case) for case in outcomes],
            "outcomes": list(outcomes.values()),
        },
    )


async def revise(
    session: Session,
    proposal_id: UUID,
    figures: Mapping[str, Any] | None,
    edits: Sequence[NewEdit],
    reason: str,
    by: UUID,
    now: datetime,
) -> None:
    """Count an edit by hand, with the figures that follow from it, and keep who did what."""
    found = await session.execute(
        update(AssignmentProposal)
        .where(AssignmentProposal.id == proposal_id)
        .values(revision=AssignmentProposal.revision + 1, figures=_json(figures))
        .returning(AssignmentProposal.revision)
    )
    revision = found.scalar_one()
    values = [
        {
            "proposal_id": proposal_id, "revision": revision, "case_id": edit.case_id,
            "was_id": edit.was_id, "now_id": edit.now_id, "reason": reason, "edited_at": now,
            "edited_by": by,
        }
        for edit in edits
    ]  # fmt: skip
    await session.execute(insert(ProposalEdit), values)


async def edits(session: Session, proposal_id: UUID) -> list[Edit]:
    """What was edited by hand in a proposal in scope, and by whom, the newest first."""
    found = await rows(
        session,
        "SELECT e.case_id, e.was_id, e.now_id, e.reason, e.revision, e.edited_at, s.full_name"
        " FROM proposal_edit e JOIN staff s ON s.id = e.edited_by"
        " WHERE e.proposal_id = :id ORDER BY e.revision DESC, e.case_id",
        id=proposal_id,
    )
    return [Edit(*r) for r in found]


async def settle(session: Session, proposal_id: UUID, state: str, by: UUID, now: datetime) -> None:
    """Say that a proposal was published or discarded."""
    await session.execute(
        text(
            "UPDATE assignment_proposal SET state = :state, settled_at = :now, settled_by = :by"
            " WHERE id = :id"
        ),
        {"id": proposal_id, "state": state, "now": now, "by": by},
    )


async def mark_undone(session: Session, proposal_id: UUID, by: UUID, now: datetime) -> None:
    """Say that what a proposal published was undone."""
    await session.execute(
        text(
            "UPDATE assignment_proposal SET state = 'undone', undone_at = :now, undone_by = :by"
            " WHERE id = :id"
        ),
        {"id": proposal_id, "now": now, "by": by},
    )


async def untouched(session: Session, proposal_id: UUID) -> set[UUID]:
    """The cases that a published proposal moved and nobody has touched since."""
    found = await rows(
        session,
        """
        SELECT c.case_id FROM proposed_change c JOIN assignment_proposal p ON p.id = c.proposal_id
        JOIN case_file k ON k.id = c.case_id AND k.closed_at IS NULL
        LEFT JOIN assignment a ON a.case_id = c.case_id AND a.channel = 'visit'
            AND upper_inf(a.during)
        WHERE p.id = :id AND c.outcome = 'moved' AND a.agent_id IS NOT DISTINCT FROM c.to_id
          AND (c.from_id IS NOT DISTINCT FROM c.to_id OR NOT EXISTS (
              SELECT FROM assignment b WHERE b.case_id = c.case_id AND b.channel = 'visit'
              AND lower(b.during) > p.settled_at))
        """,
        id=proposal_id,
    )
    return {r.case_id for r in found}
