"""Set what a stage means for the visits of a branch and those below it."""

from datetime import datetime
from uuid import UUID

from collection.portfolio.stages import store
from collection.portfolio.stages.stage import Stage
from collection.portfolio.stages.visits import StageVisits
from core.errors import InvalidField
from data.session import Session


async def set_visits(
    session: Session, branch_id: UUID, told: StageVisits, by: UUID, now: datetime
) -> None:
    """Have this hold from the next planning on. Raises `InvalidField` for closed cases."""
    if told.stage is Stage.CLOSED:
        raise InvalidField("stage", "a stage of open cases")
    await store.put_visits(session, branch_id, told, by, now)
