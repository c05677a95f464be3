"""The queue of what speaks against days, check-ins and receipts, as supervisors work through it."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Now, Read, Supervisor, Tx
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, Text
from geofence.suspicions import store
from geofence.suspicions.errors import SuspicionNotFound
from geofence.suspicions.finding import Kind
from geofence.suspicions.review import Decided, Decision, review

router = Router(prefix="/v1", tags=["supervisors: suspicions"])

State = Literal["open", "accepted", "rejected"]


class ReasonAnswer(Answer):
    """One reason: its name for programs, a sentence, its figures, and the time it is about."""

    code: str
    text: Told
    figures: dict[str, float]
    began_at: Instant | None
    ended_at: Instant | None


class SuspicionAnswer(Answer):
    """Something to look at, as its newest version has it. `state` is `open` until it is decided
    on, and again when there is new evidence since."""

    id: UUID
    version: int
    branch_id: UUID
    agent_id: UUID
    agent: str
    day: date
    kind: Kind
    subject_id: UUID
    subject_ids: list[UUID]
    score: float
    found_at: Instant
    state: State
    reasons: list[ReasonAnswer]


class SuspicionsAnswer(Answer):
    """A page of suspicions, the newest evidence first."""

    items: list[SuspicionAnswer]
    next_cursor: str | None


class ReviewAnswer(Answer):
    """A decision: on which version, by whom, and which earlier one it replaced."""

    id: UUID
    version: int
    decision: Decision
    note: str
    decided_at: Instant
    decided_by: UUID
    decided_by_name: str
    replaces_id: UUID | None


class VersionAnswer(Answer):
    """One version of a suspicion as it was found."""

    version: int
    score: float
    found_at: Instant
    reasons: list[ReasonAnswer]


class WholeSuspicionAnswer(SuspicionAnswer):
    """A suspicion with all its versions and all that was decided, the newest first."""

    versions: list[VersionAnswer]
    reviews: list[ReviewAnswer]


class ReviewBody(Body):
    """A decision on a version. `replaces` names the decision that stands, to decide otherwise."""

    version: int
    decision: Decision
    note: Text
    replaces: UUID | None = None


@router.get("/suspicions")
async def get_suspicions(
    caller: Supervisor,
    session: Read,
    branch_id: UUID | None = None,
    agent_id: UUID | None = None,
    day: Day | None = None,
    kind: Kind | None = None,
    state: State | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> SuspicionsAnswer:
    """What speaks against the days, check-ins and receipts of the caller's branches."""
    found = await store.lines(
        session,
        branch_id=branch_id,
        agent_id=agent_id,
        day=day,
        kind=kind.value if kind else None,
        state=state,
        after=keys_of(cursor, datetime.fromisoformat),
        limit=limit + 1,
    )
    page, behind = cut(found, limit, lambda line: (line.found_at, line.id))
    items = [SuspicionAnswer.model_validate(line) for line in page]
    return SuspicionsAnswer(items=items, next_cursor=behind)


@router.get("/suspicions/{id}")
async def get_suspicion(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Read,
) -> WholeSuspicionAnswer:
    """One suspicion with its whole evidence, its history, and what was decided."""
    line = await store.line(session, id)
    if line is None:
        raise SuspicionNotFound(str(id))
    whole: dict[str, Any] = SuspicionAnswer.model_validate(line).model_dump()
    versions = [VersionAnswer.model_validate(v) for v in await store.versions(session, id)]
    reviews = [ReviewAnswer.model_validate(r) for r in await store.reviews(session, id)]
    return WholeSuspicionAnswer(**whole, versions=versions, reviews=reviews)


@router.put("/suspicions/{id}/review")
async def put_review(
    id: UUID,  # noqa: A002
    body: ReviewBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> ReviewAnswer:
    """Accept or reject a suspicion, with a note. This is kept and clears the alert; visits,
    verdicts and scores stay as they are. The same again gets the same answer."""
    decided = Decided(body.version, body.decision, body.note, body.replaces)
    return ReviewAnswer.model_validate(await review(session, id, caller.id, decided, now))
