"""All rounds of a branch improved together: started, watched, cancelled."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path as PathParameter
from fastapi import Request
from pydantic import Field

from allocation.city_runs.run import Progress, Wanted
from allocation.city_runs.start_run import cancel_run, progress_of, start_run
from api.deps import AllocationManager, Now, Read, Tx
from api.once import Once
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant
from identity import store as identity

router = Router(prefix="/v1", tags=["allocation: whole branch"])


class CityRunBody(Body):
    """What a case that changes hands costs, in seconds of travel that it must save, and how many
    seconds are searched for each agent."""

    price_s: Annotated[int, Field(ge=0, le=86_400)] = 900
    seconds_per_agent: Annotated[float, Field(ge=0.05, le=60)] = 1.0


class FiguresAnswer(Answer):
    """What all rounds come to together: the urgency of all visits, and their ways."""

    score: float
    travel_s: int


class CityRunAnswer(Answer):
    """A run as it stands. In pass 0 each agent is planned alone: that is `first`; `best` are the
    best rounds so far. `changes` cases would change hands. The proposal is made at the end."""

    id: UUID
    day: date
    state: Literal["running", "done", "cancelled", "failed"]
    failure: str | None
    price_s: int
    seconds_per_agent: float
    made_at: Instant
    ended_at: Instant | None
    done_pct: float
    current_pass: int
    passes: int
    sectors_done: int
    sectors: int
    agents: int
    first: FiguresAnswer
    best: FiguresAnswer
    changes: int
    proposal_id: UUID | None


def _answer(its: Progress) -> CityRunAnswer:
    run, figures = its.run, its.figures
    return CityRunAnswer(
        id=run.id, day=run.day, state=run.state, failure=run.failure, price_s=run.price_s,
        seconds_per_agent=run.seconds_per_agent, made_at=run.made_at, ended_at=run.ended_at,
        done_pct=its.done_pct, current_pass=run.turn, passes=run.passes,
        sectors_done=its.sectors_done, sectors=its.sectors, agents=figures.agents,
        first=FiguresAnswer(score=figures.first_score, travel_s=figures.first_travel_s),
        best=FiguresAnswer(score=figures.score, travel_s=figures.travel_s),
        changes=figures.changes, proposal_id=run.proposal_id,
    )  # fmt: skip


@router.post("/branches/{code}/days/{day}/city-runs", status_code=202)
async def post_city_run(
    code: Annotated[str, PathParameter(description="the branch's code")],
    day: Day,
    body: CityRunBody,
    caller: AllocationManager,
    session: Tx,
    now: Now,
    once: Once,
) -> CityRunAnswer:
    """Have the workers improve all rounds of the branch's day together, across its agents.

    Nothing changes by it: what would change hands becomes a proposal of owners at the end. One run
    at a time for a branch and day.
    """

    async def act() -> CityRunAnswer:
        branch = await identity.branch_by_code(session, code)
        wanted = Wanted(body.price_s, body.seconds_per_agent)
        return _answer(await start_run(session, branch.id, day, wanted, caller.id, now))

    return await once(body, CityRunAnswer, act)


@router.get("/city-runs/{id}")
async def get_city_run(
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Read,
) -> CityRunAnswer:
    """How far a run is, and what its best rounds so far come to."""
    return _answer(await progress_of(session, id))


@router.post("/city-runs/{id}/cancel")
async def post_cancel_city_run(
    request: Request,
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> CityRunAnswer:
    """End a run now; the best rounds so far are kept, and become a proposal."""
    return _answer(await cancel_run(session, id, request.app.state.cities, now))
