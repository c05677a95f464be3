"""What would be if: scenarios, solved by a job, ending in a proposal."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from allocation.scenarios import store
from allocation.scenarios.change import TakeDemandFile
from allocation.scenarios.make_scenario import make_scenario, scenario_of
from allocation.scenarios.scenario import Scenario, State, Wanted
from api.allocation.scenario_changes import ChangeBody
from api.cursor import Limit
from api.deps import AllocationManager, Now, Read, Tx
from api.once import Once
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, Text

router = Router(prefix="/v1", tags=["allocation: scenarios"])


class ScenarioBody(Body):
    """Changes to branches, made in their order. `day` is the first with somebody at work, unless
    told; `with_rounds` has that day's rounds planned for everybody, before and after."""

    name: Text
    branch_ids: Annotated[list[UUID], Field(min_length=1, max_length=50)]
    changes: Annotated[list[ChangeBody], Field(max_length=50)]
    day: Day | None = None
    with_rounds: bool = False

    def wanted(self) -> Wanted:
        """The domain's value."""
        changes = tuple(each.change() for each in self.changes)
        ids = tuple(dict.fromkeys(self.branch_ids))
        return Wanted(self.name, ids, changes, self.day, self.with_rounds)


class ProblemTold(Answer):
    """Why a scenario could not be solved."""

    title: Told
    detail: Told


class ScenarioAnswer(Answer):
    """A scenario: how far it is (`share`, 0 to 1), and the proposal or the problem it ended in."""

    id: UUID
    branch_id: UUID
    branch_ids: list[UUID]
    name: str
    day: date
    changes: list[dict[str, Any]]
    with_rounds: bool
    state: State
    doing: str
    share: float
    problem: ProblemTold | None
    proposal_id: UUID | None
    made_at: Instant
    made_by: UUID
    ended_at: Instant | None


def _answer(found: Scenario) -> ScenarioAnswer:
    told = {name: getattr(found, name) for name in ScenarioAnswer.model_fields}
    return ScenarioAnswer.model_validate(told | {"changes": [_told(c) for c in found.changes]})


def _told(change: Any) -> dict[str, Any]:
    """A change as it was sent; of a file, its name is enough."""
    written = store.written(change)
    if isinstance(change, TakeDemandFile):
        del written["content"]
    return written


@router.post("/scenarios", status_code=201)
async def post_scenario(
    body: ScenarioBody, caller: AllocationManager, session: Tx, now: Now, once: Once
) -> ScenarioAnswer:
    """Ask what would be if. Nothing live changes; a job solves it and keeps a proposal."""

    async def make() -> ScenarioAnswer:
        return _answer(await make_scenario(session, body.wanted(), caller.id, now))

    return await once(body, ScenarioAnswer, make)


@router.get("/scenarios")
async def get_scenarios(
    caller: AllocationManager, session: Read, branch_id: UUID | None = None, limit: Limit = 20
) -> list[ScenarioAnswer]:
    """The last scenarios that the caller sees all of, the newest first."""
    return [_answer(each) for each in await store.scenarios(session, branch_id, limit)]


@router.get("/scenarios/{id}")
async def get_scenario(
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Read,
) -> ScenarioAnswer:
    """How far a scenario is, and what it came to."""
    return _answer(await scenario_of(session, id))
