"""Who has which case: moves by hand, pins, what is planned, and history."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from allocation.owners import store
from allocation.owners.move import Order, RefusalCode, Terms
from allocation.owners.move_cases import Moved, hand_over_all, move_cases
from allocation.owners.pin_case import cancel_planned, pin_case, unpin_case
from api.deps import AllocationManager, Now, Read, Tx
from api.once import Once
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Instant, Moment, Text
from collection.errors import CaseNotFound

router = Router(prefix="/v1", tags=["allocation"])

MOST_MOVES = 5_000


class TermsBody(Body):
    """Why, from when until when, and how firmly.

    `lend` allows an agent of another branch, `overrule` one whom a rule keeps from the case.
    """

    reason: Text
    from_at: Moment | None = None
    until: Moment | None = None
    pin: bool = False
    pin_until: Moment | None = None
    lend: bool = False
    overrule: bool = False

    def terms(self) -> Terms:
        """The domain's value."""
        return Terms(
            self.reason, self.from_at, self.until, self.pin, self.pin_until, self.lend,
            self.overrule,
        )  # fmt: skip


class OwnerBody(TermsBody):
    """A new owner, or nobody."""

    agent_id: UUID | None


class HandOverBody(TermsBody):
    """Who gets all that an agent has, or nobody."""

    to_agent_id: UUID | None


class MoveBody(Body):
    """A case and its new owner, or nobody."""

    case_id: UUID
    agent_id: UUID | None


class MovesBody(TermsBody):
    """Many moves on the same terms."""

    moves: Annotated[list[MoveBody], Field(min_length=1, max_length=MOST_MOVES)]


class PinBody(Body):
    """Why a case stays with its agent, and until when."""

    reason: Text
    until: Moment | None = None


class ChangeAnswer(Answer):
    """A case whose owner changed, or will; None is nobody."""

    case_id: UUID
    from_id: UUID | None
    to_id: UUID | None


class RefusalAnswer(Answer):
    """A move that was not made, and what would be right."""

    case_id: UUID
    code: RefusalCode
    detail: Told


class MovedAnswer(Answer):
    """What became of the moves. Members of a center come with theirs."""

    moved: list[ChangeAnswer]
    planned: list[ChangeAnswer]
    unchanged: list[UUID]
    refused: list[RefusalAnswer]


class HadAnswer(Answer):
    """Somebody who had, or has, a case. `by` is None where an allocation decided."""

    agent_id: UUID
    agent: str
    began_at: Instant
    ended_at: Instant | None
    reason: str
    by: str | None
    lent_to: str | None


class PinAnswer(Answer):
    """A case that stays with its agent whatever allocations find."""

    agent_id: UUID
    agent: str
    reason: str
    pinned_at: Instant
    pinned_by: str
    until: Instant | None


class PlannedAnswer(Answer):
    """A change of owner that is to happen."""

    id: UUID
    case_id: UUID
    agent_id: UUID | None
    due_at: Instant
    reason: str


class HistoryAnswer(Answer):
    """Who had a case when and why, the newest first; its pin, and what is planned."""

    owners: list[HadAnswer]
    pin: PinAnswer | None
    planned: list[PlannedAnswer]


def _answer(done: Moved) -> MovedAnswer:
    return MovedAnswer.model_validate(done)


@router.post("/cases/{case_id}/owner")
async def post_owner(
    case_id: UUID, body: OwnerBody, caller: AllocationManager, session: Tx, now: Now, once: Once
) -> MovedAnswer:
    """Give a case to an agent or to nobody, at once or from a date, for good or until a date."""

    async def act() -> MovedAnswer:
        if not await store.case_exists(session, case_id):
            raise CaseNotFound(str(case_id))
        orders = [Order(case_id, body.agent_id)]
        return _answer(await move_cases(session, orders, body.terms(), caller.id, now))

    return await once(body, MovedAnswer, act)


@router.post("/assignments/moves")
async def post_moves(
    body: MovesBody, caller: AllocationManager, session: Tx, now: Now, once: Once
) -> MovedAnswer:
    """Give many cases to agents. Those that cannot go are told one by one; the others go."""

    async def act() -> MovedAnswer:
        orders = [Order(move.case_id, move.agent_id) for move in body.moves]
        return _answer(await move_cases(session, orders, body.terms(), caller.id, now))

    return await once(body, MovedAnswer, act)


@router.post("/agents/{agent_id}/hand-over")
async def post_hand_over(
    agent_id: UUID, body: HandOverBody, caller: AllocationManager, session: Tx, now: Now, once: Once
) -> MovedAnswer:
    """Give all cases of an agent to another, or to nobody. The agent's cash stays in the till."""

    async def act() -> MovedAnswer:
        terms = body.terms()
        done = await hand_over_all(session, agent_id, body.to_agent_id, terms, caller.id, now)
        return _answer(done)

    return await once(body, MovedAnswer, act)


@router.get("/cases/{case_id}/assignments")
async def get_assignments(
    case_id: UUID, caller: AllocationManager, session: Read, now: Now
) -> HistoryAnswer:
    """Who had a case when and why, whether it is pinned, and what is planned."""
    if not await store.case_exists(session, case_id):
        raise CaseNotFound(str(case_id))
    owners = [HadAnswer.model_validate(had) for had in await store.history(session, case_id)]
    pin = await store.pin_of(session, case_id, now)
    planned = [PlannedAnswer.model_validate(p) for p in await store.planned(session, case_id)]
    told = PinAnswer.model_validate(pin) if pin else None
    return HistoryAnswer(owners=owners, pin=told, planned=planned)


@router.put("/cases/{case_id}/pin")
async def put_pin(
    case_id: UUID, body: PinBody, caller: AllocationManager, session: Tx, now: Now
) -> PinAnswer:
    """Have a case stay with the agent who has it: no allocation moves it, a manager still can."""
    pin = await pin_case(session, case_id, body.reason, body.until, caller.id, now)
    return PinAnswer.model_validate(pin)


@router.delete("/cases/{case_id}/pin", status_code=204)
async def delete_pin(case_id: UUID, caller: AllocationManager, session: Tx, now: Now) -> Response:
    """Let allocations move a case again."""
    await unpin_case(session, case_id, caller.id, now)
    return Response(status_code=204)


@router.delete("/planned-moves/{move_id}", status_code=204)
async def delete_planned_move(
    move_id: UUID, caller: AllocationManager, session: Tx, now: Now
) -> Response:
    """Have a planned move not happen."""
    await cancel_planned(session, move_id, now)
    return Response(status_code=204)
