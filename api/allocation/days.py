"""Planning a branch's day, and standing in for an agent who drops out."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi import Path as PathParameter

from allocation.stand_in import stand_in
from api.deps import AllocationManager, Now, Tx
from api.once import Once
from api.schemas import Answer, Body, Text
from data.queue import enqueue
from identity import store
from identity.errors import BranchNotFound
from routing.rounds.outlook import outlook
from routing.travel.cities import Cities

router = APIRouter(prefix="/v1", tags=["allocation"])


class PlanningAnswer(Answer):
    """What was asked of the worker, and what can be expected of it: `notes` say what is missing."""

    branch: str
    day: date
    agents: int
    cases: int
    notes: list[str]


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
    """A visit that nobody can make today, and why."""

    case_id: UUID
    customer: str
    reason: str


class StandInAnswer(Answer):
    """Who stands in for whom."""

    moved: list[HandedOverAnswer]
    unplaced: list[LeftOpenAnswer]


@router.post("/branches/{code}/days/{day}/plan", status_code=202)
async def post_plan(
    code: Annotated[str, PathParameter(description="the branch's code")],
    day: date,
    caller: AllocationManager,
    session: Tx,
    now: Now,
    once: Once,
) -> PlanningAnswer:
    """Have the worker allocate the branch's open cases and plan all rounds of the day.

    The live map shows each round as it is published. Where none could be, the answer says why.
    """

    async def act() -> PlanningAnswer:
        branch = await store.branch_by_code(session, code)
        if branch is None:
            raise BranchNotFound(code)
        expected = await outlook(session, branch, day, now)
        await enqueue(
            session,
            "rounds.begin_day",
            once=f"begin-day:{branch.id}:{day}",
            branch_id=str(branch.id),
            day=day.isoformat(),
        )
        return PlanningAnswer(
            branch=code, day=day, agents=expected.agents, cases=expected.cases,
            notes=list(expected.notes),
        )  # fmt: skip

    return await once(None, PlanningAnswer, act)


@router.post("/agents/{agent_id}/unavailable")
async def post_unavailable(
    agent_id: UUID,
    body: UnavailableBody,
    caller: AllocationManager,
    session: Tx,
    now: Now,
    once: Once,
    request: Request,
) -> StandInAnswer:
    """Mark an agent absent and move today's open visits to neighbors with room, at once."""
    cities: Cities = request.app.state.cities

    async def act() -> StandInAnswer:
        branch = await store.branch_of_agent(session, agent_id)
        city = await cities.at(session, branch.location)
        done = await stand_in(session, agent_id, branch.zone, city, body.reason, caller.id, now)
        return StandInAnswer.model_validate(done)

    return await once(body, StandInAnswer, act)
