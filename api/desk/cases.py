"""The desk's cases: the worklist, and one case with everything on it."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from pydantic import Field, field_validator

from api.agents.cases import AccountAnswer, CaseAnswer, DemandAnswer
from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Desk, Now, Read
from api.desk.notes import StandingAnswer
from api.numbers import count_search
from api.reader import told
from api.routing import Router
from api.schemas import Answer, Instant, MoneyAnswer
from collection.errors import CaseNotFound
from collection.portfolio.case_list import store as case_list
from collection.portfolio.dpd import Section
from collection.portfolio.stages import store as stages
from collection.portfolio.stages.stage import Stage
from collection.portfolio.timeline import store as timelines
from collection.portfolio.timeline.store import Event
from collection.portfolio.worklist.store import NextFilter, PromiseFilter, Wanted, worklist
from core.clock import local_day
from identity.permission import Permission

router = Router(prefix="/v1", tags=["desk: cases"])

SPEAKING = {Permission.SUPERVISION_ACT, Permission.DESK_ACT}
"""Who in the office speaks with customers."""

SearchWords = Annotated[
    str | None,
    Query(
        min_length=2, max_length=80, pattern=r"^[^\x00]*$",
        description="part of a name, or a whole account, customer or phone number",
    ),
]  # fmt: skip


class WorklistCaseAnswer(Answer):
    """A case as it stands on a worklist."""

    id: UUID
    customer_id: UUID
    customer: str
    account: str
    product_code: str
    branch: str
    stage: Stage
    bucket: str
    section: Section
    dpd: int
    overdue: MoneyAnswer
    urgency: float
    agent_id: UUID | None
    agent: str | None
    promised: MoneyAnswer | None
    promised_on: date | None
    next_action: str | None
    next_on: date | None
    last_result: str | None
    last_at: Instant | None


class WorklistAnswer(Answer):
    """A page of cases, the most urgent first."""

    items: list[WorklistCaseAnswer]
    next_cursor: str | None


class EventAnswer(Answer):
    """Something that happened; `facts` are those of its kind."""

    kind: str
    id: UUID
    at: Instant
    case_id: UUID
    by: str | None
    amount: MoneyAnswer | None
    facts: dict[str, Any]

    @field_validator("facts")
    @classmethod
    def _reason_told(cls, facts: dict[str, Any]) -> dict[str, Any]:
        """What the service itself gave as a reason is told to the reader; people's words stay."""
        reason = facts.get("reason")
        return facts | {"reason": told(reason)} if isinstance(reason, str) else facts


class TimelineAnswer(Answer):
    """A page of what happened, the newest first."""

    items: list[EventAnswer]
    next_cursor: str | None


class DeskCaseAnswer(Answer):
    """A case with its account, its open demands, where it stands and what comes next."""

    customer_id: UUID
    branch: str
    case: CaseAnswer
    account: AccountAnswer
    demands: list[DemandAnswer]
    standing: StandingAnswer
    agent: str | None
    next_action: str | None
    next_on: date | None
    zone: str
    today: Annotated[date, Field(description="the branch's date")]
    may_call: bool
    may_change_stage: bool
    may_see_evidence: bool


def timeline_answer(found: list[Event], limit: int) -> TimelineAnswer:
    """A page of a timeline, from up to one event more than that."""
    page, behind = cut(found, limit, lambda event: (event.at.isoformat(), event.id))
    return TimelineAnswer(
        items=[EventAnswer.model_validate(event) for event in page], next_cursor=behind
    )


@router.get("/cases")
async def get_cases(
    caller: Desk,
    session: Read,
    now: Now,
    request: Request,
    bucket: Annotated[str | None, Query(max_length=20)] = None,
    section: Section | None = None,
    stage: Stage | None = None,
    agent_id: UUID | None = None,
    promise: PromiseFilter | None = None,
    next_action: NextFilter | None = None,
    cause: Annotated[str | None, Query(pattern="^none$")] = None,
    form: Annotated[str | None, Query(pattern="^none$")] = None,
    q: SearchWords = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> WorklistAnswer:
    """Cases, the most urgent first: open ones, or those at a stage. `cause=none` are those with a
    payment of the last week that waits for a root cause, `form=none` those of whose customer no
    Customer Authorization Form is on file. Who may not see whole numbers searches for them at a
    measured pace."""
    await count_search(request, caller, q)
    wanted = Wanted(
        bucket, section, stage, agent_id, promise, next_action, cause == "none", form == "none", q
    )
    after = keys_of(cursor, float)
    found = await worklist(session, wanted, now, after=after, limit=limit + 1)
    page, behind = cut(found, limit, lambda case: (case.urgency, case.id))
    return WorklistAnswer(
        items=[WorklistCaseAnswer.model_validate(case) for case in page], next_cursor=behind
    )


@router.get("/cases/{id}")
async def get_case(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Read,
    now: Now,
) -> DeskCaseAnswer:
    """One case with its account, dues, stage and what comes next."""
    case = await case_list.case(session, id)
    standing = await stages.standing(session, id)
    around = await case_list.around(session, id, now)
    if case is None or standing is None or around is None:
        raise CaseNotFound(str(id))
    demands = (await case_list.open_demands_of(session, [id]))[id]
    return DeskCaseAnswer(
        customer_id=around.customer_id,
        branch=around.branch,
        case=CaseAnswer.model_validate(case),
        account=AccountAnswer.model_validate(await case_list.account_of(session, id)),
        demands=[DemandAnswer.model_validate(d) for d in demands],
        standing=StandingAnswer.model_validate(standing),
        agent=around.agent,
        next_action=around.next_action,
        next_on=around.next_on,
        zone=around.zone,
        today=local_day(now, around.zone),
        may_call=not caller.permissions.isdisjoint(SPEAKING),
        may_change_stage=Permission.SUPERVISION_ACT in caller.permissions,
        may_see_evidence=Permission.SUPERVISION_SEE in caller.permissions,
    )


@router.get("/cases/{id}/timeline")
async def get_timeline(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Read,
    now: Now,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> TimelineAnswer:
    """All that happened on a case, the newest first."""
    if await case_list.around(session, id, now) is None:
        raise CaseNotFound(str(id))
    after = keys_of(cursor, datetime.fromisoformat)
    found = await timelines.timeline(session, [id], after=after, limit=limit + 1)
    return timeline_answer(list(found), limit)
