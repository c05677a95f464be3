"""Where addresses turn out to be: proposals of visits, and what supervisors make of them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Now, Read, Supervisor, Tx
from api.once import Once
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Instant, PositionAnswer, Text
from geofence.address_points.errors import ProposalNotFound
from geofence.address_points.point import KnownAddress
from geofence.address_points.proposals import store
from geofence.address_points.proposals.review import accept, accept_all, reject
from geofence.address_points.restore_point import address_points, restore_point

router = Router(prefix="/v1", tags=["supervisors: fences"])

MOST_AT_ONCE = 500
"""As many as a person may be thought to have looked at."""

Code = Annotated[str | None, Query(max_length=50, pattern=r"^[^\x00]*$")]
Witnesses = Annotated[int, Query(ge=1, le=100, description="at least so many agents agree")]
State = Literal["open", "accepted", "rejected", "outdated"]


class NoteBody(Body):
    """Why, if that is worth a word."""

    note: Text | None = None


class ManyBody(NoteBody):
    """The proposals that were looked at."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)]


class RestoreBody(NoteBody):
    """Which point is to hold again (0: the source's), and which held when that was decided."""

    version: Annotated[int, Field(ge=0, le=1_000_000)]
    seen_version: Annotated[int, Field(ge=0, le=1_000_000)]


class ProposalAnswer(Answer):
    """A better point for an address. `distance_m` is from `believed`, the point that holds now;
    `sigma_m` is the 1σ error per axis of either."""

    id: UUID
    branch_id: UUID
    address_id: UUID
    customer: str
    line: str
    location: PositionAnswer
    sigma_m: float
    quality: str
    distance_m: float
    agents: list[UUID]
    agent_names: list[str]
    visits: int
    proposed_at: Instant
    state: State
    believed: PositionAnswer
    believed_origin: str
    believed_sigma_m: float
    reviewed_by: str | None
    reviewed_at: Instant | None
    note: str | None


class ProposalsAnswer(Answer):
    """A page of proposals, the newest first."""

    items: list[ProposalAnswer]
    next_cursor: str | None


class AgreedAnswer(Answer):
    """Open proposals that so many agents agree on; `more` when these are not all of them."""

    count: int
    more: bool
    items: list[ProposalAnswer]


class WitnessAnswer(Answer):
    """A visit that a proposal rests on, and whether it lies where the others do."""

    visit_id: UUID
    agent_id: UUID
    agent: str
    location: PositionAnswer
    sigma_m: float
    began_at: Instant
    verdict: str
    confirmed_by: str
    agrees: bool


class ProposalWithWitnesses(ProposalAnswer):
    """A proposal with all visits that were weighed."""

    witnesses: list[WitnessAnswer]


class LeftOutAnswer(Answer):
    """A proposal that was left as it is: the problem's type, and what to do."""

    id: UUID
    type: str
    detail: Told


class AcceptedAnswer(Answer):
    """What became of the proposals."""

    accepted: list[UUID]
    left: list[LeftOutAnswer]


class VersionAnswer(Answer):
    """A point that an address has or had."""

    version: int
    origin: str
    location: PositionAnswer
    sigma_m: float
    agents: list[UUID]
    made_at: Instant | None
    made_by: UUID | None
    proposal_id: UUID | None
    note: str | None


class AddressPointsAnswer(Answer):
    """Where an address was believed to be: `version` holds, `source` is what the source says."""

    address_id: UUID
    customer: str
    line: str
    version: int
    source: VersionAnswer | None
    history: list[VersionAnswer]


