"""Give a case an instruction, and end one. Rounds follow it from the next planning on."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from collection.errors import CaseNotFound
from core.errors import IdReused
from data.session import Session
from routing.instructions import store
from routing.instructions.errors import InstructionNotFound, NotInARound
from routing.instructions.instruction import (
    KEEP_WITHIN_S,
    LATE_TO_FIXED_S,
    Instruction,
    Kind,
    check_instruction,
)


async def instruct(
    session: Session, staff_id: UUID, made: Instruction, body_hash: bytes, now: datetime
) -> store.StoredInstruction:
    """Keep an instruction. The same body again gets the same answer.

    Raises `CaseNotFound`, `IdReused`, `InvalidField`, `NotInARound` where there is no planned time
    to keep, and `InstructionStands` where another one holds on one of its days.
    """
    # 1. A repeat gets what was kept, whatever the day is by now.
    known = await store.instruction(session, made.id)
    if known:
        if known.body_hash != body_hash or known.instruction.case_id != made.case_id:
            raise IdReused("instruction", str(made.id))
        return known
    case = await store.case_place(session, made.case_id)
    if case is None:
        raise CaseNotFound(str(made.case_id))
    # 2. Can it be followed?
    check_instruction(made, case.zone, now)
    if made.kind is Kind.FIXED_TIME and made.tolerance_s is None:
        made = replace(made, tolerance_s=LATE_TO_FIXED_S)
    if made.kind is Kind.KEEP_AS_PLANNED:
        planned_at = await store.planned_begin(session, made.case_id, made.from_day)
        if planned_at is None:
            raise NotInARound(str(made.case_id), made.from_day)
        made = replace(made, at=planned_at, tolerance_s=KEEP_WITHIN_S)
    # 3. Keep it; the database lets one stand on each day.
    return await store.add_instruction(session, case.branch_id, staff_id, made, body_hash, now)


async def end_instruction(
    session: Session, case_id: UUID, instruction_id: UUID, staff_id: UUID, now: datetime
) -> store.StoredInstruction:
    """End an instruction from now on; one that has ended stays as it is.

    Raises `InstructionNotFound`.
    """
    known = await store.instruction(session, instruction_id)
    ours = await store.case_place(session, case_id)
    if ours is None or known is None or known.instruction.case_id != case_id:
        raise InstructionNotFound(str(instruction_id))
    await store.end(session, instruction_id, staff_id, now)
    ended = await store.instruction(session, instruction_id)
    assert ended is not None, "instructions are never deleted"
    return ended
