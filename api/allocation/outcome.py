"""What allocations came to: cases without an owner, and the figures of each run."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from allocation.outcome import store
from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import AllocationManager, Read
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Instant, MoneyAnswer
from identity import store as identity

router = Router(prefix="/v1", tags=["allocation"])


class UnallocatedAnswer(Answer):
    """An open case that nobody has, and why: a name for programs, its numbers, a sentence.

    `since` is when allocations began to give this reason; None where none has looked at it.
    """

    case_id: UUID
    branch_id: UUID
    branch: str
    customer: str
    account: str
    overdue: MoneyAnswer
    dpd: int
    urgency: float
    code: str
    sentence: Told
    facts: dict[str, Any]
    since: Instant | None


class UnallocatedPage(Answer):
    """A page of cases without an owner, the most urgent first."""

    items: list[UnallocatedAnswer]
    next_cursor: str | None


class RunAnswer(Answer):
    """An allocation of a branch, with its figures."""

    id: UUID
    day: date
    ran_at: Instant
    figures: dict[str, float]


@router.get("/unallocated")
async def get_unallocated(
    caller: AllocationManager,
    session: Read,
    branch_id: UUID | None = None,
    code: Annotated[str | None, Query(max_length=50, description="only this reason")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> UnallocatedPage:
    """Open cases of the caller's branches without an owner, each with the reason.

    Every open case has an owner or is here.
    """
    after = keys_of(cursor, float)
    found = await store.without_owner(session, branch_id, code, after, limit + 1)
    page, behind = cut(found, limit, lambda each: (each.urgency, each.case_id))
    items = [UnallocatedAnswer.model_validate(each) for each in page]
    return UnallocatedPage(items=items, next_cursor=behind)


@router.get("/branches/{code}/allocations")
async def get_allocations(
    code: str, caller: AllocationManager, session: Read, limit: Limit = 10
) -> list[RunAnswer]:
    """The last allocations of a branch, the newest first."""
    branch = await identity.branch_by_code(session, code)
    return [RunAnswer.model_validate(run) for run in await store.runs(session, branch.id, limit)]
