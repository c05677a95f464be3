"""A supervisor has seen to a call for help."""

from datetime import datetime
from uuid import UUID

from data.alerts import clear_alert
from data.session import Session
from tracking.health.errors import PanicNotFound
from tracking.health.panic import PANIC
from tracking.health.panics import store
from tracking.health.panics.store import PanicEnd


async def end_panic(
    session: Session, panic_id: UUID, staff_id: UUID, note: str, now: datetime
) -> PanicEnd:
    """End a call for help, with the agent's others that are open, and clear their alerts.

    Whoever comes first is noted, with their words; later ones are told of that. Raises
    `PanicNotFound`.
    """
    panic = await store.panic(session, panic_id)
    if panic is None:
        raise PanicNotFound(str(panic_id))
    # One that comes in at this moment is not among these, so its alert stays.
    for ended in await store.add_ends(session, panic.agent_id, staff_id, note, now):
        await clear_alert(session, panic.branch_id, PANIC, ended, now)
    return await store.end_of(session, panic_id)
