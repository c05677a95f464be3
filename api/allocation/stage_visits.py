"""Which stages of cases are visited, and by whom."""

from uuid import UUID

from allocation.rules.set_rules import branch_id_of
from api.allocation.rules import Words
from api.deps import AllocationManager, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body
from collection.portfolio.stages import store
from collection.portfolio.stages.set_visits import set_visits
from collection.portfolio.stages.stage import Stage
from collection.portfolio.stages.visits import StageVisits, Visits

router = Router(prefix="/v1", tags=["allocation: rules"])


class StageVisitsBody(Body):
    """What a stage means for visits. Only agents with all `skills` make them."""

    visits: Visits
    skills: Words = []


class StageVisitsAnswer(Answer):
    """What holds at a stage; `is_own` where the branch says so itself."""

    stage: Stage
    visits: Visits
    skills: list[str]
    is_own: bool


@router.get("/branches/{code}/stage-visits")
async def get_stage_visits(
    code: str, caller: AllocationManager, session: Read
) -> list[StageVisitsAnswer]:
    """Which stages are visited in a branch, in the order of a case's life."""
    return await _stage_visits(session, await branch_id_of(session, code))


@router.put("/branches/{code}/stage-visits/{stage}")
async def put_stage_visits(
    code: str, stage: Stage, body: StageVisitsBody, caller: AllocationManager, session: Tx, now: Now
) -> list[StageVisitsAnswer]:
    """Set whether cases at a stage are visited, and by whom; branches below inherit it."""
    branch_id = await branch_id_of(session, code)
    told = StageVisits(stage, body.visits, tuple(sorted(set(body.skills))))
    await set_visits(session, branch_id, told, caller.id, now)
    return await _stage_visits(session, branch_id)


@router.delete("/branches/{code}/stage-visits/{stage}")
async def delete_stage_visits(
    code: str, stage: Stage, caller: AllocationManager, session: Tx
) -> list[StageVisitsAnswer]:
    """Have what the branches above say hold again."""
    branch_id = await branch_id_of(session, code)
    await store.remove_visits(session, branch_id, stage)
    return await _stage_visits(session, branch_id)


async def _stage_visits(session: Read, branch_id: UUID) -> list[StageVisitsAnswer]:
    return [
        StageVisitsAnswer(
            stage=told.stage, visits=told.visits, skills=list(told.skills), is_own=is_own
        )
        for told, is_own in await store.visits_of(session, branch_id)
    ]
