"""The agent's call for help."""

from uuid import UUID

from api.deps import Agent, Now, Tx
from api.routing import Router
from api.schemas import Answer, Body, FactId, FixBody, Instant, Moment, Text
from tracking.health.panic import PanicReport, call_for_help

router = Router(prefix="/v1/agent", tags=["agent: help"])


class PanicBody(Body):
    """A call for help, with where the agent is if the phone knows."""

    device_time: Moment
    fix: FixBody | None = None
    note: Text | None = None


class PanicAnswer(Answer):
    """The call for help as taken down; the supervisors know."""

    id: UUID
    device_time: Instant
    server_time: Instant


@router.put("/panics/{id}")
async def put_panic(
    id: FactId,  # noqa: A002
    body: PanicBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> PanicAnswer:
    """Call for help, on duty or off. The supervisors are alerted at once."""
    fix = body.fix.fix() if body.fix else None
    report = PanicReport(id, body.device_time, fix, body.note, body.digest())
    return PanicAnswer.model_validate(await call_for_help(session, agent.id, report, now))
