"""Who there is to give cases to."""

from uuid import UUID

from allocation.proposals.sheets import store
from api.deps import AllocationManager, Read
from api.routing import Router
from api.schemas import Answer
from identity import store as identity

router = Router(prefix="/v1", tags=["allocation"])


class AgentLineAnswer(Answer):
    """An active agent of a branch, and how many cases the agent has."""

    agent_id: UUID
    username: str
    name: str
    cases: int


@router.get("/branches/{code}/agents")
async def get_agents(code: str, caller: AllocationManager, session: Read) -> list[AgentLineAnswer]:
    """The active agents of a branch, by username."""
    branch = await identity.branch_by_code(session, code)
    found = await store.agent_lines(session, branch.id)
    return [AgentLineAnswer.model_validate(each) for each in found]
