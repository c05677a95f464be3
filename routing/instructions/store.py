"""SQL of instructions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.exc import IntegrityError

from core.errors import IdReused
from data.session import Session, rows, savepoint
from data.tables.routing import CaseInstruction
from routing.instructions.errors import InstructionStands
from routing.instructions.instruction import Instruction, Kind

ONE_A_DAY = "ex_case_instruction_one_a_day"


@dataclass(frozen=True, slots=True)
class StoredInstruction:
    """An instruction with who gave it, and who ended it; None while it stands.

    Of somebody whom the caller does not see, the name is that it was another branch.
    """

    instruction: Instruction
    made_at: datetime
    made_by: UUID
    made_by_name: str
    ended_at: datetime | None
    ended_by: UUID | None
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class CasePlace:
    """Where a case is worked."""

    branch_id: UUID
    zone: str


_INSTRUCTION = """
SELECT i.id, i.case_id, i.kind, lower(i.days) AS from_day, upper(i.days) - 1 AS until_day, i.reason,
       i.at, i.tolerance_s, i.made_at, i.made_by,
       coalesce(s.full_name, 'another branch') AS made_by_name, i.ended_at, i.ended_by, i.body_hash
FROM case_instruction i LEFT JOIN staff s ON s.id = i.made_by
"""


async def instruction(session: Session, instruction_id: UUID) -> StoredInstruction | None:
    """An instruction in scope by its id."""
    found = await rows(session, f"{_INSTRUCTION} WHERE i.id = :id", id=instruction_id)
    return _stored(found[0]) if found else None


async def instructions_of(session: Session, case_id: UUID) -> list[StoredInstruction]:
    """All that was ever ordered for a case, the newest first."""
    found = await rows(
        session,
        f"{_INSTRUCTION} WHERE i.case_id = :case ORDER BY i.made_at DESC, i.id DESC",
        case=case_id,
    )
    return [_stored(r) for r in found]


async def standing(
    session: Session, case_ids: Sequence[UUID], day: date
) -> dict[UUID, StoredInstruction]:
    """What stands for these cases on `day`, by case."""
    found = await rows(
        session,
        f"{_INSTRUCTION} WHERE i.case_id = ANY(CAST(:cases AS uuid[])) AND i.ended_at IS NULL"
        " AND i.days @> CAST(:day AS date)",
        cases=[str(case) for case in case_ids],
        day=day,
    )
    return {r.case_id: _stored(r) for r in found}


async def case_place(session: Session, case_id: UUID) -> CasePlace | None:
    """The branch and zone of a case of the caller's branches; None for one that is lent to them."""
    found = await rows(
        session,
        "SELECT c.branch_id, b.zone FROM case_file c JOIN branch b ON b.id = c.branch_id"
        " WHERE c.id = :case",
        case=case_id,
    )
    return CasePlace(*found[0]) if found else None


async def planned_begin(session: Session, case_id: UUID, day: date) -> datetime | None:
    """When the round in force has the visit of a case on `day` begin."""
    found = await rows(
        session,
        "SELECT s.begins_at FROM stop s JOIN round r ON r.id = s.round_id"
        " WHERE s.case_id = :case AND r.day = :day AND r.replaced_at IS NULL",
        case=case_id,
        day=day,
    )
    return found[0].begins_at if found else None


async def add_instruction(
    session: Session,
    branch_id: UUID,
    staff_id: UUID,
    made: Instruction,
    body_hash: bytes,
    now: datetime,
) -> StoredInstruction:
    """Store an instruction. Raises `InstructionStands`, or `IdReused` where its id is taken."""
    after = made.until_day + timedelta(days=1) if made.until_day else None
    try:
        async with savepoint(session):
            await session.execute(
                insert(CaseInstruction).values(
                    id=made.id, branch_id=branch_id, case_id=made.case_id, kind=made.kind.value,
                    days=Range(made.from_day, after), at=made.at, tolerance_s=made.tolerance_s,
                    reason=made.reason, made_at=now, made_by=staff_id, body_hash=body_hash,
                )
            )  # fmt: skip
    except IntegrityError as refused:
        if ONE_A_DAY not in str(refused.orig):
            # Another request with this id was first; what it stored answers a third one.
            known = await instruction(session, made.id)
            if known and known.body_hash == body_hash and known.instruction.case_id == made.case_id:
                return known
            raise IdReused("instruction", str(made.id)) from None
        other = await _in_the_way(session, made, after)
        # The same request may have come twice at once: then it stands in its own way.
        if other.instruction.id == made.id and other.body_hash == body_hash:
            return other
        raise _stands(other) from None
    added = await instruction(session, made.id)
    assert added is not None, "it was just added"
    return added


async def end(session: Session, instruction_id: UUID, staff_id: UUID, now: datetime) -> None:
    """End an instruction that stands."""
    await rows(
        session,
        "UPDATE case_instruction SET ended_at = :now, ended_by = :staff"
        " WHERE id = :id AND ended_at IS NULL RETURNING id",
        id=instruction_id,
        staff=staff_id,
        now=now,
    )


async def _in_the_way(session: Session, made: Instruction, after: date | None) -> StoredInstruction:
    found = await rows(
        session,
        f"{_INSTRUCTION} WHERE i.case_id = :case AND i.ended_at IS NULL"
        " AND i.days && daterange(:from_day, :after) ORDER BY i.days",
        case=made.case_id,
        from_day=made.from_day,
        after=after,
    )
    return _stored(found[0])


def _stands(other: StoredInstruction) -> InstructionStands:
    its = other.instruction
    return InstructionStands(
        str(its.id), its.kind, its.from_day, its.until_day, other.made_by_name, its.reason
    )


def _stored(r: Any) -> StoredInstruction:
    made = Instruction(
        r.id, r.case_id, Kind(r.kind), r.from_day, r.until_day, r.reason, r.at, r.tolerance_s
    )
    return StoredInstruction(
        made, r.made_at, r.made_by, r.made_by_name, r.ended_at, r.ended_by, bytes(r.body_hash)
    )
