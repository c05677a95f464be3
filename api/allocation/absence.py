"""An agent who drops out of today, and comes back."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path as PathParameter
from fastapi import Query, Request

from allocation.absence.absence import Absent, StandIn, stand_in_of
from allocation.absence.come_back import come_back
from allocation.absence.stand_in import foresee as foresee_stand_in
from allocation.absence.stand_in import stand_in
from allocation.absence.store import last_absence
from api.deps import AllocationManager, Now, Read, Tx
from api.once import Once
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Instant, Text
from core.clock import local_day
from identity import store
from routing.planner.planners import Planners
from routing.travel.cities import Cities

router = Router(prefix="/v1/agents", tags=["allocation"])

AgentId = Annotated[UUID, PathParameter(description="the agent who drops out")]


class UnavailableBody(Body):
    """Why an agent drops out."""

    reason: Text


class HandedOverAnswer(Answer):
    """A visit that somebody else makes now."""

    case_id: UUID
    customer: str
    to_agent_id: UUID
    to_agent: str


class LeftOpenAnswer(Answer):
    """A visit that nobody makes today, and why. `agent` has the case."""

    case_id: UUID
    customer: str
    agent_id: UUID
    agent: str
    reason: str


class StandInAnswer(Answer):
    """Who stands in for whom: `moved` and `unplaced` were the agent's visits.

    Of the neighbors' own, `passed_on` go to another neighbor and `made_way` wait for another day;
    their owners stay. `open_urgency` sums the urgency of the agent's open visits, `won_back` that
    of what is moved less what made way for it.
    """

    moved: list[HandedOverAnswer]
    unplaced: list[LeftOpenAnswer]
    passed_on: list[HandedOverAnswer]
    made_way: list[LeftOpenAnswer]
    open_urgency: float
    won_back: float


class AbsenceAnswer(StandInAnswer):
    """Whether an agent is absent today, since when and why, and what was decided; of one who is
    not, what would be decided now."""

    is_absent: bool
    since: Instant | None
    why: Told | None
    cause: Literal["told", "not_signed_on"] | None


class OutcomeAnswer(Answer):
    """What became of a visit that somebody else was to make: it `returned`, was `made`, is
    `under_way`, or had been `moved_on` by hand."""

    case_id: UUID
    customer: str
    to_agent_id: UUID
    to_agent: str
    outcome: Literal["returned", "made", "under_way", "moved_on"]


class CameBackAnswer(Answer):
    """What became of the visits of an agent who is back, in figures and one by one."""

    returned: int
    made: int
    under_way: int
    moved_on: int
    visits: list[OutcomeAnswer]


@router.get("/{agent_id}/unavailable")
async def get_unavailable(
    agent_id: AgentId,
    caller: AllocationManager,
    session: Read,
    now: Now,
    request: Request,
    foresee: Annotated[
        bool, Query(description="for one who is at work, whether to work out what would be decided")
    ] = True,
) -> AbsenceAnswer:
    """What was decided when the agent dropped out today; else what would be, with nothing done."""
    branch = await store.branch_of_agent(session, agent_id)
    its = await last_absence(session, agent_id, local_day(now, branch.zone))
    if its is not None and its.ended_at is None:
        told = _told(stand_in_of(agent_id, its.visits))
        return AbsenceAnswer(
            **told, is_absent=True, since=its.began_at, why=its.reason, cause=its.cause
        )
    if not foresee:
        told = _told(stand_in_of(agent_id, ()))
        return AbsenceAnswer(**told, is_absent=False, since=None, why=None, cause=None)
    city = await _cities(request).at(session, branch.location)
    seen = await foresee_stand_in(session, agent_id, city, _planners(request).relieve, now)
    return AbsenceAnswer(**_told(seen), is_absent=False, since=None, why=None, cause=None)


@router.post("/{agent_id}/unavailable")
async def post_unavailable(
    agent_id: AgentId,
    body: UnavailableBody,
    caller: AllocationManager,
    session: Tx,
    now: Now,
    once: Once,
    request: Request,
) -> StandInAnswer:
    """Mark an agent absent and have neighbors make today's open visits; their new rounds are in
    force with the answer.

    The most urgent visits go first, and neighbors' less urgent ones make way. The cases return to
    the agent with the end of the day. Cash stays in the agent's till.
    """

    async def act() -> StandInAnswer:
        branch = await store.branch_of_agent(session, agent_id)
        city = await _cities(request).at(session, branch.location)
        absent = Absent(agent_id, body.reason, caller.id)
        done = await stand_in(session, absent, city, _planners(request).relieve, now)
        return StandInAnswer.model_validate(done)

    return await once(body, StandInAnswer, act)


@router.post("/{agent_id}/return")
async def post_return(
    agent_id: AgentId,
    caller: AllocationManager,
    session: Tx,
    now: Now,
    once: Once,
    request: Request,
) -> CameBackAnswer:
    """The agent is back: visits that nobody has made return, and all concerned are planned again.

    What was made stays with who made it. The same again gets the same answer.
    """

    async def act() -> CameBackAnswer:
        done = await come_back(
            session, agent_id, caller.id, _cities(request), _planners(request).solve_all, now
        )
        return CameBackAnswer.model_validate(done)

    return await once(None, CameBackAnswer, act)


def _told(decided: StandIn) -> dict[str, Any]:
    return StandInAnswer.model_validate(decided).model_dump()


def _cities(request: Request) -> Cities:
    cities: Cities = request.app.state.cities
    return cities


def _planners(request: Request) -> Planners:
    planners: Planners = request.app.state.planners
    return planners