@router.get("/address-point-proposals")
async def get_proposals(
    caller: Supervisor,
    session: Read,
    state: State | None = None,
    branch: Code = None,
    min_witnesses: Witnesses = 1,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ProposalsAnswer:
    """Better points that confirmed visits propose, for the caller's branches, the newest first."""
    found = await store.proposals(
        session,
        state=state,
        branch=branch,
        min_witnesses=min_witnesses,
        after=keys_of(cursor, datetime.fromisoformat),
        limit=limit + 1,
    )
    page, behind = cut(found, limit, lambda proposal: (proposal.proposed_at, proposal.id))
    return ProposalsAnswer(
        items=[ProposalAnswer.model_validate(one) for one in page], next_cursor=behind
    )


@router.get("/address-point-proposals/agreed")
async def get_agreed(
    caller: Supervisor, session: Read, branch: Code = None, min_witnesses: Witnesses = 2
) -> AgreedAnswer:
    """What could be accepted at once: open proposals that several agents agree on. Nothing is
    accepted by looking; post the `id`s of those that are right."""
    found = await store.proposals(
        session,
        state="open",
        branch=branch,
        min_witnesses=min_witnesses,
        after=None,
        limit=MOST_AT_ONCE + 1,
    )
    seen = [ProposalAnswer.model_validate(one) for one in found[:MOST_AT_ONCE]]
    return AgreedAnswer(count=len(seen), more=len(found) > MOST_AT_ONCE, items=seen)


@router.post("/address-point-proposals/accept")
async def post_accept_many(
    body: ManyBody, caller: Supervisor, session: Tx, now: Now, once: Once
) -> AcceptedAnswer:
    """Accept exactly these proposals. One that has been decided on, or is outdated, is left out
    and says why."""

    async def act() -> AcceptedAnswer:
        done = await accept_all(session, caller.id, body.ids, body.note, now)
        left = [
            LeftOutAnswer(id=one.id, type=f"/problems/{one.why.code}", detail=one.why.detail)
            for one in done.left
        ]
        return AcceptedAnswer(accepted=list(done.accepted), left=left)

    return await once(body, AcceptedAnswer, act)


@router.get("/address-point-proposals/{id}")
async def get_proposal(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Read,
) -> ProposalWithWitnesses:
    """One proposal with the visits that were weighed."""
    found = await store.proposals_by_id(session, [id])
    if not found:
        raise ProposalNotFound(str(id))
    told: dict[str, Any] = ProposalAnswer.model_validate(found[0]).model_dump()
    witnesses = [WitnessAnswer.model_validate(w) for w in await store.witnesses_of(session, id)]
    return ProposalWithWitnesses(**told, witnesses=witnesses)


@router.post("/address-point-proposals/{id}/accept")
async def post_accept(
    id: UUID,  # noqa: A002
    body: NoteBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
    once: Once,
) -> ProposalAnswer:
    """Have the proposed point hold. The source's own address stays as it is."""

    async def act() -> ProposalAnswer:
        return ProposalAnswer.model_validate(await accept(session, caller.id, id, body.note, now))

    return await once(body, ProposalAnswer, act)


@router.post("/address-point-proposals/{id}/reject")
async def post_reject(
    id: UUID,  # noqa: A002
    body: NoteBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
    once: Once,
) -> ProposalAnswer:
    """Leave the address where it is. Only a new witness, or another place, is proposed again."""

    async def act() -> ProposalAnswer:
        return ProposalAnswer.model_validate(await reject(session, caller.id, id, body.note, now))

    return await once(body, ProposalAnswer, act)


@router.get("/addresses/{id}/points")
async def get_points(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Read,
) -> AddressPointsAnswer:
    """All points that an address has had, the newest first."""
    return _points(await address_points(session, id))


@router.post("/addresses/{id}/points/restore")
async def post_restore(
    id: UUID,  # noqa: A002
    body: RestoreBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
    once: Once,
) -> AddressPointsAnswer:
    """Undo: have an earlier point hold again, as a new version. Nothing is removed."""

    async def act() -> AddressPointsAnswer:
        return _points(
            await restore_point(
                session, caller.id, id, body.version, body.seen_version, body.note, now
            )
        )

    return await once(body, AddressPointsAnswer, act)


def _points(known: KnownAddress) -> AddressPointsAnswer:
    return AddressPointsAnswer.model_validate(known)
