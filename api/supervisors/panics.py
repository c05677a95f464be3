"""Calls for help, as supervisors end them."""

from uuid import UUID

from api.deps import Now, Supervisor, Tx
from api.routing import Router
from api.schemas import Answer, Body, Instant, Text
from tracking.health.end_panic import end_panic

router = Router(prefix="/v1", tags=["supervisors: alerts"])


class PanicEndBody(Body):
    """What was done."""

    note: Text


class PanicEndAnswer(Answer):
    """How a call for help ended: when, who saw to it, and what was done."""

    panic_id: UUID
    ended_at: Instant
    ended_by: UUID
    note: str


@router.post("/panics/{id}/end")
async def post_panic_end(
    id: UUID,  # noqa: A002
    body: PanicEndBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> PanicEndAnswer:
    """End an agent's call for help with a note of what was done; this clears its alert.

    Whoever comes first is noted; the same again gets the first answer.
    """
    return PanicEndAnswer.model_validate(await end_panic(session, id, caller.id, body.note, now))
