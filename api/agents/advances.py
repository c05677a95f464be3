"""What can be paid before a holiday."""

from datetime import date
from uuid import UUID

from api.deps import Agent, Now, Read
from api.routing import Router
from api.schemas import Answer, Day, MoneyAnswer
from collection.portfolio.advances.offered import offered_until
from collection.portfolio.advances.store import dues_ahead
from identity.store import today_at

router = Router(prefix="/v1/agent", tags=["agent: cases"])


class AdvanceDueAnswer(Answer):
    """What a case owes on a holiday. It can be paid now, and is late after `counts_from` only."""

    case_id: UUID
    demand_id: UUID
    customer_name: str
    account_ref: str
    due_on: date
    counts_from: date
    amount: MoneyAnswer


@router.get("/advance-dues")
async def get_advance_dues(
    agent: Agent, session: Read, now: Now, on: Day | None = None
) -> list[AdvanceDueAnswer]:
    """Your cases' dues of the holidays that follow a day (today without one), where it is the last
    working day before them and the branch asks for them in advance."""
    day = on or await today_at(session, agent.branch_id, now)
    until = await offered_until(session, [agent.branch_id], day)
    return [AdvanceDueAnswer.model_validate(due) for due in await dues_ahead(session, day, until)]
