"""Territories cut anew from the cases of a branch: proposed, published, or put aside."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request
from pydantic import Field

from allocation.territories.proposals import store
from allocation.territories.proposals.propose import (
    Asked,
    discard,
    proposal_of,
    propose,
    publish,
)
from api.deps import AllocationManager, Now, Read, Tx
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Instant, PositionAnswer
from identity import store as identity
from routing.travel.cities import Cities
from streets.profile import Profile

router = Router(prefix="/v1", tags=["allocation: territory proposals"])


class ProposeBody(Body):
    """How many territories, None for one for each agent, who is then given the nearest.

    Work may differ from the mean by `tolerance_pct`. The same `seed` cuts the same cases the same
    way; another one gives another cut to choose from. `profile` says along whose streets.
    """

    territories: Annotated[int, Field(ge=1, le=2000)] | None = None
    tolerance_pct: Annotated[int, Field(ge=1, le=100)] = 10
    seed: Annotated[int, Field(ge=0, le=2**31)] = 1
    profile: Profile = Profile.TWO_WHEELER


class PieceAnswer(Answer):
    """A territory of a proposal. `travel_s` is the mean from its middle to its cases; `roundness`
    is 1 for a disk; `is_whole` whether its streets hang together."""

    code: str
    name: str
    shape: dict[str, Any]
    middle: PositionAnswer
    agent_ids: list[UUID]
    agents: list[str]
    cases: int
    work_min: int
    travel_s: int
    roundness: float
    is_whole: bool


class ShortfallAnswer(Answer):
    """What of the wish could not be had, or what a territory has nothing of, with the numbers."""

    code: Literal[
        "one_place_too_heavy", "uneven", "far_from_streets", "no_streets", "no_cases", "none_due"
    ]
    facts: dict[str, int]
    sentence: Told


class FiguresAnswer(Answer):
    """How even, compact and whole a cut is."""

    territories: int
    cases: int
    cases_outside: int
    mean_work_min: float
    most_to_mean: float
    least_to_mean: float
    mean_travel_s: float
    mean_roundness: float
    not_whole: int
    shortfalls: list[ShortfallAnswer]


class SummaryAnswer(Answer):
    """A proposal without its territories. Nothing has changed while its state is `open`."""

    id: UUID
    branch_id: UUID
    wanted: dict[str, Any]
    figures: FiguresAnswer
    state: Literal["open", "published", "discarded"]
    made_at: Instant
    made_by: UUID
    settled_at: Instant | None


class TerritoryProposalAnswer(SummaryAnswer):
    """A proposal with its territories."""

    territories: list[PieceAnswer]


class PublishedTerritoriesAnswer(Answer):
    """The proposal, and the territories that ended for it, by code."""

    proposal: TerritoryProposalAnswer
    ended: list[str]


def _answer(found: store.Proposal) -> TerritoryProposalAnswer:
    return TerritoryProposalAnswer.model_validate(found, from_attributes=True)


@router.post("/branches/{code}/territory-proposals", status_code=201)
async def post_territory_proposal(
    code: str,
    body: ProposeBody,
    request: Request,
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> TerritoryProposalAnswer:
    """Cut territories of even work from the open cases, each compact and whole on the streets.

    Nothing changes until it is published. 409 says with numbers why none can be cut.
    """
    branch = await identity.branch_by_code(session, code)
    cities: Cities = request.app.state.cities
    city = await cities.at(session, branch.location)
    asked = Asked(body.territories, body.tolerance_pct, body.seed, body.profile)
    return _answer(await propose(session, branch, city, asked, caller.id, now))


@router.get("/branches/{code}/territory-proposals")
async def get_territory_proposals(
    code: str,
    caller: AllocationManager,
    session: Read,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> list[SummaryAnswer]:
    """The last proposals of a branch with their figures, the newest first."""
    branch = await identity.branch_by_code(session, code)
    found = await store.proposals(session, branch.id, limit)
    return [SummaryAnswer.model_validate(each) for each in found]


@router.get("/territory-proposals/{id}")
async def get_territory_proposal(
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Read,
) -> TerritoryProposalAnswer:
    """A proposal with its territories."""
    return _answer(await proposal_of(session, id))


@router.post("/territory-proposals/{id}/publish")
async def post_publish_territories(
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> PublishedTerritoriesAnswer:
    """Have it be the branch's territories from today on.

    What has a shape and the usual precedence (100) ends; pin codes, and what goes before, stay.
    """
    done, ended = await publish(session, id, caller.id, now)
    return PublishedTerritoriesAnswer(proposal=_answer(done), ended=ended)


@router.post("/territory-proposals/{id}/discard")
async def post_discard_territories(
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> TerritoryProposalAnswer:
    """Put a proposal aside; it is kept."""
    return _answer(await discard(session, id, caller.id, now))
