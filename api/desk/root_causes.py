"""Why payments were not what was due, what is done about it, and what weighs most."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Desk, Now, Read, Supervisor, Tx
from api.desk.note_bodies import CauseIdAnswer, ReceiptCauseBody
from api.routing import Router
from api.schemas import Answer, Body, Day, FactId, Instant, MoneyAnswer, Text
from collection.field_notes.causes import store
from collection.field_notes.causes.cause import Gap, State
from collection.field_notes.causes.pareto.store import By, Every, pareto, trend
from collection.field_notes.causes.record_cause import explain_receipt
from collection.field_notes.causes.work_cause import act_on_cause, close_cause
from collection.field_notes.disposition import GivenCause
from core.clock import local_day
from core.errors import InvalidField
from core.said import say
from data.session import Session
from identity.store import branch_by_code

router = Router(prefix="/v1", tags=["desk: root causes"])

USUAL_DAYS = timedelta(days=30)


class StepAnswer(Answer):
    """What was done or came of it, when and by whom."""

    words: str
    at: Instant
    by: UUID


class RootCauseAnswer(Answer):
    """Why less, or more, was paid than was due; the work on it."""

    id: UUID
    case_id: UUID
    receipt_id: UUID | None
    disposition_id: UUID | None
    meeting_id: UUID | None
    customer: str
    agent_id: UUID | None
    agent: str | None
    group: str
    cause: str
    code: str
    note: str
    demanded: MoneyAnswer
    paid: MoneyAnswer
    gap: Gap
    state: State
    opened_at: Instant
    opened_by: UUID
    action: StepAnswer | None
    closing: StepAnswer | None


class RootCausesAnswer(Answer):
    """A page of root causes, the newest first."""

    items: list[RootCauseAnswer]
    next_cursor: str | None


class WordsBody(Body):
    """What is done, or what came of it."""

    words: Text


class ParetoRowAnswer(Answer):
    """Causes of one kind; shares are from 0 to 1, `gap` is what was paid too little.
    `agent_id` tells agents of one name apart."""

    keys: dict[str, str | None]
    agent_id: UUID | None
    causes: int
    open: int
    gap: MoneyAnswer
    share: float
    cumulative: float


class TrendRowAnswer(Answer):
    """Causes of one kind in the period that begins on `begins_on`."""

    begins_on: date
    keys: dict[str, str | None]
    agent_id: UUID | None
    causes: int
    gap: MoneyAnswer


@router.get("/root-causes")
async def get_root_causes(
    caller: Desk,
    session: Read,
    state: State | None = None,
    case_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> RootCausesAnswer:
    """Root causes, the newest first."""
    after = keys_of(cursor, datetime.fromisoformat)
    found = await store.causes(session, state, case_id, after=after, limit=limit + 1)
    page, behind = cut(found, limit, lambda cause: (cause.opened_at.isoformat(), cause.id))
    return RootCausesAnswer(
        items=[RootCauseAnswer.model_validate(cause) for cause in page], next_cursor=behind
    )


@router.put("/root-causes/{id}")
async def put_root_cause(
    id: FactId,  # noqa: A002
    body: ReceiptCauseBody,
    caller: Desk,
    session: Tx,
    now: Now,
) -> CauseIdAnswer:
    """Say why a payment was less, or more, than what was due."""
    given = GivenCause(body.code, body.note)
    await explain_receipt(session, id, body.receipt_id, given, caller.id, body.digest(), now)
    return CauseIdAnswer(id=id)


@router.post("/root-causes/{id}/action", status_code=204)
async def post_action(
    id: UUID,  # noqa: A002
    body: WordsBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> None:
    """Say what is done about an open root cause."""
    await act_on_cause(session, id, body.words, caller.id, now)


@router.post("/root-causes/{id}/close", status_code=204)
async def post_close(
    id: UUID,  # noqa: A002
    body: WordsBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> None:
    """Say what came of it: the root cause is closed."""
    await close_cause(session, id, body.words, caller.id, now)


@router.get("/branches/{code}/root-causes/pareto")
async def get_pareto(
    code: str,
    caller: Supervisor,
    session: Read,
    now: Now,
    by: Annotated[list[By], Query(min_length=1, max_length=5)] = [By.REASON],  # noqa: B006
    since: Annotated[Day | None, Query(description="30 days before `until` without it")] = None,
    until: Annotated[Day | None, Query(description="today without it")] = None,
) -> list[ParetoRowAnswer]:
    """What root causes come to in a branch and those below it, the most frequent first."""
    branch_id, first, last = await _span(session, code, since, until, now)
    found = await pareto(session, branch_id, list(dict.fromkeys(by)), first, last)
    return [ParetoRowAnswer.model_validate(row) for row in found]


@router.get("/branches/{code}/root-causes/trend")
async def get_trend(
    code: str,
    caller: Supervisor,
    session: Read,
    now: Now,
    by: Annotated[list[By], Query(min_length=1, max_length=5)] = [By.REASON],  # noqa: B006
    every: Every = Every.WEEK,
    since: Annotated[Day | None, Query(description="30 days before `until` without it")] = None,
    until: Annotated[Day | None, Query(description="today without it")] = None,
) -> list[TrendRowAnswer]:
    """The same by day, week or month: whether a cause grows or goes. Periods without any have no
    row."""
    branch_id, first, last = await _span(session, code, since, until, now)
    found = await trend(session, branch_id, list(dict.fromkeys(by)), every, first, last)
    return [TrendRowAnswer.model_validate(row) for row in found]


async def _span(
    session: Session, code: str, since: date | None, until: date | None, now: datetime
) -> tuple[UUID, date, date]:
    """A branch, and the first and the last day that are asked about."""
    branch = await branch_by_code(session, code)
    last = until or local_day(now, branch.zone)
    first = since or last - USUAL_DAYS
    if first > last:
        raise InvalidField("since", say("{last} or earlier", last=last))
    return branch.id, first, last
