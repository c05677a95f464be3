"""What supervisors and allocation managers order for a case."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from allocation.owners.store import case_exists
from api.deps import AllocationManager, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, Moment, Text
from collection.errors import CaseNotFound
from collection.portfolio.store import set_needs
from routing.instructions import store
from routing.instructions.instruct import end_instruction, instruct
from routing.instructions.instruction import Instruction, Kind

router = Router(prefix="/v1/cases/{case_id}", tags=["allocation"])

InstructionId = Annotated[UUID, Path(description="made by the caller; may be sent again")]


class InstructionBody(Body):
    """An order for a case. Without `until_day` it stands until it is ended."""

    kind: Kind
    from_day: Day
    until_day: Day | None = None
    reason: Text
    at: Moment | None = Field(None, description="when the visit begins; fixed_time only")
    tolerance_s: Annotated[int, Field(ge=0, le=4 * 3600)] | None = Field(
        None, description="how much later than `at` it may begin; ten minutes unless told"
    )


class NeedsBody(Body):
    """What the agent of a case must be able to do, such as ``gold_loans``."""

    needs: Annotated[list[Text], Field(max_length=20)]


class NeedsAnswer(Answer):
    """What the agent of a case must be able to do; the customer's language comes on top."""

    needs: list[str]


class InstructionAnswer(Answer):
    """An order for a case, with who gave it. `ended_at` is empty while it stands."""

    id: UUID
    case_id: UUID
    kind: Kind
    from_day: date
    until_day: date | None
    reason: str
    at: Instant | None
    tolerance_s: int | None
    made_at: Instant
    made_by: UUID
    made_by_name: str
    ended_at: Instant | None
    ended_by: UUID | None


@router.get("/instructions")
async def get_instructions(
    case_id: UUID, caller: AllocationManager, session: Read
) -> list[InstructionAnswer]:
    """All that was ever ordered for a case, the newest first."""
    if not await case_exists(session, case_id):
        raise CaseNotFound(str(case_id))
    return [_answer(one) for one in await store.instructions_of(session, case_id)]


@router.put("/instructions/{id}")
async def put_instruction(
    case_id: UUID,
    id: InstructionId,  # noqa: A002
    body: InstructionBody,
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> InstructionAnswer:
    """Order that a case must be visited, must not be, keeps its planned time, comes next, or has a
    fixed time. Rounds follow it when they are next planned. The same again gets the same answer."""
    made = Instruction(
        id, case_id, body.kind, body.from_day, body.until_day, body.reason, body.at,
        body.tolerance_s,
    )  # fmt: skip
    return _answer(await instruct(session, caller.id, made, body.digest(), now))


@router.delete("/instructions/{id}")
async def delete_instruction(
    case_id: UUID,
    id: InstructionId,  # noqa: A002
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> InstructionAnswer:
    """End an order from now on; it is kept. Ending it again changes nothing."""
    return _answer(await end_instruction(session, case_id, id, caller.id, now))


@router.put("/needs")
async def put_needs(
    case_id: UUID, body: NeedsBody, caller: AllocationManager, session: Tx
) -> NeedsAnswer:
    """Set which skills a case needs, all of them. Allocation and rounds follow from then on."""
    await set_needs(session, case_id, body.needs)
    return NeedsAnswer(needs=body.needs)


def _answer(stored: store.StoredInstruction) -> InstructionAnswer:
    made = stored.instruction
    return InstructionAnswer(
        id=made.id, case_id=made.case_id, kind=made.kind, from_day=made.from_day,
        until_day=made.until_day, reason=made.reason, at=made.at, tolerance_s=made.tolerance_s,
        made_at=stored.made_at, made_by=stored.made_by, made_by_name=stored.made_by_name,
        ended_at=stored.ended_at, ended_by=stored.ended_by,
    )  # fmt: skip
