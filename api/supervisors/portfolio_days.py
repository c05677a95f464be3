"""What the cases of a branch came to when its days began."""

from datetime import date

from api.cursor import Limit
from api.deps import Read, Supervisor
from api.routing import Router
from api.schemas import Answer, Instant, MoneyAnswer
from collection.portfolio.day import store
from identity import store as identity

router = Router(prefix="/v1", tags=["supervisors: portfolio"])


class PortfolioDayAnswer(Answer):
    """A branch's open cases when a day began, and the promises that were settled by then.

    Promises are those settled since the beginning of the day before.
    """

    day: date
    begun_at: Instant
    cases: int
    late: int
    overdue: MoneyAnswer
    promises_kept: int
    promises_part_kept: int
    promises_broken: int


@router.get("/branches/{code}/portfolio-days")
async def get_portfolio_days(
    code: str, caller: Supervisor, session: Read, limit: Limit = 31
) -> list[PortfolioDayAnswer]:
    """The last days of a branch, the newest first."""
    branch = await identity.branch_by_code(session, code)
    days = await store.days(session, branch.id, limit)
    return [PortfolioDayAnswer.model_validate(day) for day in days]
