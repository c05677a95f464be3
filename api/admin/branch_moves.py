"""Somebody goes to work for another branch."""

from datetime import date
from uuid import UUID

from fastapi import Response

from allocation.branch_moves import store
from allocation.branch_moves.move import Wanted, move, withdraw
from api.deps import Admin, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, Text

router = Router(prefix="/v1", tags=["admin: people"])


class BranchMoveBody(Body):
    """Where to (a branch's code), from which day on (today without one), why, and who gets the
    open cases (nobody yet without `cases_to`)."""

    to_branch: Text
    on_day: Day | None = None
    reason: Text
    cases_to: UUID | None = None


class BranchMoveAnswer(Answer):
    """A move: `planned` until its day, then `done` with what was `cleared`; or `withdrawn`."""

    id: UUID
    staff_id: UUID
    person: str
    from_branch: str
    to_branch: str
    on_day: date
    reason: str
    cases_to: UUID | None
    asked_by: UUID
    asked_by_name: str
    asked_at: Instant
    state: str
    settled_at: Instant | None
    cleared: dict[str, int | str | None] | None


class BranchMovesAnswer(Answer):
    """Moves that are still to come, the first day first."""

    items: list[BranchMoveAnswer]


@router.post("/staff/{id}/branch-moves", status_code=201)
async def post_branch_move(
    id: UUID,  # noqa: A002
    body: BranchMoveBody,
    caller: Admin,
    session: Tx,
    now: Now,
) -> BranchMoveAnswer:
    """Move a person to another branch, today or on a day to come. Cases are handed over, sign-ins
    and shifts to come end, the phone stays; cash must have been handed over and counted before."""
    wanted = Wanted(body.to_branch, body.on_day, body.reason, body.cases_to)
    return BranchMoveAnswer.model_validate(await move(session, id, wanted, caller.id, now))


@router.get("/branch-moves")
async def get_branch_moves(caller: Admin, session: Read) -> BranchMovesAnswer:
    """The moves that are still to come."""
    found = await store.planned(session)
    return BranchMovesAnswer(items=[BranchMoveAnswer.model_validate(each) for each in found])


@router.delete("/branch-moves/{id}", status_code=204)
async def delete_branch_move(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
) -> Response:
    """Take a move back that is still to come."""
    await withdraw(session, id, caller.id, now)
    return Response(status_code=204)
