"""What the desk notes of a case: contacts, what comes next, stages."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.deps import Desk, Now, Read, Supervisor, Tx
from api.desk.note_bodies import DeskDispositionBody, DispositionAnswer, NextActionBody
from api.once import Once
from api.routing import Router
from api.schemas import Answer, Body, FactId, Instant, MoneyAnswer, Text
from collection.errors import CaseNotFound
from collection.field_notes.disposition import ActionKind
from collection.field_notes.next_actions.set_next_action import set_next_action
from collection.field_notes.record_disposition import Noter, record_disposition
from collection.portfolio.stages import store as stages
from collection.portfolio.stages.change_stage import change_stage
from collection.portfolio.stages.stage import Closure, Stage
from collection.promises.errors import OverrideNotAllowed
from identity.permission import Permission

router = Router(prefix="/v1", tags=["desk: notes"])


class NextActionAnswer(Answer):
    """What comes next on a case."""

    kind: ActionKind
    due_on: date
    note: str | None


class StageBody(Body):
    """Where a case goes, and why. `closure` says how it closes, and only then."""

    stage: Stage
    closure: Closure | None = None
    reason: Text


class StageChangeAnswer(Answer):
    """A case that went from one stage to another."""

    id: UUID
    case_id: UUID
    from_stage: Stage
    to_stage: Stage
    closure: Closure | None
    reason: str
    changed_at: Instant
    changed_by: UUID | None


class StandingAnswer(Answer):
    """Where a case stands, and the stages that it may go to."""

    stage: Stage
    closure: Closure | None
    overdue: MoneyAnswer
    outstanding: MoneyAnswer
    reachable: Annotated[list[Stage], Field(description="empty when none")]


@router.put("/dispositions/{id}")
async def put_disposition(
    id: FactId,  # noqa: A002
    body: DeskDispositionBody,
    caller: Desk,
    session: Tx,
    now: Now,
) -> DispositionAnswer:
    """Note what came of a contact: the result in codes, whom it was with, what was promised, and
    what comes next."""
    if body.override_reason and Permission.SUPERVISION_ACT not in caller.permissions:
        raise OverrideNotAllowed
    noter = Noter(caller.id, is_agent=False, override_reason=body.override_reason)
    given = body.noted(id, body.happened_at or now)
    noted = await record_disposition(session, noter, given, body.digest(), now)
    return DispositionAnswer.model_validate(noted)


@router.put("/cases/{id}/next-action")
async def put_next_action(
    id: UUID,  # noqa: A002
    body: NextActionBody,
    caller: Desk,
    session: Tx,
    now: Now,
) -> NextActionAnswer:
    """Say what comes next on a case, in place of what was to come."""
    action = await set_next_action(session, id, body.action(), caller.id, now)
    return NextActionAnswer.model_validate(action)


@router.get("/cases/{id}/stage")
async def get_stage(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Read,
) -> StandingAnswer:
    """Where a case stands, and where it may go."""
    standing = await stages.standing(session, id)
    if standing is None:
        raise CaseNotFound(str(id))
    return StandingAnswer.model_validate(standing)


@router.post("/cases/{id}/stage")
async def post_stage(
    id: UUID,  # noqa: A002
    body: StageBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
    once: Once,
) -> StageChangeAnswer:
    """Move a case to another stage, or close it. Only allowed changes, each with its reason."""

    async def act() -> StageChangeAnswer:
        change = await change_stage(
            session, id, body.stage, body.closure, body.reason, caller.id, now
        )
        return StageChangeAnswer.model_validate(change)

    return await once(body, StageChangeAnswer, act)
