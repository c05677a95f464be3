"""Check-in and check-out from the agent's phone."""

import hashlib
from uuid import UUID

from api.contact_answers import ContactAnswer
from api.deps import Agent, Now, Tx
from api.routing import Router
from api.schemas import Answer, Body, FactId, FixBody, Instant, Moment, ReasonAnswer, Text
from geofence.check_in import CheckInReport, ReasonCode, check_in
from geofence.check_out import CheckOutReport, Outcome, check_out
from geofence.verdict import Level

router = Router(prefix="/v1/agent", tags=["agent: visits"])


class CheckInBody(Body):
    """An arrival at a customer. Outside the fence it needs a `reason`, of 3 letters or more."""

    case_id: UUID
    device_time: Moment
    fix: FixBody | None = None
    reason: Text | None = None
    reason_code: ReasonCode | None = None

    def digest(self) -> bytes:
        """As before there were codes, where there is none: a repeat stays a repeat."""
        without = {"reason_code"} if self.reason_code is None else None
        return hashlib.sha256(self.model_dump_json(exclude=without).encode()).digest()


class VerdictAnswer(Answer):
    """How sure we are, with every reason."""

    level: Level
    reasons: list[ReasonAnswer]


class CheckInAnswer(Answer):
    """The check-in as taken down."""

    id: UUID
    case_id: UUID
    device_time: Instant
    server_time: Instant
    distance_m: float | None
    verdict: VerdictAnswer
    contact: ContactAnswer | None


class CheckOutBody(Body):
    """A departure from a customer."""

    check_in_id: UUID
    device_time: Moment
    fix: FixBody | None = None
    outcome: Outcome
    note: Text | None = None


class CheckOutAnswer(Answer):
    """The check-out as taken down."""

    id: UUID
    check_in_id: UUID
    device_time: Instant
    server_time: Instant
    stayed_s: float
    distance_m: float | None
    reasons: list[ReasonAnswer]


@router.put("/check-ins/{id}")
async def put_check_in(
    id: FactId,  # noqa: A002
    body: CheckInBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> CheckInAnswer:
    """Check in at a customer. Far outside the fence it is taken and flagged with the distance; it
    needs a reason there, which is asked for while the check-in is younger than five minutes. One
    that contact rules do not allow is taken, too, and `contact` says why not."""
    fix = body.fix.fix() if body.fix else None
    report = CheckInReport(
        id, body.case_id, body.device_time, fix, body.reason, body.digest(), body.reason_code
    )
    return CheckInAnswer.model_validate(await check_in(session, agent.id, report, now))


@router.put("/check-outs/{id}")
async def put_check_out(
    id: FactId,  # noqa: A002
    body: CheckOutBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> CheckOutAnswer:
    """Check out again, with what came of the visit."""
    fix = body.fix.fix() if body.fix else None
    report = CheckOutReport(
        id, body.check_in_id, body.device_time, fix, body.outcome, body.note, body.digest()
    )
    return CheckOutAnswer.model_validate(await check_out(session, agent.id, report, now))
