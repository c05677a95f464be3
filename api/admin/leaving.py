"""Somebody leaves: what they have, and the end of it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from allocation.leaving import store
from allocation.leaving.leave import Wanted, leave
from api.allocation.owners import MovedAnswer
from api.deps import Admin, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Instant, MoneyAnswer, Text

router = Router(prefix="/v1/staff/{id}/leave", tags=["admin: people"])


class PhoneAnswer(Answer):
    """The phone that they are signed on to. What it has not sent until now is lost when its key
    ends, so have it send first: `heard_at` is when anything last came from it."""

    id: UUID
    label: str
    heard_at: Instant | None


class CashAnswer(Answer):
    """Cash in their hands, on its way to a vault or a bank, and lent to the phone for receipts
    offline, which may not be in yet."""

    in_hand: MoneyAnswer
    in_transit: MoneyAnswer
    on_lease: MoneyAnswer


class StandingAnswer(Answer):
    """What somebody has, all of which ends when they leave. `api_keys` are those that they issued,
    by the programs' names: rotate before what a program goes on to need."""

    staff_id: UUID
    name: str
    role: str
    left_at: Instant | None
    sign_ins: int
    open_cases: int
    shifts: int
    open_handovers: list[UUID]
    receipt_books: list[str]
    api_keys: list[str]
    phone: PhoneAnswer | None
    cash: CashAnswer | None


class LeaveBody(Body):
    """Why, who gets the cases (nobody yet without `cases_to`), and whether cash that was not handed
    over is posted as owed by who leaves."""

    reason: Text
    cases_to: UUID | None = None
    post_shortage: Annotated[bool, Field(description="refused with cash in hand otherwise")] = False


class LeftAnswer(Answer):
    """What leaving came to: what they had before, what they owe, and where the cases are."""

    was: StandingAnswer
    shortage: MoneyAnswer | None
    moved: MovedAnswer | None


@router.get("")
async def get_leave(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Read,
    now: Now,
) -> StandingAnswer:
    """What would end if somebody left now."""
    return StandingAnswer.model_validate(await store.standing(session, id, now))


@router.post("")
async def post_leave(
    id: UUID,  # noqa: A002
    body: LeaveBody,
    caller: Admin,
    session: Tx,
    now: Now,
) -> LeftAnswer:
    """End somebody's account with all that hangs on it: sign-ins, the phone's key, keys of programs
    that they were shown, lease and offers of cash, shifts to come, cases, and the till. All of it
    or, refused, nothing."""
    wanted = Wanted(body.reason, body.cases_to, body.post_shortage)
    return LeftAnswer.model_validate(await leave(session, id, wanted, caller.id, now))
