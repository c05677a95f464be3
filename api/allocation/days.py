"""Planning a branch's day."""

from datetime import date
from typing import Annotated

from fastapi import Path as PathParameter

from api.deps import AllocationManager, Now, Tx
from api.once import Once
from api.routing import Router
from api.schemas import Answer, Day
from data.queue import enqueue
from identity import store
from routing.rounds.outlook import outlook

router = Router(prefix="/v1", tags=["allocation"])


class PlanningAnswer(Answer):
    """What was asked of the worker, and what can be expected of it: `notes` say what is missing."""

    branch: str
    day: date
    agents: int
    cases: int
    notes: list[str]


@router.post("/branches/{code}/days/{day}/plan", status_code=202)
async def post_plan(
    code: Annotated[str, PathParameter(description="the branch's code")],
    day: Day,
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
